import {
    CommandError,
    ConcurrentUpdateError,
    LocalWorkspace,
    type Stack,
    type UpResult,
} from "@pulumi/pulumi/automation";
import { TransshipError } from "../../core/errors";
import { program } from "../../stacks/images/program";
import { type Engine, engineCommand, engineEnvironment } from "../engine";
import type { LocalDirectory } from "./directory";
import { hasStaleLock } from "./stale-lock";

export const PROJECT = "transship";
export const STACK = "local";

export interface UpOptions {
    /** The folder of the root's Pulumi.yaml. */
    readonly checkout: string;
    readonly engine: Engine;
    readonly directory: LocalDirectory;
    /** What the provider needs beside the engine's own variables. */
    readonly env: Readonly<Record<string, string>>;
    readonly print: (text: string) => void;
    readonly signal: AbortSignal;
}

/** The result of an `up`, as far as it is told. */
export type UpSummary = Pick<UpResult["summary"], "resourceChanges">;

/**
 * A real `pulumi up` of the stack `local`: the same project, stack, backend and program as plain `pulumi up -s local`,
 * but inline, so that no language host is needed.
 */
export async function upLocalStack(options: UpOptions): Promise<UpSummary> {
    const { checkout, engine, directory, env, print, signal } = options;
    const stack = await LocalWorkspace.createOrSelectStack(
        { projectName: PROJECT, stackName: STACK, program },
        {
            workDir: checkout,
            pulumiCommand: await engineCommand(engine),
            envVars: { ...engineEnvironment({ command: engine.command, stateDirectory: directory.state }), ...env },
        },
    );
    await releaseStaleLock(stack, options);
    try {
        const { summary } = await stack.up({
            onOutput: print,
            color: process.stdout.isTTY && !process.env.NO_COLOR ? "always" : "never",
            suppressProgress: true,
            suppressOutputs: true,
            signal,
        });
        return summary;
    } catch (error) {
        throw inOneSentence(error);
    }
}

/** The API's errors hold the whole output, which was printed as it came. */
function inOneSentence(error: unknown): unknown {
    if (error instanceof ConcurrentUpdateError) {
        return new TransshipError(
            "STACK_LOCKED",
            `Another engine works on the stack "${STACK}", or one on another machine was killed there: wait until it has ` +
                "ended, or, if none runs, release the stack with `pulumi cancel`.",
            { cause: error },
        );
    }
    return error instanceof CommandError
        ? new TransshipError("UP_FAILED", "`pulumi up` failed; what it says above names the cause.", { cause: error })
        : error;
}

async function releaseStaleLock(stack: Stack, { directory, print }: UpOptions): Promise<void> {
    if (hasStaleLock(directory.state, PROJECT, STACK)) {
        print("An engine that was killed has left the stack locked; nothing runs any more, so the lock is released.\n");
        await stack.cancel();
    }
}
