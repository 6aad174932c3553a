import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { afterAll } from "vitest";
import { type Engine, engineCommand, engineEnvironment } from "../../scripts/engine";

/** Below the checkout: the provider process resolves the package's own name from the program's folder. */
const WORK = join(__dirname, "..", "..", ".transship", "tests");

const folders: string[] = [];

afterAll(async () => {
    for (const folder of folders.splice(0)) {
        await rm(folder, { recursive: true, force: true });
    }
});

/** What one engine call printed, and whether it ended well. */
export interface EngineRun {
    readonly ok: boolean;
    /** Standard output and error, as a user would see them. */
    readonly text: string;
    /** `{ create: 2, same: 1 }`, where the engine said so. */
    readonly changes: Readonly<Record<string, number>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

export interface TestStackOptions {
    readonly project?: string;
    readonly stack?: string;
    /** Folder of another TestStack, to share its backend. */
    readonly directory?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly config?: Readonly<Record<string, { readonly value: string; readonly secret?: boolean }>>;
}

/** A stack of the real engine with a file backend of its own and an inline program. */
export class TestStack {
    private constructor(
        readonly stack: Stack,
        readonly directory: string,
    ) {}

    static async open(engine: Engine, program: PulumiFn, options: TestStackOptions = {}): Promise<TestStack> {
        const directory = options.directory ?? join(WORK, randomUUID());
        const state = join(directory, "state");
        const project = options.project ?? "fleet";
        const workDir = join(directory, project);
        await mkdir(state, { recursive: true });
        await mkdir(workDir, { recursive: true });
        folders.push(directory);
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: options.stack ?? "dev", projectName: project, program },
            {
                pulumiCommand: await engineCommand(engine),
                workDir,
                envVars: { ...engineEnvironment({ command: engine.command, stateDirectory: state }), ...options.env },
            },
        );
        if (options.config !== undefined) {
            await stack.setAllConfig({ ...options.config });
        }
        return new TestStack(stack, directory);
    }

    up(options: Parameters<Stack["up"]>[0] = {}): Promise<EngineRun> {
        return record(async (onOutput) => {
            const { summary, outputs } = await this.stack.up({ ...options, onOutput, onError: onOutput });
            return { changes: summary.resourceChanges ?? {}, outputs };
        });
    }

    preview(options: Parameters<Stack["preview"]>[0] = {}): Promise<EngineRun> {
        return record(async (onOutput) => {
            const { changeSummary } = await this.stack.preview({ ...options, onOutput, onError: onOutput });
            return { changes: changeSummary, outputs: {} };
        });
    }

    refresh(options: Parameters<Stack["refresh"]>[0] = {}): Promise<EngineRun> {
        return record(async (onOutput) => {
            const { summary } = await this.stack.refresh({ ...options, onOutput, onError: onOutput });
            return { changes: summary.resourceChanges ?? {}, outputs: {} };
        });
    }

    destroy(): Promise<EngineRun> {
        return record(async (onOutput) => {
            const { summary } = await this.stack.destroy({ onOutput, onError: onOutput });
            return { changes: summary.resourceChanges ?? {}, outputs: {} };
        });
    }

    /** Everything that the backend has written to disk, history and backups too: where a secret would lie open. */
    async backendText(): Promise<string> {
        const state = join(this.directory, "state");
        const entries = await readdir(state, { recursive: true, withFileTypes: true });
        const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
        return (await Promise.all(files.map((file) => readFile(file, "latin1")))).join("\n");
    }

    /** The newest checkpoint, as it is on disk. */
    async checkpoint(): Promise<{ readonly text: string; readonly resources: readonly StateResource[] }> {
        const { project, stack } = { project: this.stack.workspace.workDir, stack: this.stack.name };
        const name = project.slice(project.lastIndexOf("/") + 1);
        const file = join(this.directory, "state", ".pulumi", "stacks", name, `${stack}.json`);
        const text = await readFile(file, "utf8");
        return { text, resources: JSON.parse(text).checkpoint.latest?.resources ?? [] };
    }
}

export interface StateResource {
    readonly urn: string;
    readonly type: string;
    readonly inputs?: Record<string, unknown>;
    readonly outputs?: Record<string, unknown>;
}

async function record(
    call: (onOutput: (text: string) => void) => Promise<{
        changes: object;
        outputs: Readonly<Record<string, { value: unknown }>>;
    }>,
): Promise<EngineRun> {
    let text = "";
    const onOutput = (part: string): void => {
        text += part;
    };
    try {
        const { changes, outputs } = await call(onOutput);
        const values = Object.fromEntries(Object.entries(outputs).map(([key, { value }]) => [key, value]));
        return { ok: true, text, changes: { ...changes } as Record<string, number>, outputs: values };
    } catch (error) {
        return {
            ok: false,
            text: `${text}\n${error instanceof Error ? error.message : error}`,
            changes: {},
            outputs: {},
        };
    }
}
