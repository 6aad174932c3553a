import * as pulumi from "@pulumi/pulumi";
import { type BackupPlan, type BackupSettings, backupPlan, type HarborChartWish } from "../../core/harbor-chart";
import { isPlain } from "../images/plain-or-later";
import type { HarborReleaseArgs } from "./harbor-release-args";
import { type SecretPlace, s3Secret } from "./harbor-release-secrets";
import { kubernetes } from "./kubernetes-peer";

interface BackupOf {
    readonly database: pulumi.Input<string>;
    readonly storage?: pulumi.Input<string>;
    readonly caBundle?: pulumi.Input<string>;
}

/**
 * CronJobs for the database, the storage and the drill.
 *
 * @param wish database and storage without their secrets
 * @throws HarborChartError
 */
export function makeBackups(
    place: SecretPlace,
    { backup, storage }: HarborReleaseArgs,
    wish: pulumi.Input<Pick<HarborChartWish, "database" | "storage">>,
    secrets: BackupOf,
): void {
    if (backup === undefined) {
        return;
    }
    const { accessKey, existingSecret, secretKey, ...to } = backup.to;
    const login = { accessKey, existingSecret, secretKey };
    const placeSecret = s3Secret(place, "backup", "backup.to", login, ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"]);
    const settings = { ...backup, to };
    const known = [settings, wish];
    if (known.every(isPlain)) {
        const caBundle = secrets.caBundle === undefined ? undefined : "";
        backupPlan(settings as BackupSettings, { ...(wish as HarborChartWish), databaseSecret: "", caBundle });
    }
    const plan = pulumi
        .all([settings, wish, secrets.database, secrets.storage, placeSecret, secrets.caBundle])
        .apply(([given, of, databaseSecret, storageSecret, toSecret, caBundle]) =>
            backupPlan(given as BackupSettings, {
                ...(of as HarborChartWish),
                databaseSecret,
                storageSecret,
                placeSecret: toSecret,
                caBundle,
            }),
        );
    const jobs: readonly (keyof BackupPlan)[] = [
        "database",
        ...(backup.storage !== false && "s3" in storage ? (["storage"] as const) : []),
        ...(backup.drill === false ? [] : (["drill"] as const)),
    ];
    const CronJob = kubernetes("CronJob");
    for (const job of jobs) {
        const spec = plan.apply((all) => all[job]) as pulumi.Output<never>;
        const name = `${place.name}-backup-${job}`;
        new CronJob(name, { metadata: { namespace: place.namespace, name }, spec }, { parent: place.parent });
    }
}
