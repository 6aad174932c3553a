import type { ActionCall, ActionResult } from "./known-actions";

/**
 * docker/metadata-action, as far as its documentation says what our rules do: `type=schedule`, `type=sha`, `type=raw`,
 * `type=ref` of branches and git tags, `type=semver`, and `latest` by its flavor.
 * (https://github.com/docker/metadata-action#tags-input)
 */
export function metadata({ env, github, inputs }: ActionCall): ActionResult {
    const rules = linesOf(inputs.tags).map((line) => new Map(line.split(",").map((part) => splitAt(part, "="))));
    const found = rules.flatMap((rule) => tagOf(rule, github));
    const hasRelease = rules.some(
        (rule) => rule.get("type") === "semver" && tagOf(rule, github).some((tag) => !tag.includes("-")),
    );
    const isLatest = hasRelease && !linesOf(inputs.flavor).includes("latest=false");
    const names = [...new Set([...found, ...(isLatest ? ["latest"] : [])])];
    const labels = [`org.opencontainers.image.revision=${github.sha}`, `org.opencontainers.image.version=${names[0]}`];
    const levels = env.DOCKER_METADATA_ANNOTATIONS_LEVELS ?? "manifest";
    return {
        outputs: {
            "tag-names": names.join("\n"),
            tags: names.map((name) => `${inputs.images}:${name}`).join("\n"),
            labels: labels.join("\n"),
            annotations: labels.map((label) => `${levels}:${label}`).join("\n"),
        },
    };
}

function tagOf(rule: ReadonlyMap<string, string>, github: Readonly<Record<string, string>>): string[] {
    const { event_name: event, ref = "", sha = "" } = github;
    const [, kind, name = ""] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
    switch (rule.get("type")) {
        case "sha":
            return [`sha-${sha.slice(0, 7)}`];
        case "schedule":
            return event === "schedule" ? ["nightly"] : [];
        case "raw":
            return [rule.get("value") ?? ""];
        case "ref":
            return rule.get("event") === { heads: "branch", tags: "tag" }[kind ?? ""] && event !== "schedule"
                ? [sanitized(name)]
                : [];
        case "semver": {
            const [, version, major, minor, rest] = /^v?((\d+)\.(\d+)\.\d+(-.+)?)$/.exec(name) ?? [];
            if (kind !== "tags" || version === undefined) {
                return [];
            }
            const pattern = rest === undefined ? (rule.get("pattern") ?? "") : "{{version}}";
            const values: Record<string, string> = { version, major: major ?? "", minor: minor ?? "" };
            return [pattern.replace(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? "")];
        }
        default:
            throw new Error(`this stand-in does not know the rule ${JSON.stringify([...rule])}`);
    }
}

function sanitized(name: string): string {
    return name.replace(/[^a-zA-Z0-9._-]+/g, "-");
}

export function linesOf(text = ""): string[] {
    return text
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
}

function splitAt(text: string, mark: string): [string, string] {
    const at = text.indexOf(mark);
    return [text.slice(0, at), text.slice(at + 1)];
}
