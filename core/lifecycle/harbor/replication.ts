import { HarborError, type ReplicationPolicy, type ReplicationPolicyWish } from "../../harbor";
import { plainCron } from "./cron";
import type { Fields, HarborKind, HarborTools } from "./kind";
import { deleteOnceIdle, isBusy } from "./once-idle";
import { verifyReplication } from "./replication-fit";
import { FLATTENINGS, type ReplicationChoice, type ReplicationInputs, replicationProblems } from "./replication-inputs";

type Filter = NonNullable<ReplicationPolicy["filters"]>[number];

/** Kinds of filters that are known here; those of newer versions stay as they are. */
const FILTERS = { name: "filters.names", tag: "filters.tags", label: "filters.labels", resource: "filters.resource" };
const TRIGGERS = { manual: "manual", scheduled: "scheduled", event: "event_based" } as const;

/** A rule that carries images between Harbor and another registry, which one of its ends is. */
export const replicationKind: HarborKind<ReplicationInputs, ReplicationPolicy> = {
    word: "replication rule",
    problems: replicationProblems,
    replaces: [],
    renames: true,
    idOf: ({ id }) => id,
    find: (name, _inputs, { harbor }) => harbor.replicationPolicies.find(name),
    wanted,
    actual,
    create: (inputs, { harbor }) => {
        // What Harbor's own page begins with; its API would make a rule that is off.
        const usual = { enabled: true, override: true, trigger: { type: TRIGGERS.manual } };
        return harbor.replicationPolicies.create({ ...usual, ...wishOf(inputs, []), name: inputs.name });
    },
    update: async (inputs, policy, _changed, { harbor }) => {
        await harbor.replicationPolicies.update(policy, wishOf(inputs, policy.filters ?? []));
        return undefined;
    },
    delete: deleteRule,
    verify: verifyReplication,
};

function wanted(inputs: ReplicationInputs): Fields {
    const { copyByChunk, description, direction, enabled, filters, flatten, name, namespace } = inputs;
    const { override, registryId, replicateDeletion, singleActive, speed, trigger } = inputs;
    const { labels, names, resource, tags } = filters ?? {};
    const cron = trigger?.type === "scheduled" ? trigger.cron : "";
    return {
        name,
        description,
        direction,
        registryId,
        namespace,
        flatten,
        trigger: trigger && triggerText(trigger.type, cron),
        ...(filters && {
            [FILTERS.name]: names ?? "",
            [FILTERS.tag]: tags === undefined ? "" : choiceText(decorationOf(tags), patternOf(tags)),
            [FILTERS.label]: labels === undefined ? "" : choiceText(decorationOf(labels), patternOf(labels)),
            [FILTERS.resource]: resource ?? "",
        }),
        replicateDeletion,
        override,
        enabled,
        speed,
        copyByChunk,
        singleActive,
    };
}

function actual(policy: ReplicationPolicy): Fields {
    const { dest_namespace_replace_count: count, dest_registry, filters, speed, src_registry, trigger } = policy;
    const source = src_registry?.id || undefined;
    const known = Object.entries(FLATTENINGS).find(([, parts]) => parts === (count ?? FLATTENINGS.all));
    const type = Object.entries(TRIGGERS).find(([, theirs]) => theirs === trigger?.type)?.[0];
    return {
        name: policy.name,
        description: policy.description ?? "",
        direction: source === undefined ? "push" : "pull",
        registryId: source ?? dest_registry?.id,
        namespace: policy.dest_namespace ?? "",
        flatten: known?.[0] ?? String(count),
        trigger: triggerText(type ?? trigger?.type ?? "manual", trigger?.trigger_settings?.cron ?? ""),
        ...Object.fromEntries(Object.entries(FILTERS).map(([kind, field]) => [field, filterText(filters, kind)])),
        replicateDeletion: policy.replicate_deletion ?? policy.deletion === true,
        override: policy.override === true,
        enabled: policy.enabled === true,
        // Harbor makes 0 of what is below it.
        speed: (speed ?? 0) > 0 ? speed : -1,
        copyByChunk: policy.copy_by_chunk === true,
        singleActive: policy.single_active_replication === true,
    };
}

function triggerText(type: string, cron: string): string {
    return type === "scheduled" ? `scheduled ${plainCron(cron)}` : type;
}

/** Of one kind there is one filter at the most, unless somebody made more by hand. */
function filterText(filters: ReplicationPolicy["filters"], kind: string): string {
    const found = (filters ?? []).filter(({ type, value }) => type === kind && !isEmpty(value));
    const isPlain = kind === "name" || kind === "resource";
    return found
        .map(({ decoration, value }) => (isPlain ? String(value) : choiceText(decoration || "matches", value)))
        .join(" and ");
}

/** A filter without a value lets everything through. */
function isEmpty(value: unknown): boolean {
    return value === "" || (Array.isArray(value) && value.length === 0);
}

/** `matches v*`; of labels all count, in any order. */
function choiceText(decoration: string, value: unknown): string {
    return `${decoration} ${Array.isArray(value) ? [...value].map(String).sort().join(", ") : String(value)}`;
}

function decorationOf(choice: ReplicationChoice<unknown>): "matches" | "excludes" {
    return "matches" in choice ? "matches" : "excludes";
}

function patternOf<T>(choice: ReplicationChoice<T>): T {
    return "matches" in choice ? choice.matches : choice.excludes;
}

/** @param filters those that Harbor has */
function wishOf(inputs: ReplicationInputs, filters: readonly Filter[]): ReplicationPolicyWish {
    const { direction, flatten, name, registryId, replicateDeletion, speed, trigger } = inputs;
    const harbor = { id: 0 };
    const other = { id: registryId };
    const cron = trigger?.type === "scheduled" ? trigger.cron : undefined;
    const wish: ReplicationPolicyWish = {
        name,
        description: inputs.description,
        src_registry: direction === "pull" ? other : harbor,
        dest_registry: direction === "pull" ? harbor : other,
        dest_namespace: inputs.namespace,
        dest_namespace_replace_count: flatten && FLATTENINGS[flatten],
        trigger: trigger && {
            type: TRIGGERS[trigger.type],
            ...(cron !== undefined && { trigger_settings: { cron: plainCron(cron) } }),
        },
        filters: inputs.filters && filtersOf(inputs.filters, filters),
        // Up to 2.15 Harbor reads the older name only.
        replicate_deletion: replicateDeletion,
        deletion: replicateDeletion,
        override: inputs.override,
        enabled: inputs.enabled,
        speed,
        copy_by_chunk: inputs.copyByChunk,
        // Harbor takes no rule with both, whoever asked for it.
        single_active_replication: trigger?.type === "event" ? false : inputs.singleActive,
    };
    return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
}

function filtersOf(
    { labels, names, resource, tags }: NonNullable<ReplicationInputs["filters"]>,
    have: readonly Filter[],
): Filter[] {
    return [
        ...(names === undefined ? [] : [{ type: "name", value: names }]),
        ...(tags === undefined ? [] : [{ type: "tag", value: patternOf(tags), decoration: decorationOf(tags) }]),
        ...(labels === undefined
            ? []
            : [{ type: "label", value: patternOf(labels), decoration: decorationOf(labels) }]),
        ...(resource === undefined ? [] : [{ type: "resource", value: resource }]),
        ...have.filter(({ type }) => !(type in FILTERS)),
    ];
}

/** @throws HarborError `HARBOR_PRECONDITION` while it runs */
async function deleteRule({ id, name }: ReplicationPolicy, { harbor }: HarborTools): Promise<void> {
    const remove = () => harbor.replicationPolicies.delete(id, name);
    try {
        await remove();
    } catch (error) {
        if (!isBusy(error)) {
            throw error;
        }
        const active = (await harbor.replicationExecutions.list(id)).filter(({ status }) => status === "InProgress");
        if (!active.every(({ in_progress, total }) => total && !in_progress)) {
            throw new HarborError(
                "HARBOR_PRECONDITION",
                `The replication rule ${name} at ${harbor.host} is running, and Harbor deletes none that runs: let it end, or stop its execution in Harbor (Administration, Replications), and run it again.`,
            );
        }
        // All is carried, and Harbor counts the end of it a while later.
        await deleteOnceIdle(remove);
    }
}
