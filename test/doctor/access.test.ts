import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CredentialSource, Registry } from "../../core/catalog";
import { startDockerRegistry, TEST_USER } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { imageIndex, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { deadPort, examine, statusesOf } from "./examine";

const VAULT = { repository: "acme/vault", reference: "1.18", role: "source" } as const;
const INDEX = imageIndex({ platforms: ["linux/amd64", "linux/arm64"] });
const USERS = { me: "correct horse", guest: "battery staple" };
const bearer = { kind: "bearer", users: USERS, readers: ["guest"] } as const;

const from = (source: CredentialSource): Partial<Registry> => ({ credentials: { pull: source, push: source } });
const FROM_ENV = from({ from: "env", username: "NAME", password: "WORD" });
const as = (name: string, password: string) => ({ env: { NAME: name, WORD: password } });

/** A registry that has the image, whoever may read it afterwards. */
async function stocked(options: Parameters<typeof embedded>[0] = {}, tree = INDEX) {
    const root = options.root ?? (await temporaryFolder());
    const open = await embedded({ root });
    await pushTree(open.host, "acme/vault", tree, { tag: "1.18" });
    await open.close();
    return embedded({ ...options, root });
}

function filesIn(folder: string): string[] {
    return readdirSync(folder, { recursive: true }).map(String).sort();
}

describe("The doctor at a registry where all is well", () => {
    it("walks the whole way for a few requests, and leaves nothing behind", async () => {
        const root = await temporaryFolder();
        const registry = await stocked({ auth: bearer, root });
        const before = filesIn(root);
        const options = { registry: FROM_ENV, environment: as("me", USERS.me), subjects: [VAULT] };
        const checks = await examine(registry.host, { ...options, push: true });
        expect(statusesOf(checks)).toEqual([
            "name ok",
            "proxy ok",
            "connect ok",
            "tls ok",
            "clock ok",
            "api ok",
            "credentials ok",
            "login ok",
            "pull ok",
            "limit ok",
            "platforms ok",
            "layers ok",
            "referrers ok",
            "push ok",
        ]);
        expect(checks.api.message).toContain(`wants Bearer tokens of http://${registry.host}`);
        expect(checks.credentials.message).toBe("from the environment variables NAME and WORD");
        expect(checks.platforms.message).toContain("is for linux/amd64, linux/arm64");
        expect(checks.push.message).toContain("an upload was opened and cancelled");
        expect(JSON.stringify(checks)).not.toContain(USERS.me);
        expect(registry.requests.snapshot()).toEqual({
            "DELETE upload": 1,
            "GET blob": 1,
            "GET manifest": 2,
            "GET ping": 3,
            "GET referrers": 1,
            "GET token": 3,
            "GET upload": 1,
            "HEAD manifest": 1,
            "POST upload": 1,
        });
        expect(filesIn(root)).toEqual(before);
    });

    it("tries no push unless it is asked to", async () => {
        const registry = await stocked();
        const { push } = await examine(registry.host, { subjects: [VAULT] });
        expect(push).toMatchObject({ status: "skipped", message: expect.stringContaining("--push") });
        expect(registry.requests.count({ method: "POST" })).toBe(0);
    });
});

describe("The doctor on credentials", () => {
    it("tells a variable that is not set, and a helper that is not there", async () => {
        const registry = await stocked();
        const unset = await examine(registry.host, { registry: FROM_ENV, subjects: [VAULT] });
        expect(unset.credentials).toMatchObject({
            status: "wrong",
            code: "CREDENTIALS_MISSING",
            message: expect.stringContaining("The environment variables NAME and WORD"),
            remedy: "set them, or change the registry's credentials",
        });
        expect(unset.pull).toMatchObject({ status: "skipped", message: "not asked before credentials is right" });
        const home = await temporaryFolder();
        mkdirSync(join(home, ".docker"));
        writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ credsStore: "nowhere" }));
        const { credentials } = await examine(registry.host, { environment: { home } });
        expect(credentials).toMatchObject({
            status: "wrong",
            message: expect.stringContaining("docker-credential-nowhere"),
        });
        expect(credentials.remedy).toContain("install it");
    });

    it("tells where they come from by name: a file, a helper, nowhere", async () => {
        const registry = await stocked();
        const home = await temporaryFolder();
        mkdirSync(join(home, ".docker"));
        const config = join(home, ".docker", "config.json");
        const auth = Buffer.from(`me:${USERS.me}`).toString("base64");
        writeFileSync(config, JSON.stringify({ auths: { [registry.host]: { auth } } }));
        const messageOf = async (environment = {}) => {
            const checks = await examine(registry.host, { environment: { home, ...environment } });
            expect(JSON.stringify(checks)).not.toContain(auth);
            return checks.credentials.message;
        };
        expect(await messageOf()).toBe(`from ${config}`);
        expect(await messageOf({ home: "/nonexistent" })).toContain("neither Docker's configuration nor podman's");
        const helper = join(home, "docker-credential-mine");
        writeFileSync(helper, `#!/bin/sh\necho '{"Username":"me","Secret":"${USERS.me}"}'\n`);
        chmodSync(helper, 0o755);
        writeFileSync(config, JSON.stringify({ credHelpers: { [registry.host]: "mine" } }));
        const env = { PATH: `${home}:${process.env.PATH}` };
        expect(await messageOf({ env })).toBe("from the credential helper docker-credential-mine");
    });

    it("tells wrong ones from missing rights, and never what they are", async () => {
        const registry = await stocked({ auth: bearer });
        const wrong = await examine(registry.host, {
            registry: FROM_ENV,
            environment: as("me", "nonsense!"),
            subjects: [VAULT],
        });
        expect(wrong.login).toMatchObject({ status: "wrong", code: "UNAUTHORIZED" });
        expect(wrong.login.message).toContain("the environment variables NAME and WORD");
        expect(wrong.pull.message).toBe("not asked before login is right");
        expect(JSON.stringify(wrong)).not.toContain("nonsense!");
        const guest = { registry: FROM_ENV, environment: as("guest", USERS.guest), subjects: [VAULT], push: true };
        const reading = await examine(registry.host, guest);
        expect([reading.login.status, reading.pull.status]).toEqual(["ok", "ok"]);
        expect(reading.push).toMatchObject({ status: "wrong", code: "DENIED" });
        const stranger = await examine(registry.host, { subjects: [VAULT] });
        expect(stranger.login).toMatchObject({ status: "skipped", message: "there is nothing to log in with" });
        expect(stranger.pull).toMatchObject({ status: "wrong", code: "UNAUTHORIZED" });
        expect(stranger.pull.remedy).toContain(`docker login ${registry.host}`);
    });
});

describe("The doctor on an image", () => {
    it("tells a tag that is not there; a target that was not filled yet is none", async () => {
        const registry = await stocked();
        const missing = { ...VAULT, reference: "9.9" };
        const { pull } = await examine(registry.host, { subjects: [missing] });
        expect(pull).toMatchObject({ status: "wrong", message: `there is no ${registry.host}/acme/vault:9.9` });
        const target = await examine(registry.host, { subjects: [{ ...missing, role: "target" }] });
        expect(target.pull.status).toBe("ok");
        const second = await examine(registry.host, { subjects: [missing, VAULT] });
        expect(second.pull).toMatchObject({ status: "ok", message: expect.stringContaining("acme/vault:1.18") });
    });

    it("warns where it is not for this machine, and reads that of an image without an index too", async () => {
        const registry = await stocked();
        const environment = { platform: "linux/s390x" };
        const { platforms } = await examine(registry.host, { subjects: [VAULT], environment });
        expect(platforms).toMatchObject({
            status: "warning",
            message: expect.stringContaining("and not for linux/s390x"),
            remedy: expect.stringContaining("no matching manifest"),
        });
        const single = await stocked({}, singleImage({ platform: "linux/arm64" }));
        const checks = await examine(single.host, { subjects: [VAULT] });
        expect(checks.platforms.message).toContain("is for linux/arm64, and not for linux/amd64");
    });

    it("tells layers that cannot be read, though the manifest can: a store that a firewall keeps away", async () => {
        const port = await deadPort();
        const registry = await stocked({
            intercept: (request, response, route) => {
                if (route.kind !== "blob" || request.method !== "GET") {
                    return false;
                }
                response.writeHead(307, { location: `http://127.0.0.1:${port}/blob?sig=secret` }).end();
                return true;
            },
        });
        const { pull, layers } = await examine(registry.host, { subjects: [VAULT] });
        expect(pull.status).toBe("ok");
        expect(layers).toMatchObject({ status: "wrong", code: "CONNECTION_REFUSED" });
        expect(`${layers.message} ${layers.remedy}`).toContain(`127.0.0.1:${port}`);
        expect(`${layers.message} ${layers.remedy}`).not.toContain("secret");
    });

    it("says whether the registry lists referrers itself", async () => {
        const messageAt = async (options = {}) => {
            const registry = await stocked(options);
            return (await examine(registry.host, { subjects: [VAULT] })).referrers.message;
        };
        expect(await messageAt()).toBe("has the referrers API; this image has 0");
        expect(await messageAt({ quirks: { noReferrersApi: true } })).toContain("kept under tags");
    });
});

describe("The doctor on pull limits", () => {
    it("tells how many pulls are left, spends none, and with --pull two", async () => {
        const registry = await stocked({ pullLimit: { limit: 10 } });
        const checks = await examine(registry.host, { subjects: [VAULT] });
        expect(checks.limit).toMatchObject({ status: "ok", message: "10 of 10 pulls within 6 h are left" });
        expect(checks.layers).toMatchObject({
            status: "skipped",
            message: expect.stringContaining("--pull spends two"),
        });
        expect(registry.pullsSpent).toBe(0);
        expect((await examine(registry.host, { subjects: [VAULT], pull: true })).layers.status).toBe("ok");
        expect(registry.pullsSpent).toBe(2);
    });

    it("warns before the end, and tells the end as what stops pulls", async () => {
        const registry = await stocked({ pullLimit: { limit: 3 } });
        const limitOf = async () =>
            (await examine(registry.host, { registry: { keepRemaining: 1 }, subjects: [VAULT], pull: true })).limit;
        expect((await limitOf()).message).toBe("3 of 3 pulls within 6 h are left, 1 are kept back");
        expect(await limitOf()).toMatchObject({
            status: "warning",
            remedy: expect.stringContaining("transship sources"),
        });
        await fetch(`http://${registry.host}/v2/acme/vault/manifests/1.18`, { headers: { accept: "*/*" } });
        expect(await limitOf()).toMatchObject({ status: "wrong", code: "PULL_LIMIT" });
    });
});

describe("The doctor's trial of a push", () => {
    it("is left out where nobody documents that it can be undone, and where nothing is there yet", async () => {
        const registry = await stocked();
        const other = await examine(registry.host, { registry: { kind: "other" }, subjects: [VAULT], push: true });
        expect(other.push).toMatchObject({ status: "skipped", message: expect.stringContaining("kind other") });
        const empty = { repository: "acme/new", reference: "1", role: "target" } as const;
        const { push } = await examine(registry.host, { subjects: [empty], push: true });
        expect(push).toMatchObject({ status: "skipped", message: "not asked: nothing is known to be there" });
        expect(registry.requests.count({ method: "POST" })).toBe(0);
    });

    it("says so where the upload stays", async () => {
        const registry = await stocked({
            intercept: (request, response, route) => {
                if (route.kind !== "upload" || request.method !== "DELETE") {
                    return false;
                }
                response.writeHead(405).end();
                return true;
            },
        });
        const { push } = await examine(registry.host, { subjects: [VAULT], push: true });
        expect(push).toMatchObject({ status: "warning", message: expect.stringContaining("could not be cancelled") });
    });
});

describeWith(["docker-registry"], "The doctor at Debian's docker-registry", (programs) => {
    it("logs in by htpasswd, and cancels the upload that it opened", async () => {
        const registry = await startDockerRegistry(programs["docker-registry"], { auth: true });
        try {
            await pushTree(registry.host, "acme/vault", INDEX, { tag: "1.18", auth: TEST_USER });
            const options = { registry: FROM_ENV, subjects: [VAULT], push: true };
            const environment = as(TEST_USER.username, TEST_USER.password);
            const checks = await examine(registry.host, { ...options, environment });
            expect(checks.api.message).toContain("wants Basic credentials, registry/2.0");
            expect([checks.login.status, checks.layers.status, checks.push.status]).toEqual(["ok", "ok", "ok"]);
            expect(checks.referrers.message).toContain("kept under tags");
            const wrong = await examine(registry.host, { ...options, environment: as("tester", "wrong-word") });
            expect(wrong.login).toMatchObject({ status: "wrong", code: "UNAUTHORIZED" });
            expect(JSON.stringify([checks, wrong])).not.toMatch(/wrong-word|a-test-password/);
        } finally {
            await registry.close();
        }
    });
});
