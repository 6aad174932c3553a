import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface DockerRegistry {
    /** `127.0.0.1:5002` */
    readonly host: string;
    /** The folder of its files. */
    readonly store: string;
    close(): Promise<void>;
}

export interface DockerRegistryOptions {
    /** Wants Basic credentials: those of `TEST_USER`. @default false */
    readonly auth?: boolean;
    /** Takes manifests that name layers at addresses; by default it answers 500 to them. @default false */
    readonly foreignUrls?: boolean;
    /** Remembers in memory which blobs it has, as Debian's own configuration says. @default false */
    readonly cache?: boolean;
}

/** The one user of a registry with `auth`. */
export const TEST_USER = { username: "tester", password: "a-test-password" } as const;
/** bcrypt of that password, which htpasswd files must have and Node cannot make. */
const HTPASSWD = `${TEST_USER.username}:$2b$04$abcdefghijklmnopqrstuuewcnnNx3QMol/Kdem77VL0LFH8y4igy\n`;

/**
 * Starts Debian's docker-registry (distribution 2.8) with deletion allowed, on a free port and a store of its own.
 *
 * @param program its path, as `describeWith` finds it
 */
export async function startDockerRegistry(
    program: string,
    options: DockerRegistryOptions = {},
): Promise<DockerRegistry> {
    const folder = await mkdtemp(join(tmpdir(), "transship-docker-registry-"));
    const htpasswd = join(folder, "htpasswd");
    const settings = {
        version: "0.1",
        storage: {
            filesystem: { rootdirectory: join(folder, "store") },
            delete: { enabled: true },
            ...(options.cache ? { cache: { blobdescriptor: "inmemory" } } : {}),
        },
        // The port is told in the log: to look for a free one first would leave a moment for others to take it.
        http: { addr: "127.0.0.1:0" },
        log: { level: "info", accesslog: { disabled: true } },
        ...(options.foreignUrls ? { validation: { manifests: { urls: { allow: ["^https://"] } } } } : {}),
        ...(options.auth ? { auth: { htpasswd: { realm: "test", path: htpasswd } } } : {}),
    };
    const file = join(folder, "config.yml");
    await writeFile(file, JSON.stringify(settings));
    await writeFile(htpasswd, HTPASSWD);
    const child = spawn(program, ["serve", file], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { PATH: process.env.PATH },
    });
    const exit = once(child, "exit");
    // Nothing tells it that we have ended: it is ended with us.
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    const close = async () => {
        end();
        await exit;
        await rm(folder, { recursive: true, force: true });
    };
    try {
        const ended = exit.then(() => Promise.reject(new Error(`${program} ended at once`)));
        return { host: await Promise.race([listening(child), ended]), store: join(folder, "store"), close };
    } catch (error) {
        await close();
        throw error;
    }
}

function listening(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
        const timer = setTimeout(
            () => reject(new Error("The docker-registry did not start within 10 seconds")),
            10_000,
        );
        let log = "";
        child.stderr?.setEncoding("utf8").on("data", (text: string) => {
            log = (log + text).slice(-65_536);
            const host = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
            if (host !== undefined) {
                clearTimeout(timer);
                resolve(host);
            }
        });
    });
}
