import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { LOCAL_HOST, LOCAL_REGISTRIES } from "../../scripts/local/registries";

export const CHECKOUT = join(__dirname, "..", "..");

/** `npm start` without npm and without the build before it, as a process of its own. */
export class StartRun {
    /** Standard output and error, as they came. */
    text = "";
    private readonly child: ChildProcess;
    private readonly ended: Promise<unknown>;

    constructor(args: readonly string[] = [], env: Readonly<Record<string, string | undefined>> = {}) {
        this.child = spawn(process.execPath, ["--import", "tsx", join(CHECKOUT, "scripts", "start.ts"), ...args], {
            cwd: CHECKOUT,
            env: { ...process.env, ...env },
            stdio: ["ignore", "pipe", "pipe"],
            // A group of its own, as a terminal's job is one: Ctrl-C goes to the whole group.
            detached: true,
        });
        for (const stream of [this.child.stdout, this.child.stderr]) {
            stream?.setEncoding("utf8").on("data", (chunk: string) => {
                this.text += chunk;
            });
        }
        this.ended = once(this.child, "close");
    }

    /** Until the text appears, or the run ends without it, which rejects. */
    async until(text: string): Promise<void> {
        while (!this.text.includes(text)) {
            if (this.child.exitCode !== null) {
                throw new Error(`The run ended (exit code ${this.child.exitCode}) without "${text}":\n${this.text}`);
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }

    /** What Ctrl-C does. */
    interrupt(): void {
        process.kill(-(this.child.pid ?? 0), "SIGINT");
    }

    /** The exit code, once all output is there. */
    async exitCode(): Promise<number | null> {
        await this.ended;
        return this.child.exitCode;
    }
}

/** The local registries' ports on which something listens. */
export async function busyPorts(): Promise<number[]> {
    const answers = await Promise.all(
        LOCAL_REGISTRIES.map(
            ({ port }) =>
                new Promise<number[]>((resolve) => {
                    const socket = connect({ host: LOCAL_HOST, port });
                    socket.once("connect", () => resolve([port])).once("error", () => resolve([]));
                    socket.once("connect", () => socket.destroy());
                }),
        ),
    );
    return answers.flat();
}
