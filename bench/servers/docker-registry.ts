import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RegistryMake, RegistryServer, RequestCounts } from "./registry-server";

const OWN_AGENT = "transship-bench";

/**
 * The distribution project's registry, most often Debian's 2.8. It counts by its access log, which costs it time: for a
 * count it is started again on the same port and store with the log on, and afterwards again without.
 */
export function dockerRegistry(program: string): RegistryMake {
    const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout ?? "";
    return {
        title: `docker-registry ${/(\d+\.\d+\.\d+)/.exec(version)?.[1] ?? "of an unknown version"}`,

        async start(directory: string): Promise<RegistryServer> {
            const host = `127.0.0.1:${await freePort()}`;
            const accessLog = join(directory, "access.log");
            let child = await serve(program, directory, host);
            return {
                host,
                pid: () => child.pid,
                async count(work) {
                    await stop(child);
                    child = await serve(program, directory, host, accessLog);
                    const before = (await readFile(accessLog, "utf8")).length;
                    await work();
                    await stop(child);
                    const lines = (await readFile(accessLog, "utf8")).slice(before);
                    child = await serve(program, directory, host);
                    return countLines(lines);
                },
                close: () => stop(child),
            };
        },
    };
}

/** Counts the requests of an access log in the combined form, but for our own questions whether the server is up. */
export function countLines(text: string): RequestCounts {
    const counts: Record<string, number> = {};
    for (const line of text.split("\n")) {
        const [, method, target] = /"([A-Z]+) (\S+) HTTP\/[\d.]+"/.exec(line) ?? [];
        if (method === undefined || target === undefined || line.includes(OWN_AGENT)) {
            continue;
        }
        const key = `${method} ${kindOf(target)}`;
        counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
}

/** The words of the embedded registry's own counts; read from the end, since a repository may be called anything. */
function kindOf(target: string): string {
    const path = target.split("?", 1)[0] ?? "";
    if (path === "/v2/" || path === "/v2") {
        return "ping";
    }
    const found = /\/(manifests|blobs\/uploads|blobs|tags|referrers)\/[^/]*$/.exec(path)?.[1] ?? "";
    return { manifests: "manifest", "blobs/uploads": "upload", blobs: "blob" }[found] ?? (found || "other");
}

async function serve(program: string, directory: string, host: string, accessLog?: string): Promise<ChildProcess> {
    const file = join(directory, "config.json");
    await writeFile(
        file,
        JSON.stringify({
            version: "0.1",
            storage: { filesystem: { rootdirectory: join(directory, "store"), maxthreads: 100 } },
            http: { addr: host },
            log: { level: "error", accesslog: { disabled: accessLog === undefined } },
        }),
    );
    const output = accessLog === undefined ? "ignore" : openSync(accessLog, "a");
    const child = spawn(program, ["serve", file], { stdio: ["ignore", output, "ignore"] });
    // Nothing tells it that we have ended: it is ended with us.
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    await answering(host, child);
    return child;
}

async function answering(host: string, child: ChildProcess): Promise<void> {
    for (let attempt = 0; attempt < 500 && child.exitCode === null; attempt++) {
        const response = await fetch(`http://${host}/v2/`, {
            headers: { connection: "close", "user-agent": OWN_AGENT },
        }).catch(() => undefined);
        if (response?.ok) {
            return;
        }
        await pause(20);
    }
    throw new Error(`The docker-registry at ${host} did not answer within 10 seconds.`);
}

async function stop(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        child.kill("SIGKILL");
        await ended;
    }
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
