import { describeError, TransshipError } from "../core/errors";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../core/registry/embedded";
import type { FromRegistries, Spent, ToRegistries } from "./local/messages";
import { LOCAL_REGISTRIES, registryOptions } from "./local/registries";

/**
 * The four registries of the local environment, as a process of their own: `refresh` and `destroy` do not run a
 * stack's program, so the program cannot be what starts them. Started by scripts/start.ts, with the folder of the
 * stores as its argument and TRANSSHIP_LOCAL_USER and TRANSSHIP_LOCAL_PASSWORD in its environment.
 */
async function main(): Promise<void> {
    const directory = process.argv[2] ?? "";
    const credentials = {
        username: process.env.TRANSSHIP_LOCAL_USER ?? "",
        password: process.env.TRANSSHIP_LOCAL_PASSWORD ?? "",
    };
    // Ctrl-C reaches the whole group: the registries stay until the engine has ended, which the parent knows.
    process.on("SIGINT", () => {});
    const running = new Map<string, EmbeddedRegistry>();
    const end = async () => {
        await Promise.all([...running.values()].map((registry) => registry.close()));
        process.exit();
    };
    process.on("disconnect", end);
    process.on("SIGTERM", end);
    try {
        for (const registry of LOCAL_REGISTRIES) {
            running.set(registry.name, await startEmbeddedRegistry(registryOptions(registry, directory, credentials)));
        }
    } catch (error) {
        const code = error instanceof TransshipError ? error.code : "LOCAL_REGISTRIES_FAILED";
        send({ type: "failed", code, message: describeError(error) });
        process.exitCode = 1;
        await end();
    }
    process.on("message", (message: ToRegistries) => answer(message, running));
    send({ type: "ready" });
}

function answer(message: ToRegistries, running: ReadonlyMap<string, EmbeddedRegistry>): void {
    if (message.type === "forget") {
        for (const registry of running.values()) {
            registry.requests.reset();
        }
        return;
    }
    const requests = Object.fromEntries([...running].map(([name, { requests }]) => [name, requests.snapshot()]));
    const spent: Spent = { requests, pulls: running.get("hub")?.pullsSpent ?? 0 };
    send({ type: "spent", spent });
}

function send(message: FromRegistries): void {
    process.send?.(message);
}

void main();
