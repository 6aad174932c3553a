import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CronJob } from "kubernetes-models/batch/v1/CronJob";
import { describe, expect, it } from "vitest";
import { type BackupSettings, backupPlan } from "../../core/harbor-chart";
import { temporaryFolder } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { WISH } from "./wishes";

const TO = { bucket: "harbor-backup", region: "eu-central-1" };
const SOURCE = {
    database: WISH.database,
    databaseSecret: "the-database",
    storage: WISH.storage,
    storageSecret: "the-storage",
    placeSecret: "the-place",
};
const plan = (over: Partial<BackupSettings> = {}, source = {}) =>
    backupPlan({ to: TO, ...over }, { ...SOURCE, ...source });

// biome-ignore lint/suspicious/noExplicitAny: tests reach into what CronJobs have
const podOf = (spec: any) => spec.jobTemplate.spec.template.spec;
interface Container {
    readonly name: string;
    readonly image: string;
    readonly command: readonly string[];
    readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
}
const containersOf = (spec: unknown): Container[] => [...(podOf(spec).initContainers ?? []), ...podOf(spec).containers];
const scripts = Object.values(plan()).flatMap((spec) =>
    containersOf(spec).map(({ command, name }) => [name, command[2] as string] as const),
);

describe("The CronJobs of backups", () => {
    it.each(
        Object.entries({
            ...plan(),
            ...plan(
                {
                    timeZone: "Europe/Berlin",
                    resources: { requests: { cpu: "1" } },
                    nodeSelector: { a: "b" },
                    tolerations: [{ key: "a" }],
                    serviceAccountName: "s",
                },
                { caBundle: "ca" },
            ),
        }),
    )("are what Kubernetes takes: %s", (name, spec) => {
        const job = { apiVersion: "batch/v1", kind: "CronJob", metadata: { name }, spec } as never;
        expect(() => new CronJob(job).validate()).not.toThrow();
        expect(() => new CronJob({ ...(job as object), spec: { ...spec, schedule: 1 } } as never).validate()).toThrow();
    });

    it("are as the restricted Pod Security Standard wants pods", () => {
        for (const spec of Object.values(plan())) {
            expect(podOf(spec)).toMatchObject({
                automountServiceAccountToken: false,
                securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            });
            for (const container of containersOf(spec)) {
                expect(container).toMatchObject({
                    securityContext: {
                        allowPrivilegeEscalation: false,
                        readOnlyRootFilesystem: true,
                        capabilities: { drop: ["ALL"] },
                    },
                });
            }
        }
    });

    it("dump first, copy later, and drill once a week; all by their Secrets", () => {
        const { database, drill, storage } = plan();
        expect([database.schedule, storage?.schedule, drill?.schedule]).toEqual([
            "17 1 * * *",
            "47 2 * * *",
            "7 5 * * 0",
        ]);
        const env = containersOf(storage)[0]?.env;
        expect(env).toContainEqual({
            name: "RCLONE_CONFIG_FROM_ACCESS_KEY_ID",
            valueFrom: { secretKeyRef: { name: "the-storage", key: "REGISTRY_STORAGE_S3_ACCESSKEY" } },
        });
        expect(env).toContainEqual({
            name: "RCLONE_CONFIG_TO_SECRET_ACCESS_KEY",
            valueFrom: { secretKeyRef: { name: "the-place", key: "SECRET_ACCESS_KEY" } },
        });
        expect(containersOf(database)[0]?.env).toContainEqual({
            name: "PGPASSWORD",
            valueFrom: { secretKeyRef: { name: "the-database", key: "password" } },
        });
        expect(containersOf(drill).map(({ name }) => name)).toEqual(["fetch", "restore", "prove"]);
        expect(JSON.stringify(drill)).not.toContain("the-database");
    });

    it("log in by the pods' identity where no Secret is named", () => {
        const env = containersOf(plan({}, { placeSecret: undefined }).drill)[0]?.env;
        expect(env).toContainEqual({ name: "RCLONE_CONFIG_TO_ENV_AUTH", value: "true" });
        expect(env?.some(({ name }) => name.endsWith("ACCESS_KEY"))).toBe(false);
    });

    it("leave out what is not to be copied, and the drill looks at the database alone then", () => {
        const without = plan({ storage: false });
        expect(Object.keys(without)).toEqual(["database", "drill"]);
        expect(containersOf(without.drill).map(({ name }) => name)).toEqual(["fetch", "restore"]);
        const volume = { storage: { volume: { size: "1Ti" } } };
        expect(Object.keys(plan({ drill: false }, volume))).toEqual(["database"]);
    });

    it.each<[string, Partial<BackupSettings>, object, string]>([
        ["a copy of a volume", { storage: {} }, { storage: { volume: { size: "1Ti" } } }, "copies storage in s3 only"],
        [
            "into the bucket that it is of",
            { to: { bucket: "harbor-images", region: "eu-west-1" } },
            {},
            "who loses it loses both",
        ],
        ["six fields", { database: { schedule: "0 17 1 * * *" } }, {}, "Harbor's own have six"],
        ["no schedule", { drill: { schedule: "weekly" } }, {}, "have five fields, such as"],
        ["nothing kept", { database: { keepDays: 0 } }, {}, "give one day or more"],
        [
            "an authority that nobody knows",
            {},
            { database: { ...WISH.database, sslMode: "verify-full" } },
            `give it in "caBundle"`,
        ],
    ])("are refused: %s", (_what, over, source, sentence) => {
        expect(() => plan(over, source)).toThrow(sentence);
    });
});

describeWith(["shellcheck", "sh"], "The scripts of backups", ({ sh, shellcheck }) => {
    it.each(scripts)("are POSIX and without a finding: %s", async (_name, script) => {
        const file = join(await temporaryFolder(), "script.sh");
        await writeFile(file, `#!/bin/sh\n${script}\n`);
        await promisify(execFile)(sh, ["-n", file]);
        await promisify(execFile)(shellcheck, ["--shell=sh", "--severity=info", file]);
    });

    it("would have findings where there is something to find", async () => {
        const file = join(await temporaryFolder(), "script.sh");
        await writeFile(file, "#!/bin/sh\nrm $1/*\n[[ a ]]\n");
        await expect(promisify(execFile)(shellcheck, ["--shell=sh", file])).rejects.toThrow();
    });
});
