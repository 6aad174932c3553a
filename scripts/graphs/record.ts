import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { answerCall, answerResource } from "./answers";
import { bySortKey, type Plain, type ResourceGraph, type ResourceRecord } from "./graph";
import { plainValue } from "./plain";
import { recordOf, watchRegistrations } from "./registration";

export interface RecordOptions {
    /** @default "project" */
    readonly project?: string;
    /** @default "dev" */
    readonly stack?: string;
    /** The stack's configuration, keys with their namespace: `github:owner`. Objects are JSON. */
    readonly config?: Readonly<Record<string, string>>;
    readonly secretConfig?: readonly string[];
    /** What a resource computes beside its inputs, for those of which it matters; undefined for what answers.ts says. */
    readonly computed?: (resource: pulumi.runtime.MockResourceArgs) => Record<string, unknown> | undefined;
    /** What a provider's function answers; undefined for what answers.ts says. */
    readonly call?: (call: pulumi.runtime.MockCallArgs) => Record<string, unknown> | undefined;
    /** As in a preview: what is not given is not known. @default false */
    readonly preview?: boolean;
}

const ROOT = join(__dirname, "..", "..");

/**
 * Runs a program against `pulumi.runtime.setMocks` and records what it asks the engine for, with all options. Rejects
 * with what the program throws, also within an `apply` or as a rejected input.
 */
export async function recordGraph(program: () => unknown, options: RecordOptions = {}): Promise<ResourceGraph> {
    const { project = "project", stack = "dev", config = {}, secretConfig = [], preview = false } = options;
    const resources: ResourceRecord[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: (resource) => {
                const { id, state } = answerResource(resource);
                return { id, state: { ...state, ...options.computed?.(resource) } };
            },
            call: (call) => options.call?.(call) ?? answerCall(call),
        },
        project,
        stack,
        preview,
        "organization",
    );
    pulumi.runtime.setAllConfig({ ...config }, [...secretConfig]);
    watchRegistrations((request) => resources.push(recordOf(request, ROOT)));
    const outputs = await failingWholly(async () => {
        const said = await plainOutputs(await program());
        await pulumi.runtime.disconnect();
        return said;
    });
    return { resources: resources.sort(bySortKey), outputs };
}

async function plainOutputs(result: unknown): Promise<Plain> {
    const outputs = Object.entries((result ?? {}) as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1));
    const values = await Promise.all(
        outputs.map(async ([name, value]) => [name, await plainOutput(pulumi.output(value))] as const),
    );
    return Object.fromEntries(values);
}

async function plainOutput(output: pulumi.Output<unknown>): Promise<Plain> {
    const value = await new Promise<unknown>((resolve, reject) => {
        const known = output.apply(resolve) as pulumi.Output<unknown> & { promise(): Promise<unknown> };
        // What a preview does not know is never handed to `apply`.
        known.promise().then(() => resolve(pulumi.runtime.unknownValue), reject);
    });
    return (await pulumi.isSecret(output)) ? "[secret]" : plainValue(value, ROOT);
}

/** What Pulumi's runtime only lets the process hear of (a rejected input, a failed `apply`) is the work's failure. */
async function failingWholly<T>(work: () => Promise<T>): Promise<T> {
    const others = process.rawListeners("unhandledRejection") as ((reason: unknown) => void)[];
    process.removeAllListeners("unhandledRejection");
    let unheard: (reason: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => {
        unheard = reject;
    });
    failure.catch(() => undefined);
    process.on("unhandledRejection", unheard);
    try {
        const done = await Promise.race([work(), failure]);
        await Promise.race([settled(), failure]);
        return done;
    } finally {
        // One fault is often told several times.
        await settled();
        process.off("unhandledRejection", unheard);
        for (const listener of others) {
            process.on("unhandledRejection", listener);
        }
    }
}

/** Rejections are told at the end of a turn of the event loop. */
function settled(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 2));
}
