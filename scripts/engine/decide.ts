/** A Pulumi CLI that was found, and what it says its version is; none when it would not say. */
export interface FoundCli {
    /** Absolute path of the binary. */
    readonly command: string;
    readonly version?: string;
}

/** What can be known without network and without waiting. */
export interface EngineFacts {
    /** Every CLI on PATH, in its order, without the npm package's wrapper. */
    readonly onPath: readonly FoundCli[];
    /** The CLI in Pulumi's own cache, in the version that package.json pins. */
    readonly cached?: FoundCli;
}

export type EngineDecision =
    | { readonly how: "path" | "cache"; readonly cli: Required<FoundCli> }
    | { readonly how: "acquire"; readonly why: string };

/**
 * The oldest CLI that is used from PATH. Older ones lack flags that the Automation API passes, or answer them with an
 * error that names no version; a newer major version is somebody else's promise.
 */
export const OLDEST_CLI = "3.150.0";

/** Which CLI to use: a good one on PATH, else the cached one of the pinned version, else one must be had first. */
export function decideEngine(facts: EngineFacts): EngineDecision {
    const good = facts.onPath.find(isUsable);
    if (good) {
        return { how: "path", cli: good };
    }
    if (facts.cached && isUsable(facts.cached)) {
        return { how: "cache", cli: facts.cached };
    }
    const refused = facts.onPath[0];
    return {
        how: "acquire",
        why: refused
            ? `the Pulumi CLI on PATH (${refused.command}) is ${refused.version ?? "of a version that it does not tell"}, and ${OLDEST_CLI} or a newer 3.x is needed`
            : "there is no Pulumi CLI on PATH",
    };
}

function isUsable(cli: FoundCli): cli is Required<FoundCli> {
    const version = parseVersion(cli.version ?? "");
    const oldest = parseVersion(OLDEST_CLI);
    if (!version || !oldest || version[0] !== oldest[0]) {
        return false;
    }
    return version[1] > oldest[1] || (version[1] === oldest[1] && version[2] >= oldest[2]);
}

function parseVersion(text: string): readonly [number, number, number] | undefined {
    const found = /^v?(\d+)\.(\d+)\.(\d+)/.exec(text.trim());
    return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : undefined;
}
