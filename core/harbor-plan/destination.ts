/** How many of a source's path parts make room for the namespace; `all`: only its last part is left. */
export type Flatten = "none" | "one" | "two" | "three" | "all";

/** Where a rule puts what it carries. */
export interface Destination {
    /** The project, and what of the path follows it. */
    readonly namespace: string;
    readonly flatten: Flatten;
}

const LEVELS: readonly Flatten[] = ["none", "one", "two", "three"];

/**
 * How Harbor says that a repository goes to another one: as much of the source's path as can be is left, so that one rule
 * serves many repositories. Undefined where it cannot: Harbor's replication changes what stands before a repository's
 * name, and never the name.
 */
export function destinationOf(source: string, target: string): Destination | undefined {
    const parts = source.split("/");
    for (const [level, flatten] of LEVELS.entries()) {
        const namespace = level < parts.length ? namespaceFor(target, parts.slice(level).join("/")) : undefined;
        if (namespace !== undefined) {
            return { namespace, flatten };
        }
    }
    const namespace = namespaceFor(target, parts.at(-1) as string);
    return namespace === undefined ? undefined : { namespace, flatten: "all" };
}

function namespaceFor(target: string, kept: string): string | undefined {
    return target.endsWith(`/${kept}`) ? target.slice(0, -kept.length - 1) : undefined;
}

/** What Harbor calls the copy. (src/controller/replication/flow/stage.go, `replaceNamespace`) */
export function destinationRepository(source: string, { namespace, flatten }: Destination): string {
    const parts = source.split("/");
    const kept = flatten === "all" ? parts.slice(-1) : parts.slice(LEVELS.indexOf(flatten));
    return [namespace, ...kept].join("/");
}
