import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation/index.js";
import { type Engine, engineCommand, engineEnvironment } from "../../scripts/engine";

/** What one `up` came to. */
export interface Up {
    /** Milliseconds, the engine's start and end and our program's run included. */
    readonly wallMs: number;
    /** `{ same: 2 }` */
    readonly changes: Readonly<Record<string, number>>;
}

/** A stack of the real engine with a file backend and an inline program. */
export class BenchStack {
    private constructor(
        private readonly stack: Stack,
        private readonly stateFile: string,
    ) {}

    /** @param directory below the checkout: the provider process resolves the package's own name from there */
    static async open(engine: Engine, directory: string, project: string, program: PulumiFn): Promise<BenchStack> {
        const state = join(directory, "state");
        const workDir = join(directory, project);
        await mkdir(state, { recursive: true });
        await mkdir(workDir, { recursive: true });
        const stack = await LocalWorkspace.createOrSelectStack(
            { stackName: "bench", projectName: project, program },
            {
                pulumiCommand: await engineCommand(engine),
                workDir,
                envVars: engineEnvironment({ command: engine.command, stateDirectory: state }),
            },
        );
        return new BenchStack(stack, join(state, ".pulumi", "stacks", project, "bench.json"));
    }

    async up(): Promise<Up> {
        const started = performance.now();
        const { summary } = await this.stack.up();
        return { wallMs: performance.now() - started, changes: summary.resourceChanges ?? {} };
    }

    /** Milliseconds. A plain `pulumi up` previews in the process that then updates; here the engine starts twice. */
    async preview(): Promise<number> {
        const started = performance.now();
        await this.stack.preview();
        return performance.now() - started;
    }

    /** Bytes of the newest checkpoint. */
    async stateBytes(): Promise<number> {
        return (await stat(this.stateFile)).size;
    }
}
