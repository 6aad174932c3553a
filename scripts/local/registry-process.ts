import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { TransshipError } from "../../core/errors";
import type { FromRegistries, Spent, ToRegistries } from "./messages";
import type { LocalCredentials } from "./registries";

/** How long the registries have to end by themselves. Milliseconds. */
const GRACE = 5_000;

/** The registries' process, from outside. */
export class RegistryProcess {
    private constructor(private readonly child: ChildProcess) {}

    /**
     * Starts the registries and waits until all of them listen.
     *
     * @throws TransshipError PORT_IN_USE, STORAGE_IN_USE, STORAGE_UNWRITABLE, LOCAL_REGISTRIES_FAILED
     */
    static async start(directory: string, credentials: LocalCredentials): Promise<RegistryProcess> {
        const child = fork(join(__dirname, "..", "local-registries.ts"), [directory], {
            execArgv: ["--import", "tsx"],
            env: {
                ...process.env,
                TRANSSHIP_LOCAL_USER: credentials.username,
                TRANSSHIP_LOCAL_PASSWORD: credentials.password,
            },
            stdio: ["ignore", "inherit", "inherit", "ipc"],
        });
        const registries = new RegistryProcess(child);
        const answer = await registries.next();
        if (answer.type === "ready") {
            return registries;
        }
        await registries.stop();
        throw answer.type === "failed"
            ? new TransshipError(answer.code, sentenceFor(answer.code, answer.message))
            : new TransshipError(
                  "LOCAL_REGISTRIES_FAILED",
                  "The local registries answered out of turn: run this again.",
              );
    }

    /** Counts from here on: what seeding cost is not what the stack cost. */
    forget(): void {
        this.send({ type: "forget" });
    }

    async spent(): Promise<Spent> {
        this.send({ type: "spent" });
        const answer = await this.next();
        return answer.type === "spent" ? answer.spent : { requests: {}, pulls: 0 };
    }

    /** Ends them, and waits until they have. Again is nothing. */
    async stop(): Promise<void> {
        if (this.child.exitCode !== null || this.child.signalCode !== null) {
            return;
        }
        const ended = once(this.child, "exit");
        const timer = setTimeout(() => this.child.kill("SIGKILL"), GRACE);
        if (this.child.connected) {
            this.child.disconnect();
        }
        await ended;
        clearTimeout(timer);
    }

    private send(message: ToRegistries): void {
        this.child.send(message);
    }

    private next(): Promise<FromRegistries> {
        return new Promise((resolve, reject) => {
            const onExit = (code: number | null, signal: string | null) =>
                reject(
                    new TransshipError(
                        "LOCAL_REGISTRIES_FAILED",
                        `The local registries ended by themselves (${signal ?? `exit code ${code}`}): run this again.`,
                    ),
                );
            this.child.once("exit", onExit);
            this.child.once("message", (message: FromRegistries) => {
                this.child.off("exit", onExit);
                resolve(message);
            });
        });
    }
}

/** The store is locked before its port is asked for, so that a second run most often ends there. */
function sentenceFor(code: string, message: string): string {
    if (code === "STORAGE_IN_USE") {
        return "The local registries are up already, kept by another `npm start`: end that one with Ctrl-C first.";
    }
    if (code === "PORT_IN_USE") {
        return `${message.split(":")[0]}, and the local registries need it: stop that program, then run this again.`;
    }
    return message;
}
