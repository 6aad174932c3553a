import { parsePrivateEcrHost } from "../aws-names";
import { type Catalog, findImage } from "../catalog";
import { describeError, TransshipError } from "../errors";
import { type CarryTask, eachLimited, type Registries } from "../mirror";
import type { EcrReplicationStatus } from "../registry";
import { followUntilEnd } from "./follow";
import type { EngineWord, ReplicationOptions } from "./types";

/** Images that are asked for at a time; ECR allows some tens of these requests a second. */
const AT_ONCE = 8;
/** A push is known to ECR's replication some seconds later. */
const SILENCE_MS = 60_000;

type Status = EcrReplicationStatus | "silent";

/** ECR replicates when an image is pushed, and cannot be asked to: what is on its way is waited for. */
export async function replicateByEcr(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    registries: Registries,
    options: ReplicationOptions,
): Promise<EngineWord[]> {
    let done = 0;
    return eachLimited(tasks, AT_ONCE, async (task) => {
        try {
            return await waitFor(catalog, task, registries, options);
        } catch (error) {
            options.signal?.throwIfAborted();
            const code = error instanceof TransshipError ? error.code : "REPLICATION_FAILED";
            return { task, isSent: true, code, said: describeError(error).replace(/\.$/, "") };
        } finally {
            done += 1;
            options.onProgress?.({ who: "ECR's replication", done, total: tasks.length });
        }
    });
}

async function waitFor(
    catalog: Catalog,
    task: CarryTask,
    registries: Registries,
    options: ReplicationOptions,
): Promise<EngineWord> {
    const { now = Date.now, silenceMs = SILENCE_MS } = options;
    const { source } = findImage(catalog, task.to.image);
    const place = parsePrivateEcrHost(catalog.registries[task.to.registry]?.host ?? "");
    const where = place === undefined ? task.to.registry : `${place.region} of account ${place.account}`;
    const begun = now();
    const client = registries.client(source.registry);
    const end = await followUntilEnd<Status>(async () => {
        const all = await client.ecrReplication(source.repository, task.digest);
        const [here] = all.filter(
            ({ account, region }) => place === undefined || (account === place.account && region === place.region),
        );
        if (here === undefined) {
            return { mark: "silent", ...(now() - begun >= silenceMs ? { end: "silent" } : {}) };
        }
        return { mark: here.status, ...(here.status === "IN_PROGRESS" ? {} : { end: here }) };
    }, options);
    const from = `ECR's replication of ${source.repository} to ${where}`;
    if (end === undefined) {
        return {
            task,
            isSent: true,
            code: "REPLICATION_STUCK",
            said: `${from} is IN_PROGRESS for too long: look at it in ECR's console; the next run waits again`,
        };
    }
    if (end === "silent") {
        const said = `ECR knows of no replication of it to ${where}: no rule covers ${source.repository}, or it was pushed before the rule was there, and such images never replicate; have EcrReplication carry them by "backfill", or push it again`;
        return { task, isSent: false, code: "REPLICATION_UNKNOWN", said };
    }
    return end.status === "COMPLETE"
        ? { task, isSent: true, code: "REPLICATION_UNTRUE", said: `${from} is COMPLETE` }
        : {
              task,
              isSent: true,
              code: "REPLICATION_FAILED",
              said: `${from} is FAILED (${end.failureCode ?? "no failure code"})`,
          };
}
