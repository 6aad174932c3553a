import { type Catalog, nameCopy } from "../catalog";
import { describeError, TransshipError } from "../errors";
import type { ReplicationTask } from "../harbor";
import { type CarryTask, eachLimited, type JudgedCopy, observe, type Registries } from "../mirror";
import { redactText } from "../registry";
import { type OpenHarbor, openHarbor } from "./harbor-access";
import { errorLineOf } from "./harbor-log";
import { type HarborPlan, planHarbor, type RuleTask } from "./harbor-plan";
import { sidesOf, wantedOf } from "./harbor-rules";
import { type RuleRun, RuleRunner } from "./harbor-run";
import type { EngineWord, ReplicationOptions } from "./types";

/** Rules under way at a time: Harbor's job service bounds what they carry. */
const RULES_AT_ONCE = 8;
/** Logs that are read of one run: each is a request. */
const MOST_LOGS = 50;

/** Harbor's word on each task. @throws what the signal was aborted with */
export async function replicateByHarbor(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: ReplicationOptions,
): Promise<EngineWord[]> {
    return withHarbors(catalog, tasks, judged, registries, options, async ({ refused, rules }) => {
        const run = (rule: RuleTask) => runRule(catalog, rule, registries, options);
        return [...refused, ...(await eachLimited(rules, RULES_AT_ONCE, run)).flat()];
    });
}

/** Which rules would run for which copies, and what none would carry: a line each. Only the rules are looked at. */
export async function foreseeHarbor(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: ReplicationOptions,
): Promise<string[]> {
    return withHarbors(catalog, tasks, judged, registries, options, async ({ refused, rules }) => [
        ...rules.map(({ at, policy, tasks: covered }) => {
            const names = covered.slice(0, 5).map(({ to }) => nameCopy(to));
            const more = covered.length > names.length ? ` and ${covered.length - names.length} more` : "";
            return `Harbor at ${at.harbor.host} would run its rule ${policy.name} for ${names.join(", ")}${more}`;
        }),
        ...refused.map(({ said, task }) => `Harbor would not carry ${nameCopy(task.to)}: ${said}`),
    ]);
}

/** Opens each Harbor that is concerned once; what needs one that cannot be opened is refused with that reason. */
async function withHarbors<T>(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: ReplicationOptions,
    work: (plan: HarborPlan) => Promise<T[]>,
): Promise<T[]> {
    const harbors = tasks.flatMap(({ to }) => sidesOf(catalog, to)).map(({ harbor }) => harbor);
    const open = new Map<string, OpenHarbor>();
    const closed = new Map<string, unknown>();
    try {
        for (const registry of new Set(harbors)) {
            if (open.has(registry.host)) {
                continue;
            }
            try {
                open.set(registry.host, await openHarbor(catalog, registry, registries, options));
            } catch (error) {
                options.signal?.throwIfAborted();
                closed.set(registry.host, error);
            }
        }
        const { refused, rules } = planHarbor(catalog, tasks, judged, open);
        // Whether a Harbor that cannot be asked has a rule, nobody knows.
        const told = refused.map((word): EngineWord => {
            const shut = sidesOf(catalog, word.task.to).find(({ harbor }) => !open.has(harbor.host));
            return word.code === "RULE_MISSING" && shut !== undefined
                ? { ...word, ...reasonOf(closed.get(shut.harbor.host)) }
                : word;
        });
        return await work({ rules, refused: told });
    } finally {
        await Promise.all([...open.values()].map((one) => one.close()));
    }
}

async function runRule(
    catalog: Catalog,
    { at, policy, tasks }: RuleTask,
    registries: Registries,
    options: ReplicationOptions,
): Promise<EngineWord[]> {
    const runner = new RuleRunner(at.harbor, policy, options);
    try {
        const run = await runner.run(() => areBrought(tasks, registries));
        const parts = await at.harbor.replicationExecutions.tasks(run.execution.id);
        const logs = new Map<number, Promise<string>>();
        const words: EngineWord[] = [];
        for (const task of tasks) {
            words.push(await wordOf(catalog, task, run, parts, at, runner, logs));
        }
        return words;
    } catch (error) {
        options.signal?.throwIfAborted();
        return tasks.map((task) => ({ task, isSent: true, ...reasonOf(error) }));
    }
}

async function areBrought(tasks: readonly CarryTask[], registries: Registries): Promise<boolean> {
    const { copies } = await observe(
        tasks.map(({ to }) => to),
        registries,
    );
    return copies.every(({ state }, index) => state.status === "present" && state.digest === tasks[index]?.digest);
}

/** What Harbor says of one copy: its task is that of the whole repository. */
async function wordOf(
    catalog: Catalog,
    task: CarryTask,
    { execution, isStuck }: RuleRun,
    parts: readonly ReplicationTask[],
    at: OpenHarbor,
    { who }: RuleRunner,
    logs: Map<number, Promise<string>>,
): Promise<EngineWord> {
    const run = `execution ${execution.id} of the ${who}`;
    if (isStuck) {
        const said = `the ${run} made no progress for too long: look at Harbor's job service; it goes on, and the next run follows it`;
        return { task, isSent: true, code: "REPLICATION_STUCK", said };
    }
    const { from, tag, to } = wantedOf(catalog, task.to);
    const part = parts.find((one) => repositoryOf(one.dst_resource) === to && repositoryOf(one.src_resource) === from);
    if (part === undefined) {
        return { task, isSent: true, ...withoutTask(run, execution, at) };
    }
    if (part.status === "Succeed") {
        return { task, isSent: true, code: "REPLICATION_UNTRUE", said: `the ${run} calls it Succeed` };
    }
    if (!logs.has(part.id) && logs.size < MOST_LOGS) {
        logs.set(
            part.id,
            at.harbor.replicationExecutions.taskLog(execution.id, part.id).catch(() => ""),
        );
    }
    const names = [`${from}:${tag}`, `${to}:${tag}`, `${from}@${task.digest}`];
    const line = errorLineOf((await logs.get(part.id)) ?? "", names, at.secrets);
    const told = line === undefined ? "" : `: ${line}`;
    return { task, isSent: true, code: "REPLICATION_FAILED", said: `the ${run} calls it ${part.status}${told}` };
}

/** A run that ended before it had a task, or left the image out. */
function withoutTask(
    run: string,
    { status, status_text }: RuleRun["execution"],
    { secrets }: OpenHarbor,
): Pick<EngineWord, "code" | "said"> {
    const text = status_text ? `, "${redactText(status_text, secrets)}"` : "";
    return status === "Succeed"
        ? { code: "REPLICATION_LEFT_OUT", said: `the ${run} succeeded and had no task for it${text}` }
        : { code: "REPLICATION_FAILED", said: `the ${run} is ${status} and had no task for it${text}` };
}

/** `library/app [2 item(s) in total]`, `library/app:1`, `library/app:[1,2]`. */
function repositoryOf(resource: string | null | undefined): string {
    return (resource ?? "").replace(/ \[.*$/, "").replace(/:(?:\[.*|[\w.-]+)$/, "");
}

function reasonOf(error: unknown): Pick<EngineWord, "code" | "said"> {
    const code = error instanceof TransshipError ? error.code : "REPLICATION_FAILED";
    return { code, said: describeError(error).replace(/\.$/, "") };
}
