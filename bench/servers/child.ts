import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A server in a process of its own, which is asked by messages and answers each with one, in their order. */
export class Child<Question, Answer> {
    private constructor(
        private readonly child: ChildProcess,
        private readonly title: string,
    ) {}

    /** @param ready what it says first */
    static async start<Question, Answer>(
        title: string,
        module: string,
        args: readonly string[] = [],
    ): Promise<{ readonly child: Child<Question, Answer>; readonly ready: Answer }> {
        const process = fork(module, args, {
            execArgv: ["--import", "tsx"],
            stdio: ["ignore", "inherit", "inherit", "ipc"],
        });
        const child = new Child<Question, Answer>(process, title);
        return { child, ready: await child.next() };
    }

    get pid(): number | undefined {
        return this.child.pid;
    }

    async ask(question: Question & object): Promise<Answer> {
        this.child.send(question);
        return this.next();
    }

    /** It ends when it is no longer listened to. */
    async close(): Promise<void> {
        const ended = once(this.child, "exit");
        this.child.disconnect();
        await ended;
    }

    private next(): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const onExit = (code: number | null) => reject(new Error(`${this.title} ended (exit code ${code}).`));
            this.child.once("exit", onExit);
            this.child.once("message", (message: Answer) => {
                this.child.off("exit", onExit);
                resolve(message);
            });
        });
    }
}
