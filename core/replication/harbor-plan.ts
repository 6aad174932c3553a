import type { Catalog } from "../catalog";
import type { ReplicationPolicy } from "../harbor";
import type { CarryTask, JudgedCopy } from "../mirror";
import type { OpenHarbor } from "./harbor-access";
import { type HarborSide, sidesOf, wantedOf, whyNot } from "./harbor-rules";
import { targetOf } from "./target";
import type { EngineWord } from "./types";

/** A rule that is to run, and what for. */
export interface RuleTask {
    readonly at: OpenHarbor;
    readonly policy: ReplicationPolicy;
    readonly tasks: readonly CarryTask[];
}

export interface HarborPlan {
    readonly rules: readonly RuleTask[];
    readonly refused: readonly EngineWord[];
}

interface Candidate {
    readonly at: OpenHarbor;
    readonly policy: ReplicationPolicy;
}

/**
 * Which rules are to run, as few as will do. A rule carries all that it names, so one that would overwrite, or bring,
 * what we must leave alone is not started. Pure.
 *
 * @param judged every copy
 * @param open by host: several registries of a catalogue may be one Harbor
 */
export function planHarbor(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    judged: readonly JudgedCopy[],
    open: ReadonlyMap<string, OpenHarbor>,
): HarborPlan {
    const refused: EngineWord[] = [];
    const refuse = (task: CarryTask, code: string, said: string) =>
        void refused.push({ task, isSent: false, code, said });
    const shown = shownBySources(judged);
    const able = new Map<CarryTask, readonly Candidate[]>();
    for (const task of tasks) {
        const source = shown.get(tagOf(task.to));
        const found = candidatesFor(catalog, task, open);
        if (source !== undefined && source !== task.digest) {
            refuse(
                task,
                "REPLICATION_MOVED",
                `Harbor carries what the source shows now, ${source}, and ${task.digest} is wanted: lock that one, or carry it ourselves by "replicateWith: transship"`,
            );
        } else if (typeof found === "string") {
            refuse(task, "RULE_MISSING", found);
        } else {
            able.set(task, found);
        }
    }
    const rules: RuleTask[] = [];
    for (const { at, policy, tasks: covered } of fewest(able)) {
        const danger = endangered(catalog, { at, policy, tasks: covered }, judged, able, shown);
        if (danger === undefined) {
            rules.push({ at, policy, tasks: covered });
        } else {
            for (const task of covered) {
                refuse(
                    task,
                    "RULE_UNSAFE",
                    `the rule ${policy.name} of Harbor at ${at.harbor.host} is not started: ${danger}`,
                );
            }
        }
    }
    return { rules, refused };
}

/** The rules that carry a task, or why there are none. */
function candidatesFor(
    catalog: Catalog,
    { to }: CarryTask,
    open: ReadonlyMap<string, OpenHarbor>,
): Candidate[] | string {
    const rule = targetOf(catalog, to)?.rule;
    const wanted = wantedOf(catalog, to);
    const found: Candidate[] = [];
    const reasons: string[] = [];
    for (const side of sidesOf(catalog, to)) {
        const at = open.get(side.harbor.host);
        for (const policy of at?.policies ?? []) {
            if (at === undefined || (rule !== undefined && policy.name !== rule)) {
                continue;
            }
            const reason = whyNot(policy, side, wanted, rule !== undefined) ?? whyNotOver(policy, to);
            if (reason === undefined) {
                found.push({ at, policy });
            } else if (rule !== undefined || isNear(policy, side, wanted)) {
                reasons.push(`${policy.name}: ${reason}`);
            }
        }
    }
    return found.length > 0 ? found : explainMissing(catalog, to, rule, reasons);
}

/** A rule that leaves what is there carries only what is not. */
function whyNotOver({ override }: ReplicationPolicy, { state }: JudgedCopy): string | undefined {
    return override !== true && state.status === "present"
        ? "its override is false, and the tag is there with another digest"
        : undefined;
}

/** A rule about the same repository of the same registry is worth naming. */
function isNear(
    policy: ReplicationPolicy,
    side: HarborSide,
    wanted: { from: string; to: string; tag: string },
): boolean {
    const bare = {
        ...policy,
        enabled: true,
        dest_namespace: "",
        filters: (policy.filters ?? []).filter(({ type }) => type === "name"),
    };
    return whyNot(bare, side, { ...wanted, to: wanted.from }) === undefined;
}

function explainMissing(
    catalog: Catalog,
    to: JudgedCopy,
    rule: string | undefined,
    reasons: readonly string[],
): string {
    const sides = sidesOf(catalog, to);
    const { from } = wantedOf(catalog, to);
    const hosts = sides.map(({ harbor }) => harbor.host).join(" or ");
    const why = reasons.length === 0 ? "" : ` (${reasons.slice(0, 3).join("; ")})`;
    const [side] = sides;
    const verb = side?.direction === "pull" ? `pulls ${from} from` : `pushes ${from} to`;
    return rule === undefined
        ? `no enabled rule of Harbor at ${hosts} carries it to ${to.repository}${why}: make one that ${verb} ${side?.other.host}, or name one by "rule" in the catalogue`
        : `Harbor at ${hosts} has no rule "${rule}" that carries it to ${to.repository}${why}: correct the rule, or its name in the catalogue`;
}

/** The rule that carries most, then the one that carries most of what is left; by name where two are alike. */
function fewest(able: ReadonlyMap<CarryTask, readonly Candidate[]>): (Candidate & { readonly tasks: CarryTask[] })[] {
    const left = new Set(able.keys());
    const chosen: (Candidate & { readonly tasks: CarryTask[] })[] = [];
    while (left.size > 0) {
        const counts = new Map<ReplicationPolicy, Candidate & { readonly tasks: CarryTask[] }>();
        for (const task of left) {
            for (const candidate of able.get(task) ?? []) {
                const entry = counts.get(candidate.policy) ?? { ...candidate, tasks: [] };
                entry.tasks.push(task);
                counts.set(candidate.policy, entry);
            }
        }
        const [best] = [...counts.values()].sort(
            (a, b) => b.tasks.length - a.tasks.length || (a.policy.name < b.policy.name ? -1 : 1),
        );
        if (best === undefined) {
            break;
        }
        chosen.push(best);
        for (const task of best.tasks) {
            left.delete(task);
        }
    }
    return chosen;
}

/** What the rule would do to a copy that nobody asked it to touch; a clause. */
function endangered(
    catalog: Catalog,
    { at, policy, tasks }: RuleTask,
    judged: readonly JudgedCopy[],
    able: ReadonlyMap<CarryTask, unknown>,
    shown: ReadonlyMap<string, string>,
): string | undefined {
    const asked = new Set([...able.keys()].map(({ to }) => to));
    // By whatever address Harbor knows it: a rule that the catalogue names is of this registry.
    const named = tasks.filter(({ to }) => targetOf(catalog, to)?.rule === policy.name);
    const others = new Set(named.flatMap(({ to }) => sidesOf(catalog, to).map(({ other }) => other.name)));
    for (const copy of judged) {
        const source = shown.get(tagOf(copy));
        if (copy.role === "source" || asked.has(copy) || source === undefined || !isChanged(copy, source, policy)) {
            continue;
        }
        const side = sidesOf(catalog, copy).find(({ harbor }) => harbor.host === at.registry.host);
        const isCovered =
            side !== undefined &&
            whyNot(policy, side, wantedOf(catalog, copy), others.has(side.other.name)) === undefined;
        if (isCovered) {
            const name = `${copy.repository}:${copy.reference} at ${copy.registry}`;
            return `it would set ${name} to ${source} too, which is to stay as it is (${copy.reason}); mend that first, or leave it out of the rule`;
        }
    }
    return undefined;
}

function isChanged({ state, verdict, wanted }: JudgedCopy, source: string, { override }: ReplicationPolicy): boolean {
    if (state.status === "present") {
        return override === true && state.digest !== source;
    }
    return state.status === "missing" && (verdict === "waiting" || (wanted !== undefined && wanted !== source));
}

/** Of each tag what its source shows, where that is known. */
function shownBySources(judged: readonly JudgedCopy[]): Map<string, string> {
    return new Map(
        judged.flatMap((copy) =>
            copy.role === "source" && copy.state.status === "present"
                ? [[tagOf(copy), copy.state.digest] as const]
                : [],
        ),
    );
}

function tagOf({ image, tag }: JudgedCopy): string {
    return `${image}\n${tag}`;
}
