import * as v from "valibot";
import { lineOfRule, type RetentionRule, toHarborRule } from "../../harbor";
import { harborCronProblem, plainCron } from "./cron";
import type { HarborInputs, HarborState } from "./kind";
import { patternSchema } from "./patterns";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborRetention`. */
export interface RetentionInputs extends HarborInputs {
    readonly project: string;
    readonly rules: readonly RetentionRule[];
    /** `hourly`, `daily`, `weekly`, `manual`, or a cron of six fields. */
    readonly schedule?: string;
}

export type RetentionState = RetentionInputs & HarborState;

/** Nothing but by hand: Harbor keeps an empty cron. */
const MANUAL = "manual";
/** (goharbor/harbor, src/server/v2.0/handler/retention.go) */
const MOST_RULES = 15;
/** (goharbor/harbor, src/pkg/retention/policy/rule, `Valid` of each) */
const MOST = { latestPushed: 32_766, latestPulled: 32_766, pushedWithinDays: 20_190_904, pulledWithinDays: 20_190_904 };
const KEEPS = `"always", or one of ${Object.keys(MOST).join(", ")} with a number`;

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    rules: v.pipe(
        v.array(
            v.looseObject({
                repositories: v.optional(patternSchema("repositories of a rule")),
                tags: v.optional(patternSchema("tags of a rule")),
                untagged: flag("untagged of a rule"),
                disabled: flag("disabled of a rule"),
            }),
            "rules must be a list of rules",
        ),
        v.minLength(1, "rules is empty: a project without rules needs no retention"),
        v.maxLength(MOST_RULES, `rules has more than ${MOST_RULES}, which is what Harbor takes`),
    ),
    schedule: v.optional(v.string("schedule must be a text")),
});

export function retentionProblems(inputs: RetentionInputs): string[] {
    const problems = problemsOf(schema, inputs);
    if (problems.length > 0) {
        return problems;
    }
    const { rules, schedule } = inputs;
    const kept = rules.flatMap(({ keep }, at) => (isKeep(keep) ? [] : [`keep of rule ${at + 1} must be ${KEEPS}`]));
    const cron =
        schedule === undefined || schedule === MANUAL ? undefined : harborCronProblem("schedule", plainCron(schedule));
    return [...kept, ...(cron === undefined ? [] : [cron]), ...(kept.length > 0 ? [] : twice(rules))];
}

/** Harbor takes 0, by which a rule deletes all that it is about; nobody asks for that by a rule of what to keep. */
function isKeep(keep: unknown): boolean {
    if (keep === "always") {
        return true;
    }
    const all = typeof keep === "object" && keep !== null ? Object.entries(keep) : [];
    return (
        all.length === 1 &&
        all.every(([name, value]) => {
            const most = Object.hasOwn(MOST, name) ? MOST[name as keyof typeof MOST] : 0;
            return Number.isSafeInteger(value) && value >= 1 && value <= most;
        })
    );
}

/** Harbor refuses what says the same twice. */
function twice(rules: readonly RetentionRule[]): string[] {
    const lines = linesOfRules(rules);
    return lines.flatMap((line, at) => {
        const first = lines.indexOf(line);
        return first < at ? [`rules ${first + 1} and ${at + 1} say the same: take one of them away`] : [];
    });
}

export function linesOfRules(rules: readonly RetentionRule[]): string[] {
    return rules.map((rule) => lineOfRule(toHarborRule(rule)));
}

/** Harbor's cron of a schedule; empty where nothing runs by itself. */
export function cronOf(schedule: string): string {
    return schedule === MANUAL ? "" : plainCron(schedule);
}

/** A cron of Harbor's, as it is told. */
export function scheduleOf(cron: unknown): string {
    return typeof cron === "string" && cron.trim() !== "" ? plainCron(cron) : MANUAL;
}
