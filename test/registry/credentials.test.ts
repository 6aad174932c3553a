import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClientEnvironment, CredentialSource } from "../../core/registry";
import { CredentialStore } from "../../core/registry/credentials/store";
import { endpointOf } from "../../core/registry/endpoint";
import { resolveEnvironment } from "../../core/registry/settings";

let home: string;

beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "transship-credentials-"));
    await mkdir(join(home, ".docker"));
});

afterEach(async () => {
    await rm(home, { recursive: true, force: true });
});

function store(host: string, source: CredentialSource | undefined, env: ClientEnvironment = {}): CredentialStore {
    const environment = resolveEnvironment({ home, ...env, env: { PATH: process.env.PATH, ...env.env } });
    return new CredentialStore(endpointOf(host), source, environment);
}

async function docker(config: unknown): Promise<void> {
    const text = typeof config === "string" ? config : JSON.stringify(config);
    await writeFile(join(home, ".docker", "config.json"), text);
}

const basic = (text: string): string => Buffer.from(text).toString("base64");

describe("credentials from variables", () => {
    it("are the values of those named", async () => {
        const env = { HUB_USER: "me", HUB_TOKEN: "s3cret" };
        const found = await store(
            "docker.io",
            { from: "env", username: "HUB_USER", password: "HUB_TOKEN" },
            { env },
        ).get();
        expect(found.credential).toEqual({ username: "me", password: "s3cret" });
        expect(found.description).toBe("the environment variables HUB_USER and HUB_TOKEN");
    });

    it("need no user name where the token says who we are", async () => {
        const found = await store("ghcr.io", { from: "env", password: "TOKEN" }, { env: { TOKEN: "t" } }).get();
        expect(found.credential?.password).toBe("t");
        expect(found.credential?.username).not.toBe("");
    });

    it.each([{}, { HUB_TOKEN: "" }])("name the variable that is not set (%j)", async (env) => {
        await expect(store("docker.io", { from: "env", password: "HUB_TOKEN" }, { env }).get()).rejects.toMatchObject({
            code: "CREDENTIALS_MISSING",
            message:
                "The environment variable HUB_TOKEN for the registry docker.io is not set: set it, or change the registry's credentials.",
        });
    });
});

describe("credentials from the configuration", () => {
    it("are found by their key, and only by one of its own", async () => {
        const credentials = { harbor: { username: "robot", password: "p" } };
        expect((await store("h", { from: "config", key: "harbor" }, { credentials }).get()).credential).toEqual(
            credentials.harbor,
        );
        for (const key of ["other", "toString"]) {
            await expect(store("h", { from: "config", key }, { credentials }).get()).rejects.toMatchObject({
                code: "CREDENTIALS_MISSING",
                message: expect.stringContaining(`"${key}"`),
            });
        }
    });
});

describe("credentials from Docker's config.json", () => {
    it.each([
        ["its host", "ghcr.io", { "ghcr.io": { auth: basic("u:p:q") } }, { username: "u", password: "p:q" }],
        [
            "a URL of its host",
            "ghcr.io",
            { "https://ghcr.io/v2/": { auth: basic("u:p") } },
            { username: "u", password: "p" },
        ],
        [
            "Docker Hub's old key",
            "docker.io",
            { "https://index.docker.io/v1/": { auth: basic("u:p") } },
            { username: "u", password: "p" },
        ],
        [
            "another of Docker Hub's names",
            "docker.io",
            { "registry-1.docker.io": { auth: basic("u:p\0\0") } },
            { username: "u", password: "p" },
        ],
        [
            "a port",
            "127.0.0.1:5000",
            { "127.0.0.1:5000": { username: "u", password: "p" } },
            { username: "u", password: "p" },
        ],
        [
            "an identity token",
            "acr.io",
            { "acr.io": { auth: basic("0:x"), identitytoken: "idt" } },
            { identityToken: "idt" },
        ],
        ["another host's entry", "ghcr.io", { "quay.io": { auth: basic("u:p") } }, undefined],
        ["an entry of one path only", "quay.io", { "quay.io/org": { auth: basic("u:p") } }, undefined],
        ["an empty entry", "ghcr.io", { "ghcr.io": {} }, undefined],
    ])("are found by %s", async (_title, host, auths, expected) => {
        await docker({ auths });
        expect((await store(host, undefined).get()).credential).toEqual(expected);
    });

    it("are anonymous without the file, with an empty one, and with one that says nothing", async () => {
        expect((await store("ghcr.io", undefined).get()).credential).toBeUndefined();
        for (const text of ["", "{}", '{"auths":[]}']) {
            await docker(text);
            expect((await store("ghcr.io", { from: "docker" }).get()).credential).toBeUndefined();
        }
    });

    it.each(['{"auths": "s3cret', "[]", '{"auths":{"ghcr.io":{"auth":"%%%"}}}'])(
        "end in one sentence for %j, which does not quote the file",
        async (text) => {
            await docker(text);
            const error = await store("ghcr.io", undefined)
                .get()
                .then(
                    () => undefined,
                    (reason: Error) => reason,
                );
            expect(error).toMatchObject({ code: "CREDENTIALS_INVALID" });
            expect(error?.message).toContain("config.json");
            expect(`${error?.message}${String(error?.cause)}`).not.toContain("s3cret");
        },
    );

    it("come from DOCKER_CONFIG before the home directory, then from podman's file", async () => {
        const other = join(home, "elsewhere");
        await mkdir(join(other, "containers"), { recursive: true });
        await writeFile(join(other, "config.json"), JSON.stringify({ auths: { "a.io": { auth: basic("a:1") } } }));
        await writeFile(
            join(other, "containers", "auth.json"),
            JSON.stringify({ auths: { "b.io": { auth: basic("b:2") } } }),
        );
        await docker({ auths: { "a.io": { auth: basic("wrong:0") } } });
        const env = { DOCKER_CONFIG: other, XDG_RUNTIME_DIR: other };
        expect((await store("a.io", undefined, { env }).get()).credential?.username).toBe("a");
        expect((await store("b.io", undefined, { env }).get()).credential?.username).toBe("b");
    });
});

describe("credential helpers", () => {
    async function helper(name: string, script: string): Promise<{ PATH: string }> {
        const bin = join(home, "bin");
        await mkdir(bin, { recursive: true });
        const path = join(bin, `docker-credential-${name}`);
        await writeFile(path, `#!/bin/sh\n${script}\n`);
        await chmod(path, 0o755);
        return { PATH: `${bin}:${process.env.PATH}` };
    }

    it("are asked by standard input, the one of the host before the one for all, once for many at a time", async () => {
        const log = join(home, "asked");
        const env = await helper(
            "one",
            `read server; echo "$1 $server" >> ${log}; echo '{"Username":"u","Secret":"from one"}'`,
        );
        await helper("all", `echo '{"Username":"u","Secret":"from all"}'`);
        await docker({ credHelpers: { "ghcr.io": "one" }, credsStore: "all" });
        const ghcr = store("ghcr.io", undefined, { env });
        const found = await Promise.all(Array.from({ length: 20 }, () => ghcr.get()));
        expect(new Set(found.map((one) => one.credential?.password))).toEqual(new Set(["from one"]));
        expect(await readFile(log, "utf8")).toBe("get ghcr.io\n");
        expect((await store("quay.io", undefined, { env }).get()).credential?.password).toBe("from all");
    });

    it("are asked for Docker Hub by its old key", async () => {
        const env = await helper("hub", `read server; echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"$server\\"}"`);
        await docker({ credsStore: "hub" });
        expect((await store("docker.io", undefined, { env }).get()).credential?.password).toBe(
            "https://index.docker.io/v1/",
        );
    });

    it("give an identity token as the user <token>", async () => {
        const env = await helper("acr", `echo '{"Username":"<token>","Secret":"idt"}'`);
        await docker({ credsStore: "acr" });
        expect((await store("x.io", undefined, { env }).get()).credential).toEqual({ identityToken: "idt" });
    });

    it("that know of none leave us to the file, and then anonymous", async () => {
        const env = await helper("none", `echo "credentials not found in native keychain"; exit 1`);
        await docker({ credsStore: "none", auths: { "a.io": { auth: basic("u:p") }, "b.io": {} } });
        expect((await store("a.io", undefined, { env }).get()).credential?.username).toBe("u");
        expect((await store("b.io", undefined, { env }).get()).credential).toBeUndefined();
    });

    it("that are not installed are one sentence with the program's name", async () => {
        await docker({ credsStore: "desktop-of-nobody" });
        await expect(store("a.io", undefined).get()).rejects.toMatchObject({
            code: "CREDENTIALS_MISSING",
            message: expect.stringMatching(/docker-credential-desktop-of-nobody .*a\.io.* install it/),
        });
    });

    it.each([
        ["fail", "echo 'the key ring is locked' >&2; exit 1", "the key ring is locked"],
        ["answer rubbish", "echo 'Secret: s3cret'", "did not answer in JSON"],
        ["answer by halves", `echo '{"Username":"s3cret"}'`, "no Username and Secret"],
    ])("that %s are one sentence without what they said in secret", async (_title, script, expected) => {
        const env = await helper("bad", script);
        await docker({ credsStore: "bad" });
        const error = await store("a.io", undefined, { env })
            .get()
            .catch((reason: Error) => reason);
        expect(error).toMatchObject({ code: "CREDENTIALS_INVALID", message: expect.stringContaining(expected) });
        expect((error as Error).message).not.toContain("s3cret");
    });

    it("with a path for a name are not run", async () => {
        await docker({ credsStore: "../../bin/sh" });
        await expect(store("a.io", undefined).get()).rejects.toMatchObject({ code: "CREDENTIALS_INVALID" });
    });
});

describe("credentials from AWS", () => {
    const host = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
    interface Call {
        readonly options: Record<string, unknown>;
    }
    function sdk(calls: Call[], expiresAt?: Date) {
        return async (name: string): Promise<unknown> => {
            expect(name).toBe("@aws-sdk/client-ecr");
            return {
                GetAuthorizationTokenCommand: class {},
                ECRClient: class {
                    constructor(readonly options: Record<string, unknown>) {
                        calls.push({ options });
                    }
                    async send() {
                        const authorizationToken = basic(`AWS:password ${calls.length}`);
                        return { authorizationData: [{ authorizationToken, expiresAt }] };
                    }
                },
            };
        };
    }

    it("last until they end, and are renewed some minutes before", async () => {
        const calls: Call[] = [];
        let time = 1_700_000_000_000;
        const expiresAt = new Date(time + 12 * 3600_000);
        const one = store(host, { from: "aws" }, { loadModule: sdk(calls, expiresAt), now: () => time });
        expect((await one.get()).credential).toEqual({ username: "AWS", password: "password 1" });
        time += 11 * 3600_000;
        expect((await one.get()).credential?.password).toBe("password 1");
        time += 3600_000 - 60_000;
        expect((await one.get()).credential?.password).toBe("password 2");
        expect(calls[0]?.options).toEqual({ region: "eu-west-1" });
    });

    it("name the package that is not installed", async () => {
        const loadModule = async (): Promise<unknown> => {
            throw new Error("Cannot find module");
        };
        await expect(store(host, { from: "aws" }, { loadModule }).get()).rejects.toMatchObject({
            code: "CREDENTIALS_MISSING",
            message: expect.stringContaining("npm install @aws-sdk/client-ecr"),
        });
    });

    it("say in one sentence that AWS refused", async () => {
        const loadModule = async (): Promise<unknown> => ({
            GetAuthorizationTokenCommand: class {},
            ECRClient: class {
                async send() {
                    throw Object.assign(new Error("The security token is expired"), { name: "ExpiredTokenException" });
                }
            },
        });
        await expect(store(host, { from: "aws" }, { loadModule }).get()).rejects.toMatchObject({
            code: "CREDENTIALS_INVALID",
            message: expect.stringMatching(/^AWS gave no token.*ExpiredTokenException.*sign in again/),
        });
    });
});

describe("credentials from Google Cloud", () => {
    const NOW = 1_700_000_000_000;

    /** google-auth-library, as far as it is used: tokens `ya29.1`, `ya29.2`, … each with the next of these lives. */
    function library(lives: (number | undefined)[]) {
        const asked: number[] = [];
        let time = NOW;
        const loadModule = async (): Promise<unknown> => ({
            GoogleAuth: class {
                async getClient() {
                    asked.push(time - NOW);
                    const life = lives.shift();
                    const credentials = life === undefined ? {} : { expiry_date: time + life };
                    return { credentials, getAccessToken: async () => ({ token: `ya29.${asked.length}` }) };
                }
            },
        });
        const one = store("europe-docker.pkg.dev", { from: "gcp" }, { loadModule, now: () => time });
        const at = async (ms: number) => {
            time = NOW + ms;
            return (await one.get()).credential;
        };
        return { at, asked };
    }
    const MINUTE = 60_000;

    it("are the access token of the default credentials, renewed some minutes before the token itself ends", async () => {
        const { at } = library([60 * MINUTE, 60 * MINUTE]);
        expect(await at(0)).toEqual({ username: "oauth2accesstoken", password: "ya29.1" });
        expect((await at(54 * MINUTE))?.password).toBe("ya29.1");
        expect((await at(56 * MINUTE))?.password).toBe("ya29.2");
    });

    it("from a metadata server's old token are renewed when that ends, and not asked for by each request", async () => {
        const { at, asked } = library([4 * MINUTE, 60 * MINUTE]);
        for (let second = 0; second < 110; second += 10) {
            await at(second * 1000);
        }
        expect(asked).toEqual([0]);
        expect((await at(3 * MINUTE))?.password).toBe("ya29.2");
    });

    it("that do not tell their end are taken for ten minutes", async () => {
        const { at } = library([undefined, undefined]);
        await at(0);
        expect((await at(4 * MINUTE))?.password).toBe("ya29.1");
        expect((await at(6 * MINUTE))?.password).toBe("ya29.2");
    });
});
