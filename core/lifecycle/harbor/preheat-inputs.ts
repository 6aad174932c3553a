import * as v from "valibot";
import { harborCronProblem, triggerSchema } from "./cron";
import type { HarborInputs } from "./kind";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborPreheat`. */
export interface PreheatInputs extends HarborInputs {
    readonly project: string;
    /** Name of the P2P network. */
    readonly instance: string;
    /** Patterns. */
    readonly repositories?: string;
    readonly tags?: string;
    readonly labels?: readonly string[];
    readonly trigger?: { readonly type: "manual" | "event" } | { readonly type: "scheduled"; readonly cron: string };
    /** What the network's vendor takes, by Harbor's names. */
    readonly extra?: Readonly<Record<string, unknown>>;
    readonly enabled?: boolean;
    readonly description?: string;
}

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    // Harbor's own rule, of which it says 500. (goharbor/harbor, src/server/v2.0/handler/preheat.go, `nameRegex`)
    name: v.pipe(
        text("name"),
        v.regex(
            /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/,
            "name must be letters and digits, with single . _ or - between them",
        ),
    ),
    instance: text("instance"),
    repositories: v.optional(text("repositories")),
    tags: v.optional(text("tags")),
    labels: v.optional(
        v.array(
            v.pipe(
                text("a label of labels"),
                v.regex(/^[^,]*$/, "a label of labels has a comma, which Harbor splits at"),
            ),
            "labels must be a list",
        ),
    ),
    trigger: triggerSchema,
    extra: v.optional(v.record(v.string(), v.unknown(), "extra must be an object")),
    enabled: flag("enabled"),
    description: v.optional(v.string("description must be a text")),
});

export function preheatProblems(inputs: PreheatInputs): string[] {
    const wrong = problemsOf(schema, inputs);
    const { trigger } = inputs;
    if (wrong.length > 0 || trigger?.type !== "scheduled") {
        return wrong;
    }
    const problem = harborCronProblem("trigger.cron", trigger.cron);
    return problem === undefined ? [] : [problem];
}
