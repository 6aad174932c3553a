import { parse, prerelease, valid } from "semver";
import { WorkflowError } from "../error";
import type { Commit } from "./commit";
import { type Flavor, parseFlavor, parseTagRules, type TagRule } from "./tag-rules";
import { fillTemplate, globalWords } from "./tag-template";

/** What one rule gives, before prefixes; and whether `latest` follows it where the flavor leaves that open. */
interface Given {
    readonly value: string;
    readonly isRelease: boolean;
}

/** The grammar of a tag. (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests) */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/**
 * The tags that docker/metadata-action's rules give a commit, the most important one first, each once. That action runs
 * at GitHub only; this is the same, for everybody else. `type=pep440` and what only GitHub knows are no rules here.
 *
 * @returns none where no rule applies
 * @throws WorkflowError for a rule that is none, or that gives what is no tag
 */
export function imageTags(rules: readonly string[], flavorRules: readonly string[], commit: Commit): string[] {
    const flavor = parseFlavor(flavorRules);
    const words = globalWords(commit);
    const tags: string[] = [];
    let latest: boolean | undefined;
    for (const rule of parseTagRules(rules)) {
        if (fillTemplate(rule.attributes.enable ?? "true", words, commit.date) !== "true") {
            continue;
        }
        const given = givenBy(rule, commit);
        if (given === undefined) {
            continue;
        }
        const { prefix = flavor.prefix, suffix = flavor.suffix } = rule.attributes;
        const fill = (text: string) => fillTemplate(text, words, commit.date);
        tags.push(checked(`${fill(prefix)}${given.value}${fill(suffix)}`, rule));
        latest ??= flavor.latest === "auto" ? given.isRelease : flavor.latest === "true";
    }
    return [...new Set([...tags, ...(latest ? [latestOf(flavor, commit)] : [])])];
}

function givenBy(rule: TagRule, commit: Commit): Given | undefined {
    const { attributes, type } = rule;
    const words = globalWords(commit);
    const fill = (text = "") => fillTemplate(text, words, commit.date);
    const named = attributes.value ? fill(attributes.value) : commit.tag;
    switch (type) {
        case "schedule":
            return commit.scheduled ? plain(fill(attributes.pattern)) : undefined;
        case "semver":
            return named === undefined ? undefined : semverTag(named, rule, commit.date);
        case "match":
            return named === undefined ? undefined : matched(named, rule);
        case "edge":
            return commit.branch !== undefined && commit.branch === (attributes.branch ?? commit.defaultBranch)
                ? plain("edge")
                : undefined;
        case "ref":
            return refTag(attributes.event, commit);
        case "raw":
            return plain(fill(attributes.value));
        case "sha":
            return plain(attributes.format === "long" ? commit.sha : commit.sha.slice(0, 7));
    }
}

function plain(value: string | undefined): Given | undefined {
    return value === undefined || value === "" ? undefined : { value, isRelease: false };
}

/** A pull request publishes nothing, so none of its rules ever gives a tag. */
function refTag(event: string | undefined, { branch, tag }: Commit): Given | undefined {
    if (event === "tag" && tag !== undefined) {
        return { value: tag, isRelease: true };
    }
    return event === "branch" ? plain(branch) : undefined;
}

/** A prerelease is never `1.2`, which is read as "the newest 1.2": it gets its whole version. */
function semverTag(named: string, rule: TagRule, date: Date): Given | undefined {
    const { attributes } = rule;
    const found =
        attributes.match === undefined ? named : (expressionOf(attributes.match, rule).exec(named)?.[1] ?? named);
    const raw = found.replaceAll("/", "-");
    const version = valid(raw) === null ? null : parse(raw);
    if (version === null) {
        return undefined;
    }
    const { major, minor, patch } = version;
    const words = { raw, version: version.version, major: `${major}`, minor: `${minor}`, patch: `${patch}` };
    const pattern = attributes.pattern ?? "";
    const isRelease = prerelease(raw) === null;
    const isRaw = /^\{\{\s*raw\s*\}\}$/.test(pattern);
    return { value: fillTemplate(isRelease || isRaw ? pattern : "{{version}}", words, date), isRelease };
}

function matched(named: string, rule: TagRule): Given | undefined {
    const { group = "0", pattern = "" } = rule.attributes;
    const value = expressionOf(pattern, rule).exec(named)?.[Number(group)];
    return value === undefined || value === "" ? undefined : { value, isRelease: true };
}

/** With or without slashes around it; behind them its flags. */
function expressionOf(pattern: string, { text }: TagRule): RegExp {
    const [, source = pattern, flags = ""] = /^\/(.+)\/(.*)$/.exec(pattern) ?? [];
    try {
        return new RegExp(source, flags);
    } catch {
        throw new WorkflowError(
            `The rule for tags ${JSON.stringify(text)} has a pattern that is no regular expression.`,
        );
    }
}

function latestOf({ prefix, prefixLatest, suffix, suffixLatest }: Flavor, commit: Commit): string {
    const fill = (text: string) => fillTemplate(text, globalWords(commit), commit.date);
    return sanitized(`${prefixLatest ? fill(prefix) : ""}latest${suffixLatest ? fill(suffix) : ""}`);
}

function checked(value: string, { text }: TagRule): string {
    const tag = sanitized(value);
    if (!TAG.test(tag)) {
        throw new WorkflowError(
            `The rule for tags ${JSON.stringify(text)} gives ${JSON.stringify(tag)}, which is no tag: it begins with a letter, a digit or _, and has 128 characters at most.`,
        );
    }
    return tag;
}

/** Whatever a branch is called, its tag has only what tags may have. */
function sanitized(text: string): string {
    return text.replace(/[^A-Za-z0-9._-]+/g, "-");
}
