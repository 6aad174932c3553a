import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeShims } from "../actions/shims";
import { temporaryFolder } from "../embedded";

const CHECKOUT = join(__dirname, "..", "..", "..");

export const KEY_PASSWORD = "a-test-password";

/** What a machine has that runs our pipelines. */
export interface Machine {
    /** For PATH. */
    readonly path: string;
    readonly env: Readonly<Record<string, string>>;
    /** A private key for signatures, with the password `a-test-password`; its public half is beside it. */
    readonly key: string;
    /** The command lines that docker was called by. */
    dockerCalls(): string[][];
}

/**
 * A machine: `npx` runs the built package, `docker` is a stand-in without a daemon, cosign is the real one, which is told
 * beside that there is no transparency log here and no TLS.
 *
 * @param cosign its path
 */
export async function machine(cosign: string): Promise<Machine> {
    const folder = await temporaryFolder();
    const [shims, log] = [writeShims(join(folder, "bin")), join(folder, "docker.jsonl")];
    const program = (name: string, text: string) =>
        writeFileSync(join(shims, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const tsx = join(CHECKOUT, "node_modules", "tsx", "dist", "cli.mjs");
    program("docker", `exec "${process.execPath}" "${tsx}" "${join(__dirname, "docker.ts")}" "$@"`);
    program("cosign", `exec "${cosign}" "$@" --tlog-upload=false --use-signing-config=false --allow-http-registry`);
    const home = join(folder, "home");
    const prefix = join(folder, "signing");
    execFileSync(cosign, ["generate-key-pair", "--output-key-prefix", prefix], {
        env: { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: KEY_PASSWORD },
        stdio: "pipe",
    });
    return {
        path: shims,
        key: `${prefix}.key`,
        env: { DOCKER_LOG: log, HOME: home },
        dockerCalls: () =>
            existsSync(log)
                ? readFileSync(log, "utf8")
                      .trim()
                      .split("\n")
                      .map((line) => JSON.parse(line) as string[])
                : [],
    };
}
