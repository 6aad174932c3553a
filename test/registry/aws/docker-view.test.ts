import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { ClientEnvironment, RegistryClient } from "../../../core/registry";
import { CredentialStore } from "../../../core/registry/credentials/store";
import { endpointOf } from "../../../core/registry/endpoint";
import { resolveEnvironment } from "../../../core/registry/settings";
import { EMULATED_ACCOUNT, startMoto } from "../../support/aws/emulator";
import { embedded, temporaryFolder } from "../../support/embedded";
import { describeWith } from "../../support/require-program";
import { dispatcherTo } from "../kinds/named-hosts";
import { clientOf, registryError } from "../scripted-server";

const ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const LOGIN =
    /run aws ecr get-login-password --region eu-west-1 \| docker login --username AWS --password-stdin 1{12}\.dkr\.ecr\.eu-west-1\.amazonaws\.com/;

/** What a home directory's Docker config makes of a host. */
function at(host: string, home: string, more: Readonly<Record<string, string>> = {}): CredentialStore {
    const env = { PATH: process.env.PATH, HOME: home, ...more };
    return new CredentialStore(endpointOf(host), undefined, resolveEnvironment({ home, env }));
}

async function homeWith(config: object): Promise<string> {
    const home = await temporaryFolder();
    mkdirSync(join(home, ".docker"));
    writeFileSync(join(home, ".docker", "config.json"), JSON.stringify(config));
    return home;
}

function helper(home: string, name: string, script: string): { PATH: string } {
    const bin = join(home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, `docker-credential-${name}`), 0o755);
    return { PATH: `${bin}:${process.env.PATH}` };
}

const auth = (password: string) => Buffer.from(`AWS:${password}`).toString("base64");

describeWith(
    ["aws", "moto_server", "skopeo", "crane"],
    "What real clients keep of aws ecr get-login-password",
    ({ aws, moto_server, skopeo, crane }) => {
        it("is what we read, and what the registry takes", async () => {
            const moto = await startMoto(moto_server);
            try {
                const home = await temporaryFolder();
                const env = { PATH: process.env.PATH, HOME: home, ...moto.env };
                const password = execFileSync(aws, ["ecr", "get-login-password"], { env, encoding: "utf8" }).trim();
                expect(password).toBe(`${EMULATED_ACCOUNT}-auth-token`);
                const registry = await embedded({ auth: { kind: "basic", users: { AWS: password } } });
                const who = ["-u", "AWS", "--password-stdin", registry.host];
                const logins: readonly [string, (file: string) => readonly string[]][] = [
                    [skopeo, (file) => ["login", "--tls-verify=false", "--authfile", file, ...who]],
                    [crane, () => ["auth", "login", ...who]],
                ];
                for (const [program, args] of logins) {
                    const folder = await temporaryFolder();
                    const file = join(folder, "config.json");
                    await run(program, args(file), { ...env, DOCKER_CONFIG: folder }, password);
                    const docker = { from: "docker" } as const;
                    const client = clientOf(
                        registry,
                        { kind: "ecr", credentials: { pull: docker, push: docker } },
                        { env: { DOCKER_CONFIG: folder }, home },
                    );
                    expect([program, await missing(client)]).toEqual([program, "MANIFEST_UNKNOWN"]);
                }
            } finally {
                await moto.close();
            }
        });
    },
);

/** Beside this process, which serves the registry. */
async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv, input: string): Promise<void> {
    const child = spawn(program, args, { env, stdio: ["pipe", "ignore", "pipe"], timeout: 15_000 });
    const said = text(child.stderr);
    child.stdin.end(input);
    const [code] = await once(child, "close");
    expect([program, code, code === 0 ? "" : await said]).toEqual([program, 0, ""]);
}

/** A look at what is not there: the code of the registry's answer to who may look. */
function missing(client: RegistryClient): Promise<string> {
    return client.headManifest("app", "1").then(
        () => "found",
        (error: { code: string }) => error.code,
    );
}

describe("credHelpers with ecr-login", () => {
    const config = { credHelpers: { [ECR]: "ecr-login", "public.ecr.aws": "ecr-login" } };

    it("is asked for the host's password, as Docker does it", async () => {
        const home = await homeWith(config);
        const env = helper(
            home,
            "ecr-login",
            `read host; echo "{\\"ServerURL\\":\\"$host\\",\\"Username\\":\\"AWS\\",\\"Secret\\":\\"$1 $host\\"}"`,
        );
        expect((await at(ECR, home, env).get()).credential).toEqual({ username: "AWS", password: `get ${ECR}` });
    });

    it("that is not installed says so, and what needs no program", async () => {
        await expect(at(ECR, await homeWith(config)).get()).rejects.toMatchObject({
            code: "CREDENTIALS_MISSING",
            message: expect.stringMatching(
                /the credential helper docker-credential-ecr-login for the registry 1{12}\S+, and there is no such program on PATH: install it, or give the registry credentials: \{ from: aws \} in the catalogue, which needs none\.$/,
            ),
        });
    });

    it("that was refused by AWS says what Docker never shows: where the reason is", async () => {
        const home = await homeWith(config);
        // So it ends whatever went wrong (credentials not found; the reason goes to its log).
        const env = helper(home, "ecr-login", "echo 'credentials not found in native keychain'; exit 1");
        const registry = await embedded({ auth: { kind: "basic", users: { AWS: "x" } } });
        const said = await refusedAt(registry, home, env);
        expect(said).toMatch(
            /without credentials \(401.*\): look into ~\/\.ecr\/log\/ecr-login\.log for why docker-credential-ecr-login found none, or give the registry credentials: \{ from: aws \}, or run aws ecr/,
        );
        // Public images need none.
        expect((await at("public.ecr.aws", home, env).get()).credential).toBeUndefined();
    });

    it("whose password has ended is asked again, once, and the sync goes on", async () => {
        const home = await homeWith(config);
        const count = join(home, "count");
        const env = helper(
            home,
            "ecr-login",
            `echo x >> ${count}; n=$(wc -l < ${count}); echo "{\\"Username\\":\\"AWS\\",\\"Secret\\":\\"password $n\\"}" | tr -s ' '`,
        );
        const users: Record<string, string> = { AWS: "password 1" };
        const registry = await embedded({ auth: { kind: "basic", users } });
        let time = Date.now();
        const client = ecrClient(registry, { home, env, now: () => time });
        expect(await missing(client)).toBe("MANIFEST_UNKNOWN");
        users.AWS = "password 2";
        time += 12 * 3_600_000;
        const found = await Promise.all(Array.from({ length: 64 }, () => missing(client)));
        expect(new Set(found)).toEqual(new Set(["MANIFEST_UNKNOWN"]));
        expect(execFileSync("cat", [count], { encoding: "utf8" })).toBe("x\nx\n");
    });
});

describe("A login that docker login keeps for ECR", () => {
    it.each([
        [
            401,
            (response: Parameters<typeof registryError>[0]) =>
                registryError(response, 401, "UNAUTHORIZED", "Not Authorized"),
        ],
        [
            403,
            (response: Parameters<typeof registryError>[0]) =>
                registryError(
                    response,
                    403,
                    "DENIED",
                    "Your authorization token has expired. Reauthenticate and try again.",
                ),
        ],
    ])("and that is older than twelve hours says what to run (%i)", async (_status, refuse) => {
        const home = await homeWith({ auths: { [ECR]: { auth: auth("old") } } });
        const registry = await embedded({
            intercept: (_request, response) => {
                refuse(response);
                return true;
            },
        });
        const said = await refusedAt(registry, home, {});
        expect(said).toMatch(LOGIN);
        expect(said).toContain(
            "log in anew, since a login to ECR lasts 12 hours: give the registry credentials: { from: aws }, or run",
        );
    });

    it("lacks a right where the registry says so: then no login helps", async () => {
        const home = await homeWith({ auths: { [ECR]: { auth: auth("good") } } });
        const registry = await embedded({
            intercept: (_request, response) => {
                registryError(
                    response,
                    403,
                    "DENIED",
                    "User: arn:aws:iam::1:user/u is not authorized to perform: ecr:BatchGetImage",
                );
                return true;
            },
        });
        const said = await refusedAt(registry, home, {});
        expect(said).toMatch(/which lack ecr:BatchGetImage on app \(403 DENIED, .*\): allow ecr:BatchGetImage/);
        expect(said).not.toMatch(/log in anew/);
    });

    it("that was made anew meanwhile is read again", async () => {
        const home = await homeWith({ auths: { [ECR]: { auth: auth("old") } } });
        const users: Record<string, string> = { AWS: "old" };
        const registry = await embedded({ auth: { kind: "basic", users } });
        let time = Date.now();
        const client = ecrClient(registry, { home, env: {}, now: () => time });
        expect(await missing(client)).toBe("MANIFEST_UNKNOWN");
        users.AWS = "new";
        writeFileSync(
            join(home, ".docker", "config.json"),
            JSON.stringify({ auths: { [ECR]: { auth: auth("new") } } }),
        );
        time += 12 * 3_600_000;
        expect(await missing(client)).toBe("MANIFEST_UNKNOWN");
    });
});

describe("ECR without a login", () => {
    it("says how to get one: docker login alone does not know AWS's keys", async () => {
        const home = await homeWith({});
        const registry = await embedded({ auth: { kind: "basic", users: { AWS: "x" } } });
        const said = await refusedAt(registry, home, {});
        expect(said).toMatch(
            /does not let us read .* without credentials \(401.*\): give the registry credentials: \{ from: aws \}, or run aws ecr/,
        );
        expect(said).toMatch(LOGIN);
    });
});

function ecrClient(registry: { readonly host: string }, environment: ClientEnvironment) {
    const docker = { from: "docker" } as const;
    const settings = { host: ECR, kind: "ecr", insecure: false, credentials: { pull: docker, push: docker } } as const;
    return clientOf({ host: ECR }, settings, { dispatcher: dispatcherTo({ [ECR]: registry }), ...environment });
}

async function refusedAt(registry: { readonly host: string }, home: string, env: Record<string, string>) {
    const client = ecrClient(registry, { home, env });
    return client.getManifest("app", "1").then(
        () => "nothing was refused",
        (error: Error) => error.message,
    );
}
