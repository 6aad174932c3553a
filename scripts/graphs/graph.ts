/** JSON. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** One resource, as a program asks the engine for it. What is as it would be without being said is left out. */
export interface ResourceRecord {
    /** `github:index/actionsSecret:ActionsSecret`. */
    readonly type: string;
    readonly name: string;
    /** `TYPE::NAME`, as all references to resources here. Absent for what stands at the top. */
    readonly parent?: string;
    /** `dependsOn`, and the resources whose outputs are inputs of this one. */
    readonly dependencies?: readonly string[];
    /** An explicit provider. */
    readonly provider?: string;
    /** A component's providers for its children, by package. */
    readonly providers?: Readonly<Record<string, string>>;
    /** `protect`, `retainOnDelete`, `additionalSecretOutputs` and all other options that are not as without them. */
    readonly options?: Readonly<Record<string, Plain>>;
    /** Absent of components, whose arguments the engine never sees. Secrets are `[secret]`. */
    readonly inputs?: Plain;
}

/** What a program asks the engine for, sorted: two recordings of one program are the same bytes. */
export interface ResourceGraph {
    readonly resources: readonly ResourceRecord[];
    /** The stack's outputs. */
    readonly outputs: Plain;
}

/** `TYPE::NAME` of `urn:pulumi:STACK::PROJECT::PARENTS$TYPE::NAME`: neither stack nor project is news. */
export function shortUrn(urn: string): string {
    const [, , types = "", ...name] = urn.split("::");
    return `${types.slice(types.lastIndexOf("$") + 1)}::${name.join("::")}`;
}

export function bySortKey(one: ResourceRecord, other: ResourceRecord): number {
    const [a, b] = [one, other].map(({ type, name, parent = "" }) => `${type}::${name}::${parent}`) as [string, string];
    return a < b ? -1 : a > b ? 1 : 0;
}

export function writtenGraph(graph: ResourceGraph): string {
    return `${JSON.stringify(graph, null, 2)}\n`;
}
