import { spawn } from "node:child_process";
import { join } from "node:path";

export interface DownloadOptions {
    readonly log: (line: string) => void;
    readonly signal?: AbortSignal;
    readonly env?: NodeJS.ProcessEnv;
    /** Milliseconds for the whole download (about 150 MB); by default 5 minutes. */
    readonly timeout?: number;
    /** The wrapper's script; by default the one in node_modules. */
    readonly wrapper?: string;
}

/**
 * Lets the npm package `pulumi` download the CLI of its own version into Pulumi's cache, as its first run does.
 *
 * @returns undefined when it is there, else why not, in a few words.
 */
export async function downloadEngine(options: DownloadOptions): Promise<string | undefined> {
    const wrapper = options.wrapper ?? join(__dirname, "..", "..", "node_modules", "pulumi", "run.js");
    const timeout = options.timeout ?? 300_000;
    return new Promise((resolve) => {
        // A group of its own: the wrapper starts a shell, which starts curl or wget, and all of them must end.
        const child = spawn(process.execPath, [wrapper, "version"], {
            stdio: ["ignore", "ignore", "pipe"],
            env: options.env ?? process.env,
            detached: true,
        });
        let last = "";
        let timedOut = false;
        const stop = () => killGroup(child.pid);
        const timer = setTimeout(() => {
            timedOut = true;
            stop();
        }, timeout);
        options.signal?.addEventListener("abort", stop, { once: true });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            for (const line of text.split("\n").map((part) => part.trim())) {
                last = line || last;
                if (/^Downloading /.test(line)) {
                    options.log(line);
                }
            }
        });
        const end = (failure: string | undefined) => {
            clearTimeout(timer);
            options.signal?.removeEventListener("abort", stop);
            resolve(failure);
        };
        child.on("error", (error) => end(error.message));
        child.on("close", (code) => {
            if (code === 0) {
                end(undefined);
            } else {
                end(timedOut ? `no end after ${Math.round(timeout / 1000)} s` : last || `exit code ${code}`);
            }
        });
    });
}

function killGroup(pid: number | undefined): void {
    if (pid !== undefined) {
        try {
            process.kill(-pid, "SIGKILL");
        } catch {
            // It has ended by itself.
        }
    }
}
