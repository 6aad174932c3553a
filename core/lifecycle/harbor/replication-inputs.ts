import * as v from "valibot";
import { harborCronProblem, triggerSchema } from "./cron";
import type { HarborInputs } from "./kind";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** A pattern, or names, of what is carried or of what is not. */
export type ReplicationChoice<T> = { readonly matches: T } | { readonly excludes: T };

/** The inputs of `transship:HarborReplication`. */
export interface ReplicationInputs extends HarborInputs {
    readonly description?: string;
    readonly direction: "pull" | "push";
    /** The endpoint at the other end. */
    readonly registryId: number;
    /** At the target; empty: as at the source. */
    readonly namespace?: string;
    readonly flatten?: Flattening;
    readonly trigger?: { readonly type: "manual" | "event" } | { readonly type: "scheduled"; readonly cron: string };
    /** All of them: a kind of filter that is not here is none. */
    readonly filters?: {
        readonly names?: string;
        readonly tags?: ReplicationChoice<string>;
        readonly labels?: ReplicationChoice<readonly string[]>;
        readonly resource?: "image" | "artifact";
    };
    readonly replicateDeletion?: boolean;
    readonly override?: boolean;
    readonly enabled?: boolean;
    /** Kilobytes a second; -1: no limit. */
    readonly speed?: number;
    readonly copyByChunk?: boolean;
    readonly singleActive?: boolean;
}

/** How many parts of a path the namespace takes the place of; all but the last one is -1. */
export const FLATTENINGS = { none: 0, one: 1, two: 2, three: 3, all: -1 } as const;

export type Flattening = keyof typeof FLATTENINGS;

/** (goharbor/harbor, src/lib/patterns.go, `RepositoryNameRe`) */
const NAMESPACE = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
/** What Harbor's database holds. */
const MOST_SPEED = 2 ** 31 - 1;

const choiceOf = <T>(what: string, of: v.GenericSchema<unknown, T>) => {
    const message = `${what} must be { matches: … } or { excludes: … }`;
    return v.union([v.strictObject({ matches: of }), v.strictObject({ excludes: of })], message);
};

const label = text("a label of filters.labels");
const labels = v.pipe(v.array(label), v.minLength(1, "filters.labels is empty"));

const schema = v.looseObject({
    ...commonEntries,
    name: v.pipe(text("name"), v.maxLength(256, "name has more than 256 characters")),
    description: v.optional(v.string("description must be a text")),
    direction: v.picklist(["pull", "push"], 'direction must be "pull" or "push"'),
    registryId: v.pipe(
        v.number("registryId must be the number of a registry endpoint: endpoint.objectId"),
        v.integer("registryId must be a whole number"),
        v.minValue(1, "registryId must be 1 or more: the other end is Harbor itself"),
    ),
    namespace: v.optional(
        v.pipe(
            v.string("namespace must be a text"),
            v.check(
                (given) => given === "" || NAMESPACE.test(given),
                "namespace must be lower-case letters and digits, with . _ or - between them and / between its parts",
            ),
        ),
    ),
    flatten: v.optional(
        v.picklist(Object.keys(FLATTENINGS) as Flattening[], 'flatten must be "none", "one", "two", "three" or "all"'),
    ),
    trigger: triggerSchema,
    filters: v.optional(
        v.strictObject(
            {
                names: v.optional(text("filters.names")),
                tags: v.optional(choiceOf("filters.tags", text("filters.tags"))),
                labels: v.optional(choiceOf("filters.labels", labels)),
                resource: v.optional(
                    v.picklist(["image", "artifact"], 'filters.resource must be "image" or "artifact"'),
                ),
            },
            "filters has names, tags, labels and resource, and nothing else",
        ),
    ),
    replicateDeletion: flag("replicateDeletion"),
    override: flag("override"),
    enabled: flag("enabled"),
    speed: v.optional(
        v.pipe(
            v.number("speed must be a number"),
            v.check(
                (given) => Number.isInteger(given) && ((given > 0 && given <= MOST_SPEED) || given === -1),
                "speed must be whole kilobytes a second from 1 on, or -1 for no limit",
            ),
        ),
    ),
    copyByChunk: flag("copyByChunk"),
    singleActive: flag("singleActive"),
});

export function replicationProblems(inputs: ReplicationInputs): string[] {
    const wrong = problemsOf(schema, inputs);
    return wrong.length > 0 ? wrong : contradictions(inputs);
}

/** What Harbor refuses, and what it takes and never does. */
function contradictions(inputs: ReplicationInputs): string[] {
    const { direction, flatten = "none", namespace = "", replicateDeletion, singleActive, trigger } = inputs;
    const isEvent = trigger?.type === "event";
    const cron = trigger?.type === "scheduled" ? trigger.cron : undefined;
    const problem = cron === undefined ? undefined : cronProblem(cron);
    return [
        ...(problem === undefined ? [] : [problem]),
        ...(isEvent && direction === "pull"
            ? [
                  "the trigger event is of a rule that pushes, since Harbor hears of its own events only: schedule this one",
              ]
            : []),
        ...(isEvent && singleActive === true
            ? ["singleActive is not for the trigger event, whose every event is an execution: take one of them away"]
            : []),
        ...(replicateDeletion === true && !isEvent
            ? ["replicateDeletion works with the trigger event only: set that, or take replicateDeletion away"]
            : []),
        ...(flatten !== "none" && namespace === ""
            ? ["flatten says which parts of a path the namespace takes the place of: give a namespace, or take it away"]
            : []),
    ];
}

function cronProblem(cron: string): string | undefined {
    const problem = harborCronProblem("trigger.cron", cron);
    return problem === undefined && cron.trim().split(/\s+/)[1] === "*"
        ? "trigger.cron must not have * as its second field: Harbor replicates not every minute"
        : problem;
}
