import type { PreheatPolicy } from "../../harbor";
import { plainCron } from "./cron";
import type { Fields } from "./kind";
import type { PreheatInputs } from "./preheat-inputs";

type Json = Readonly<Record<string, unknown>>;

/** Harbor's names. (goharbor/harbor, src/pkg/p2p/preheat/models/policy/policy.go) */
const TRIGGERS = { manual: "manual", scheduled: "scheduled", event: "event_based" } as const;

export function preheatWanted(inputs: PreheatInputs): Fields {
    const { description, enabled, extra = {}, instance, labels, name, repositories, tags, trigger } = inputs;
    const cron = trigger?.type === "scheduled" ? trigger.cron : "";
    return {
        name,
        description,
        enabled,
        instance,
        repositories,
        tags,
        labels: labels && [...new Set(labels.map((label) => label.trim()))].sort(),
        trigger: trigger && triggerText(trigger.type, cron),
        ...extraFields(extra),
    };
}

/** Filters, trigger and extra attributes are texts of JSON, whose order of keys and blanks means nothing. */
export function preheatFields(policy: PreheatPolicy): Fields {
    const trigger = objectOf(policy.trigger);
    const type = Object.entries(TRIGGERS).find(([, theirs]) => theirs === trigger.type)?.[0];
    const { cron } = settingOf(trigger);
    const labels = textOf(policy, "label").split(",");
    return {
        name: policy.name,
        description: policy.description ?? "",
        enabled: policy.enabled === true,
        instance: policy.provider_name,
        repositories: textOf(policy, "repository"),
        tags: textOf(policy, "tag"),
        labels: labels
            .map((label) => label.trim())
            .filter((label) => label !== "")
            .sort(),
        trigger: triggerText(type ?? String(trigger.type ?? ""), typeof cron === "string" ? cron : ""),
        ...extraFields(objectOf(policy.extra_attrs)),
    };
}

/** What the program says, into what Harbor has: other filters and other keys stay. */
export function preheatWish(inputs: PreheatInputs, policy: PreheatPolicy): Partial<PreheatPolicy> {
    const { description, enabled, extra, labels, name, repositories, tags, trigger } = inputs;
    const ours = [
        ...(repositories === undefined ? [] : [{ type: "repository", value: repositories }]),
        ...(tags === undefined ? [] : [{ type: "tag", value: tags }]),
        ...(labels === undefined ? [] : [{ type: "label", value: [...labels].join(",") }]),
    ];
    const others = filtersOf(policy).filter((have) => !ours.some(({ type }) => type === have.type));
    const kept = ours.filter(({ value }) => value !== "");
    return {
        name,
        ...(description !== undefined && { description }),
        ...(enabled !== undefined && { enabled }),
        ...(ours.length > 0 && { filters: JSON.stringify([...kept, ...others]) }),
        ...(trigger && { trigger: JSON.stringify(triggerOf(trigger, objectOf(policy.trigger))) }),
        ...(extra && { extra_attrs: JSON.stringify({ ...objectOf(policy.extra_attrs), ...extra }) }),
    };
}

function triggerOf(wish: NonNullable<PreheatInputs["trigger"]>, have: Json): Json {
    const { cron: _former, ...rest } = settingOf(have);
    const cron = wish.type === "scheduled" ? { cron: plainCron(wish.cron) } : {};
    return { ...have, type: TRIGGERS[wish.type], trigger_setting: { ...rest, ...cron } };
}

function triggerText(type: string, cron: string): string {
    return type === "scheduled" ? `scheduled ${plainCron(cron)}` : type;
}

function extraFields(extra: Json): Fields {
    return Object.fromEntries(Object.entries(extra).map(([key, value]) => [`extra.${key}`, plain(value)]));
}

/** One text for what means the same. */
function plain(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([one], [other]) => (one < other ? -1 : 1))
                  .map(([key, inner]) => [key, sorted(inner)]),
          )
        : value;
}

function textOf(policy: PreheatPolicy, type: string): string {
    const value = filtersOf(policy).find((filter) => filter.type === type)?.value;
    return value === undefined || value === null ? "" : String(value);
}

function filtersOf({ filters }: PreheatPolicy): Json[] {
    const all = parsed(filters);
    return (Array.isArray(all) ? all : []).filter((one) => typeof one === "object" && one !== null);
}

function settingOf({ trigger_setting }: Json): Json {
    return typeof trigger_setting === "object" && trigger_setting !== null ? (trigger_setting as Json) : {};
}

function objectOf(text: string | null | undefined): Json {
    const value = parsed(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function parsed(text: string | null | undefined): unknown {
    try {
        return JSON.parse(text || "null");
    } catch {
        return undefined;
    }
}
