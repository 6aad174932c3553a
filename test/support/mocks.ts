import type { ResourceGraph, ResourceRecord } from "../../scripts/graphs/graph";
import { type RecordOptions, recordGraph } from "../../scripts/graphs/record";

export type { Plain, ResourceRecord } from "../../scripts/graphs/graph";
export type { RecordOptions } from "../../scripts/graphs/record";

/** What a program asked the engine for, with a short way to one resource. */
export interface Recorded extends ResourceGraph {
    /** The only resource of this name, and of this type where names are shared. @throws Error with the names there are */
    resource(name: string, type?: string): ResourceRecord;
    /** All whose type ends so: `ActionsSecret`. */
    ofType(end: string): readonly ResourceRecord[];
}

/**
 * Runs a program of components against mocks and records all that it asks the engine for, with parents, dependencies and
 * options; secrets are `[secret]`. Rejects with what the program throws, in an `apply` too. One after the other, never
 * side by side: mocks are the whole process's.
 */
export async function recordResources(program: () => unknown, options: RecordOptions = {}): Promise<Recorded> {
    const graph = await recordGraph(program, options);
    const ofType = (end: string) =>
        graph.resources.filter(({ type }) => type === end || type.endsWith(`:${end}`) || type.endsWith(`/${end}`));
    return {
        ...graph,
        ofType,
        resource: (name, type = "") => {
            const found = graph.resources.filter((one) => one.name === name && one.type.endsWith(type));
            const [only] = found;
            if (only === undefined || found.length > 1) {
                const there = graph.resources.map((one) => `${one.type}::${one.name}`).join("\n");
                throw new Error(`${found.length} resources are named ${name}; there are:\n${there}`);
            }
            return only;
        },
    };
}
