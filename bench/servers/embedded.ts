import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { FromEmbedded, ToEmbedded } from "./embedded-main";
import type { RegistryMake, RegistryServer, RequestCounts } from "./registry-server";

/** The package's own registry. It counts in memory, so that a count costs it nothing. */
export const embeddedRegistry: RegistryMake = {
    title: "embedded registry",

    async start(directory: string): Promise<RegistryServer> {
        const child = fork(join(__dirname, "embedded-main.ts"), [directory], {
            execArgv: ["--import", "tsx"],
            stdio: ["ignore", "inherit", "inherit", "ipc"],
        });
        const ready = await next(child);
        const ask = async (question: ToEmbedded): Promise<RequestCounts> => {
            child.send(question);
            const answer = await next(child);
            return answer.type === "counts" ? answer.counts : {};
        };
        return {
            host: ready.type === "ready" ? ready.host : "",
            async count(work) {
                await ask("reset");
                await work();
                return ask("counts");
            },
            async close() {
                const ended = once(child, "exit");
                child.disconnect();
                await ended;
            },
        };
    },
};

async function next(child: ChildProcess): Promise<FromEmbedded> {
    return new Promise((resolve, reject) => {
        const onExit = (code: number | null) => reject(new Error(`The embedded registry ended (exit code ${code}).`));
        child.once("exit", onExit);
        child.once("message", (message: FromEmbedded) => {
            child.off("exit", onExit);
            resolve(message);
        });
    });
}
