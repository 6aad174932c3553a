import { groovyBlock, groovyString } from "./groovy";
import type { PublishPipelineParameters } from "./parameters";
import { hasWildcard, pathPattern } from "./ref-patterns";

const BY_SCHEDULE = "triggeredBy 'TimerTrigger'";
const BY_HAND = "triggeredBy cause: 'UserIdCause'";

/**
 * When an image is published: on its schedule from the primary branch only, else where a branch or a tag fits. A change
 * request never publishes, whatever its branch is called.
 */
export function publishWhen({ on }: PublishPipelineParameters): string[] {
    const { branches = [], paths = [], releases = false, schedule, tags = [] } = on;
    const isTag = releases && tags.length === 0 ? ["buildingTag()"] : tags.map((tag) => condition("tag", tag));
    const isChanged = [...paths.map(changeset), ...(paths.length > 0 ? [BY_HAND] : [])];
    const pushed = [
        ...isTag,
        ...(branches.length === 0
            ? []
            : allOf([...anyOf(branches.map((branch) => condition("branch", branch))), ...anyOf(isChanged)])),
    ];
    const choices = [
        ...(schedule === undefined ? [] : allOf([BY_SCHEDULE, "environment name: 'BRANCH_IS_PRIMARY', value: 'true'"])),
        ...(pushed.length === 0
            ? []
            : allOf([...groovyBlock("not", [BY_SCHEDULE]), ...anyOf(pushed, pushed.length > 1)])),
    ];
    return groovyBlock("when", [...groovyBlock("not", ["changeRequest()"]), ...anyOf(choices, true)]);
}

export function tryWhen({ on: { paths = [] } }: PublishPipelineParameters): string[] {
    return groovyBlock("when", ["changeRequest()", ...anyOf(paths.map(changeset))]);
}

function condition(kind: "branch" | "tag", pattern: string): string {
    const comparator = hasWildcard(pattern) ? "GLOB" : "EQUALS";
    return `${kind} pattern: ${groovyString(pattern)}, comparator: '${comparator}'`;
}

function changeset(path: string): string {
    return `changeset pattern: ${groovyString(pathPattern(path))}, caseSensitive: true`;
}

/** At least one line of them each; a single one stands by itself. */
function anyOf(lines: readonly string[], isBlock = lines.length > 1): string[] {
    return isBlock ? groovyBlock("anyOf", lines) : [...lines];
}

function allOf(lines: readonly string[]): string[] {
    return groovyBlock("allOf", lines);
}
