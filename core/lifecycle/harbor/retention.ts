import {
    type HarborRetentionRule,
    lineOfRule,
    type RetentionPolicy,
    type RetentionRule,
    scopeOf,
    toHarborRule,
} from "../../harbor";
import type { HarborKind, HarborTools } from "./kind";
import { projectOf } from "./project-of";
import { cronOf, linesOfRules, type RetentionInputs, retentionProblems, scheduleOf } from "./retention-inputs";

const RULES = "rules";
const SCHEDULE = "schedule";

/** What of a project's images is retained. A project has one at the most, and its rules have neither names nor an order. */
export const retentionKind: HarborKind<RetentionInputs, RetentionPolicy> = {
    word: "retention",
    nameless: "single",
    title: ({ project }) => `retention of project ${project}`,
    problems: retentionProblems,
    replaces: [],
    renames: true,
    idOf: ({ id }) => id,
    find: async (_name, { project }, { harbor }) => {
        const found = await harbor.projects.find(project);
        return found && harbor.retentions.ofProject(found);
    },
    wanted: ({ rules, schedule }) => ({
        [RULES]: new Set(linesOfRules(rules)),
        ...(schedule === undefined ? {} : { [SCHEDULE]: scheduleOf(cronOf(schedule)) }),
    }),
    actual: ({ rules, trigger }) => ({
        [RULES]: new Set((rules ?? []).map(lineOfRule)),
        [SCHEDULE]: trigger?.kind === "Schedule" ? scheduleOf(trigger.settings?.cron) : scheduleOf(undefined),
    }),
    create: createRetention,
    update: async ({ rules, schedule }, policy, changed, { harbor }) => {
        await harbor.retentions.update(policy, {
            ...(changed.includes(RULES) ? { rules: merged(rules, policy.rules ?? []) } : {}),
            ...(changed.includes(SCHEDULE) && schedule !== undefined
                ? { trigger: triggerOf(schedule, policy.trigger) }
                : {}),
        });
        return undefined;
    },
    delete: ({ id }, { harbor }) => harbor.retentions.delete(id),
};

async function createRetention({ project, rules, schedule = "manual" }: RetentionInputs, tools: HarborTools) {
    const { harbor } = tools;
    const found = await projectOf(project, tools);
    if (found.metadata?.retention_id && (await harbor.retentions.ofProject(found)) === undefined) {
        // A deletion that broke off half-way: Harbor would make no other while the project names the one that is gone.
        await harbor.projects.removeMetadata(project, "retention_id");
    }
    return harbor.retentions.create({
        algorithm: "or",
        rules: rules.map((rule) => toHarborRule(rule)),
        trigger: triggerOf(schedule),
        scope: { level: "project", ref: found.project_id },
    });
}

/** Without a cron Harbor cannot delete the retention later, so an empty one is always said. */
function triggerOf(schedule: string, former?: RetentionPolicy["trigger"]): NonNullable<RetentionPolicy["trigger"]> {
    return { ...former, kind: "Schedule", settings: { ...former?.settings, cron: cronOf(schedule) } };
}

/**
 * A rule that is there stays as it came, with its number and what only newer versions know; one that was changed comes in
 * the place of a rule about the same images.
 */
function merged(rules: readonly RetentionRule[], there: readonly HarborRetentionRule[]): HarborRetentionRule[] {
    const left = [...there];
    const take = (isIt: (rule: HarborRetentionRule) => boolean) => {
        const at = left.findIndex(isIt);
        return at < 0 ? undefined : left.splice(at, 1)[0];
    };
    const wanted = rules.map((rule) => ({ rule, plain: toHarborRule(rule) }));
    const kept = wanted.map(({ plain }) => take((one) => lineOfRule(one) === lineOfRule(plain)));
    return wanted.map(({ plain, rule }, at) => {
        const same = kept[at];
        return (
            same ??
            toHarborRule(
                rule,
                take((one) => scopeOf(one) === scopeOf(plain)),
            )
        );
    });
}
