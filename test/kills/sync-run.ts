import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const COMMAND = join(__dirname, "..", "..", "dist", "cli", "main.js");

/** `transship sync`, built, as a process of its own. */
export class SyncRun {
    output = "";
    readonly #child: ChildProcess;
    readonly #closed: Promise<unknown>;

    constructor(folder: string) {
        this.#child = spawn(process.execPath, [COMMAND, "sync", "--quiet"], {
            cwd: folder,
            env: { PATH: process.env.PATH, HOME: folder },
            stdio: ["ignore", "pipe", "pipe"],
        });
        for (const stream of [this.#child.stdout, this.#child.stderr]) {
            stream?.setEncoding("utf8").on("data", (text: string) => {
                this.output += text;
            });
        }
        this.#closed = once(this.#child, "close");
    }

    get running(): boolean {
        return this.#child.exitCode === null && this.#child.signalCode === null;
    }

    /** SIGKILL: nothing of the process gets to do anything any more. */
    async kill(): Promise<void> {
        this.#child.kill("SIGKILL");
        await this.#closed;
    }

    async exitCode(): Promise<number | null> {
        await this.#closed;
        return this.#child.exitCode;
    }
}
