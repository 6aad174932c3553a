import { WorkflowError } from "../error";

/** One rule for tags, as docker/metadata-action writes it. (https://github.com/docker/metadata-action#tags-input) */
export interface TagRule {
    readonly type: TagRuleType;
    readonly attributes: Readonly<Record<string, string>>;
    /** As it was written, for messages. */
    readonly text: string;
}

export type TagRuleType = keyof typeof TYPES;

/** How `latest`, prefixes and suffixes are given to all tags. (https://github.com/docker/metadata-action#flavor-input) */
export interface Flavor {
    readonly latest: "auto" | "true" | "false";
    readonly prefix: string;
    readonly suffix: string;
    /** Whether `latest` gets them too. */
    readonly prefixLatest: boolean;
    readonly suffixLatest: boolean;
}

const EVERY = ["type", "enable", "priority", "prefix", "suffix"];

interface TypeEntry {
    readonly priority: number;
    readonly takes: readonly string[];
    readonly defaults: Readonly<Record<string, string>>;
}

/** By type: its rank, its attributes, and those that have a default. */
const TYPES = {
    schedule: { priority: 1000, takes: ["pattern"], defaults: { pattern: "nightly" } },
    semver: { priority: 900, takes: ["pattern", "value", "match"], defaults: {} },
    match: { priority: 800, takes: ["pattern", "group", "value"], defaults: { group: "0" } },
    edge: { priority: 700, takes: ["branch"], defaults: {} },
    ref: { priority: 600, takes: ["event"], defaults: {} },
    raw: { priority: 200, takes: ["value"], defaults: {} },
    sha: { priority: 100, takes: ["format"], defaults: { format: "short", prefix: "sha-" } },
} as const satisfies Record<string, TypeEntry>;

/** What a type cannot do without, and where it is one of some, which. */
const NEEDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
    semver: { pattern: [] },
    match: { pattern: [] },
    ref: { event: ["branch", "tag", "pr"] },
    raw: { value: [] },
    sha: { format: ["short", "long"] },
};

/**
 * Rules in the order in which they count: by their priority, then as written.
 *
 * @throws WorkflowError for the first one that is none
 */
export function parseTagRules(texts: readonly string[]): TagRule[] {
    const priorityOf = ({ attributes }: TagRule) => Number(attributes.priority);
    return texts.map(parseRule).sort((a, b) => priorityOf(b) - priorityOf(a));
}

function parseRule(text: string): TagRule {
    const fields = fieldsOf(text);
    const type = fields.get("type") ?? "raw";
    if (!isType(type)) {
        throw new WorkflowError(
            `The rule for tags ${JSON.stringify(text)} is of no known type: take ${Object.keys(TYPES).join(", ")}.`,
        );
    }
    const { defaults, priority, takes }: TypeEntry = TYPES[type];
    const strange = [...fields.keys()].find((name) => ![...EVERY, ...takes].includes(name));
    if (strange !== undefined) {
        throw new WorkflowError(
            `The rule for tags ${JSON.stringify(text)} has ${JSON.stringify(strange)}: type=${type} takes ${takes.join(", ")}.`,
        );
    }
    const event: Record<string, string> = fields.get("event") === "pr" ? { prefix: "pr-" } : {};
    const attributes: Record<string, string> = {
        enable: "true",
        priority: String(priority),
        ...defaults,
        ...event,
        ...Object.fromEntries(fields),
    };
    for (const [name, values] of Object.entries(NEEDS[type] ?? {})) {
        const value = attributes[name] ?? "";
        if (value === "" || (values.length > 0 && !values.includes(value))) {
            const wanted = values.length > 0 ? `${name}=${values.join(` or ${name}=`)}` : `${name}=…`;
            throw new WorkflowError(`The rule for tags ${JSON.stringify(text)} needs ${wanted}.`);
        }
    }
    if (!/^\d+$/.test(attributes.priority ?? "") || !/^\d+$/.test(attributes.group ?? "0")) {
        throw new WorkflowError(`The rule for tags ${JSON.stringify(text)} has a priority or group that is no number.`);
    }
    return { type, attributes, text };
}

/** @throws WorkflowError for the first entry that is none */
export function parseFlavor(texts: readonly string[]): Flavor {
    let flavor: Flavor = { latest: "auto", prefix: "", suffix: "", prefixLatest: false, suffixLatest: false };
    for (const text of texts) {
        const fields = fieldsOf(text);
        const [latest, prefix, suffix] = [fields.get("latest"), fields.get("prefix"), fields.get("suffix")];
        const onLatest = fields.get("onlatest");
        const strange = [...fields.keys()].some((name) => !["latest", "prefix", "suffix", "onlatest"].includes(name));
        const isBad = (value: string | undefined, ...good: string[]) => value !== undefined && !good.includes(value);
        if (strange || isBad(latest, "auto", "true", "false") || isBad(onLatest, "true", "false")) {
            throw new WorkflowError(
                `The flavor ${JSON.stringify(text)} is not known: take latest=auto, latest=true, latest=false, prefix=… or suffix=….`,
            );
        }
        flavor = {
            latest: (latest as Flavor["latest"] | undefined) ?? flavor.latest,
            prefix: prefix ?? flavor.prefix,
            suffix: suffix ?? flavor.suffix,
            prefixLatest: prefix === undefined ? flavor.prefixLatest : onLatest === "true",
            suffixLatest: suffix === undefined ? flavor.suffixLatest : onLatest === "true",
        };
    }
    return flavor;
}

/** `key=value` with commas between; in quotes a comma is one. A field without a key is the value. */
function fieldsOf(text: string): Map<string, string> {
    const fields = text.match(/(?:"(?:[^"]|"")*"|[^,"])+/g) ?? [];
    return new Map(
        fields.map((field) => {
            const plain = field.trim().replace(/^"([\s\S]*)"$/, (_whole, inner: string) => inner.replaceAll('""', '"'));
            const at = plain.indexOf("=");
            return at < 0 ? ["value", plain] : [plain.slice(0, at).trim().toLowerCase(), plain.slice(at + 1).trim()];
        }),
    );
}

function isType(text: string): text is TagRuleType {
    return Object.hasOwn(TYPES, text);
}
