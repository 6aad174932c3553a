import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DockerRegistry {
    /** `127.0.0.1:5002` */
    readonly host: string;
    close(): Promise<void>;
}

/**
 * Starts Debian's docker-registry (distribution 2.8) with deletion allowed, on a free port and a store of its own.
 *
 * @param program its path, as `describeWith` finds it
 */
export async function startDockerRegistry(program: string): Promise<DockerRegistry> {
    const folder = await mkdtemp(join(tmpdir(), "transship-docker-registry-"));
    const host = `127.0.0.1:${await freePort()}`;
    const settings = {
        version: "0.1",
        storage: { filesystem: { rootdirectory: join(folder, "store") }, delete: { enabled: true } },
        http: { addr: host },
        log: { level: "error", accesslog: { disabled: true } },
    };
    const file = join(folder, "config.yml");
    await writeFile(file, JSON.stringify(settings));
    const child = spawn(program, ["serve", file], { stdio: "ignore", env: { PATH: process.env.PATH } });
    const exit = once(child, "exit");
    const close = async () => {
        child.kill("SIGKILL");
        await exit;
        await rm(folder, { recursive: true, force: true });
    };
    try {
        await Promise.race([answering(host), exit.then(() => Promise.reject(new Error(`${program} ended at once`)))]);
    } catch (error) {
        await close();
        throw error;
    }
    return { host, close };
}

async function answering(host: string): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
        const response = await fetch(`http://${host}/v2/`).catch(() => undefined);
        if (response?.ok) {
            return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`The docker-registry at ${host} did not answer within 10 seconds`);
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
