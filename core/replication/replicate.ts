import { type Catalog, nameCopy, type Replicator } from "../catalog";
import {
    type CarryTask,
    type Circumstances,
    carryReferrers,
    type Failure,
    isWell,
    type JudgedCopy,
    judge,
    observe,
    plan,
    type Registries,
    sameHostIn,
} from "../mirror";
import { replicateByEcr } from "./ecr";
import { foreseeHarbor, replicateByHarbor } from "./harbor";
import { engineOf } from "./target";
import type { EngineWord, Replication, ReplicationNotice, ReplicationOptions } from "./types";

/**
 * Lets other engines carry the copies whose targets say so, and then looks at their digests itself: what an engine calls
 * done and is not there is a failure, and what it calls failed and is there is not. Nothing is asked of an engine where
 * no copy of its is missing or different. Signatures and what else refers to an image we bring after it, as far as the
 * engine did not.
 *
 * @throws what the signal was aborted with
 */
export async function replicate(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    circumstances: Circumstances,
    registries: Registries,
    options: ReplicationOptions = {},
): Promise<Replication> {
    const groups = tasksByEngine(catalog, judged, options);
    if (groups.harbor.length + groups.ecr.length === 0) {
        return { judged, replicated: [], sent: [], failures: [], notices: [], referrers: 0 };
    }
    const [byHarbor, byEcr] = await Promise.all([
        groups.harbor.length === 0 ? [] : replicateByHarbor(catalog, groups.harbor, judged, registries, options),
        groups.ecr.length === 0 ? [] : replicateByEcr(catalog, groups.ecr, registries, options),
    ]);
    const words = [...byHarbor, ...byEcr];
    const after = await lookAgain(catalog, judged, words, circumstances, registries, options.signal);
    const outcomes = words.map((word) => ({ word, copy: after.get(word.task.to) ?? word.task.to }));
    const right = outcomes.filter(({ copy }) => isWell(copy.verdict));
    const failures = outcomes
        .filter(({ copy }) => !isWell(copy.verdict))
        .map(({ copy, word }) => failureOf(copy, word));
    const brought = await bringReferrers(
        catalog,
        right.map(({ copy }) => copy),
        registries,
        options,
    );
    return {
        judged: judged.map((copy) => after.get(copy) ?? copy),
        replicated: right.map(({ word: { task } }) => ({ task, by: engineOf(catalog, task.to) ?? "harbor" })),
        sent: words.filter(({ isSent }) => isSent).map(({ task }) => task),
        failures: [...failures, ...brought.failures],
        notices: [...right.flatMap(({ copy, word }) => noticeOf(copy, word)), ...brought.notices],
        referrers: brought.referrers,
    };
}

/** What other engines would be asked for: a line for each rule. Nothing is started; a line too where it cannot be said. */
export async function foreseeReplication(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: ReplicationOptions = {},
): Promise<string[]> {
    const { ecr, harbor } = tasksByEngine(catalog, judged, options);
    const waited = ecr.map(({ to }) => `ECR's own replication would be waited for: ${nameCopy(to)}`);
    return harbor.length === 0
        ? waited
        : [...(await foreseeHarbor(catalog, harbor, judged, registries, options)), ...waited];
}

function tasksByEngine(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    { select = () => true }: ReplicationOptions,
): Record<Replicator, CarryTask[]> {
    const groups: Record<Replicator, CarryTask[]> = { harbor: [], ecr: [] };
    if (!Object.values(catalog.images).some(({ targets }) => targets.some((one) => one.replicateWith !== undefined))) {
        return groups;
    }
    for (const task of plan(catalog, judged)) {
        const engine = engineOf(catalog, task.to);
        if (engine !== undefined && select(task.to)) {
            groups[engine].push(task);
        }
    }
    return groups;
}

/** All copies of the tags that an engine may have touched, their sources too: one may have moved on meanwhile. */
async function lookAgain(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    words: readonly EngineWord[],
    circumstances: Circumstances,
    registries: Registries,
    signal: AbortSignal | undefined,
): Promise<Map<JudgedCopy, JudgedCopy>> {
    const touched = new Set(words.filter(({ isSent }) => isSent).map(({ task }) => tagOf(task.to)));
    const former = judged.filter((copy) => touched.has(tagOf(copy)));
    const { copies } = await observe(former, registries, { signal });
    const seen = new Map(former.map((copy, index) => [copy, copies[index] ?? copy] as const));
    const fresh = judge(catalog, { copies: judged.map((copy) => seen.get(copy) ?? copy) }, circumstances);
    const byKey = new Map(fresh.map((copy) => [keyOf(copy), copy] as const));
    return new Map(former.map((copy) => [copy, byKey.get(keyOf(copy)) ?? copy] as const));
}

function tagOf({ image, tag }: JudgedCopy): string {
    return `${image}\n${tag}`;
}

function keyOf(copy: JudgedCopy): string {
    return [copy.image, copy.tag, copy.role, copy.registry, copy.repository, copy.reference].join("\n");
}

function failureOf(copy: JudgedCopy, { code, isSent, said, task }: EngineWord): Failure {
    const name = nameCopy(copy);
    const why = said ?? "nobody says why";
    if (!isSent) {
        return { copy, code: code ?? "REPLICATION_FAILED", message: `could not carry ${name}: ${why}` };
    }
    const { state } = copy;
    const have =
        state.status === "present"
            ? `it has ${state.digest}, and ${copy.wanted ?? task.digest} was wanted`
            : state.status === "missing"
              ? `it is not there, and ${copy.wanted ?? task.digest} was wanted`
              : `it cannot be asked (${state.code})`;
    return { copy, code: code ?? "REPLICATION_FAILED", message: `could not carry ${name}: ${why}; ${have}` };
}

/** What an engine calls failed, and is right by its digest, is right. */
function noticeOf(copy: JudgedCopy, { code, said }: EngineWord): ReplicationNotice[] {
    const isDenied = code !== undefined && code !== "REPLICATION_UNTRUE" && code !== "REPLICATION_LEFT_OUT";
    return isDenied
        ? [{ copy, code, message: `${nameCopy(copy)} is right by its digest, though not by its engine: ${said}` }]
        : [];
}

async function bringReferrers(
    catalog: Catalog,
    copies: readonly JudgedCopy[],
    registries: Registries,
    { signal }: ReplicationOptions,
): Promise<Pick<Replication, "failures" | "notices" | "referrers">> {
    const results = await carryReferrers(catalog, copies, registries, { signal, sameHost: sameHostIn(catalog) });
    return {
        failures: results.flatMap(({ copy, error }) =>
            error === undefined ? [] : [{ copy, code: error.code, message: error.message }],
        ),
        notices: results.flatMap(({ copy, warnings }) => warnings.map((warning) => ({ copy, ...warning }))),
        referrers: results.reduce((sum, { brought }) => sum + brought, 0),
    };
}
