import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { engineAddress, watchEngine } from "../../core/lifecycle/engine-watch";

const undo: (() => unknown)[] = [];

afterEach(async () => {
    for (const task of undo.splice(0).reverse()) {
        await task();
    }
});

/** A process that listens, as the engine does, and says nothing to a client that sends no HTTP/2 preface. */
async function startEngine(): Promise<{ engine: ChildProcess; address: string }> {
    const source = `
        const server = require("node:net").createServer((socket) => socket.write(Buffer.alloc(20)));
        server.listen(0, "127.0.0.1", () => console.log(server.address().port));
    `;
    const engine = spawn(process.execPath, ["-e", source], { stdio: ["ignore", "pipe", "ignore"] });
    undo.push(() => engine.kill("SIGKILL"));
    const [port] = await once(engine.stdout as NodeJS.EventEmitter, "data");
    return { engine, address: `127.0.0.1:${Number(port)}` };
}

function watch(address: string): { losses: number[]; stop(): void } {
    const losses: number[] = [];
    const { stop } = watchEngine(address, () => losses.push(Date.now()));
    undo.push(stop);
    return { losses, stop };
}

async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the watch over the engine", () => {
    it("notices within a second and a half that the engine was killed, once", async () => {
        const { engine, address } = await startEngine();
        const { losses } = watch(address);
        await sleep(300);
        expect(losses).toEqual([]);
        engine.kill("SIGKILL");
        const killed = Date.now();
        await sleep(2_000);
        expect(losses).toHaveLength(1);
        expect((losses[0] as number) - killed).toBeLessThan(1_500);
    });

    it("takes an engine that closes the connection and lives on for alive", async () => {
        const sockets: Socket[] = [];
        const server = createServer((socket) => {
            sockets.push(socket);
            socket.on("error", () => undefined);
            setTimeout(() => (sockets.length % 2 === 0 ? socket.end() : socket.resetAndDestroy()), 20);
        });
        const { losses } = watch(await listen(server));
        undo.push(() => new Promise((resolve) => server.close(resolve)));
        await sleep(1_600);
        // It came back each time.
        expect(sockets.length).toBeGreaterThan(3);
        expect(losses).toEqual([]);
    });

    it("is over when it is stopped", async () => {
        const { engine, address } = await startEngine();
        const { losses, stop } = watch(address);
        await sleep(200);
        stop();
        engine.kill("SIGKILL");
        await sleep(900);
        expect(losses).toEqual([]);
    });

    it("keeps no process alive", async () => {
        const { address } = await startEngine();
        const source = `require("./dist/core/lifecycle/engine-watch.js").watchEngine(process.argv[1], () => process.exit(7))`;
        const watcher = spawn(process.execPath, ["-e", source, address], { stdio: "ignore" });
        undo.push(() => watcher.kill("SIGKILL"));
        const [code] = await once(watcher, "exit");
        expect(code).toBe(0);
    });

    it.each(["", "no port", "127.0.0.1:", "unix:///tmp/x"])(
        "watches nothing where there is no address: %j",
        async (text) => {
            const { losses } = watch(text);
            await sleep(20);
            expect(losses).toEqual([]);
        },
    );

    it("finds the address where the SDK puts it, in a provider's process only", () => {
        const script = "/x/node_modules/@pulumi/pulumi/cmd/dynamic-provider";
        expect(engineAddress(["node", script, "127.0.0.1:4711"])).toBe("127.0.0.1:4711");
        expect(engineAddress(["node", `${script}/index.js`, "127.0.0.1:4711"])).toBe("127.0.0.1:4711");
        expect(engineAddress(["node", "C:\\sdk\\cmd\\dynamic-provider\\index.js", "127.0.0.1:1"])).toBe("127.0.0.1:1");
        expect(engineAddress(["node", "/x/transship/dist/cli/main.js", "check"])).toBeUndefined();
        expect(engineAddress(["node"])).toBeUndefined();
    });
});
