import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineCatalog } from "../../core/catalog";
import { digestOf, parseManifest } from "../../core/oci";
import { RegistryClient } from "../../core/registry";
import { type EmbeddedRegistry, startEmbeddedRegistry } from "../../core/registry/embedded";
import { prepareDirectory } from "../../scripts/local/directory";
import { exampleImage } from "../../scripts/local/example-image";
import { describeChanges, describeCost } from "../../scripts/local/report";
import { pushExample, seedSources } from "../../scripts/local/seed";
import { hasStaleLock } from "../../scripts/local/stale-lock";

let directory: string;
beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "transship-local-"));
});
afterEach(() => {
    rmSync(directory, { recursive: true, force: true });
});

describe("The example images", () => {
    it("have the same digest whenever they are made, and another for another tag", () => {
        const [one, two] = [exampleImage({ name: "vault", tag: "1" }), exampleImage({ name: "vault", tag: "1" })];
        expect(one.root.digest).toBe(two.root.digest);
        expect(exampleImage({ name: "vault", tag: "2" }).root.digest).not.toBe(one.root.digest);
    });

    it.each(["oci", "docker"] as const)("are whole in the %s family: every descriptor has its bytes", (family) => {
        const { root, children, blobs } = exampleImage({ name: "vault", tag: "1", family });
        const index = parseManifest(root.bytes, root.mediaType);
        expect(index.manifests.map(({ platform }) => platform?.architecture)).toEqual(["amd64", "arm64"]);
        expect(index.manifests.map(({ digest }) => digest)).toEqual(children.map(({ digest }) => digest));
        const held = new Map(blobs.map(({ digest, bytes }) => [digest, bytes]));
        for (const child of children) {
            const { config, layers } = parseManifest(child.bytes, child.mediaType);
            const unpacked = layers.map(({ digest }) => digestOf(gunzipSync(held.get(digest) ?? Buffer.alloc(0))));
            const written = JSON.parse((held.get(config?.digest ?? "") ?? Buffer.from("{}")).toString());
            expect(written.rootfs.diff_ids).toEqual(unpacked);
        }
    });

    it("hold layers that tar can read", () => {
        const { blobs, children } = exampleImage({ name: "vault", tag: "1" });
        const [child] = children;
        const layers = child ? parseManifest(child.bytes, child.mediaType).layers : [];
        const listed = layers.flatMap(({ digest }) => {
            const input = blobs.find((blob) => blob.digest === digest)?.bytes;
            return execFileSync("tar", ["-tzf", "-"], { input, encoding: "utf8" }).trim().split("\n");
        });
        expect(listed).toEqual(["etc/os-release", "usr/share/example/payload", "usr/share/example/version"]);
    });
});

describe("Seeding", () => {
    const credentials = { username: "u", password: "p" };
    let hub: EmbeddedRegistry;
    beforeEach(async () => {
        const auth = { kind: "bearer", users: { u: "p" }, anonymousPull: true } as const;
        hub = await startEmbeddedRegistry({ root: directory, auth });
    });
    afterEach(() => hub.close());

    const catalogFrom = (host: string) =>
        defineCatalog(
            {
                version: 1,
                registries: { hub: { host, kind: "dockerhub", insecure: true } },
                images: { vault: { policy: "keep", source: `${host}/hashicorp/vault`, tags: ["1", "2"] } },
            },
            { environment: "local" },
        );

    it("pushes what is not there, and nothing the second time", async () => {
        expect(await seedSources(catalogFrom(hub.host), credentials)).toBe(2);
        const puts = hub.requests.count({ method: "PUT" });
        expect(await seedSources(catalogFrom(hub.host), credentials)).toBe(0);
        expect(hub.requests.count({ method: "PUT" })).toBe(puts);
    });

    it("leaves a tag alone that a user has moved", async () => {
        const catalog = catalogFrom(hub.host);
        await seedSources(catalog, credentials);
        const own = exampleImage({ name: "own", tag: "own" });
        const source = { from: "config", key: "local" } as const;
        const settings = { name: "hub", host: hub.host, kind: "other", insecure: true } as const;
        const client = new RegistryClient(
            { ...settings, credentials: { pull: source, push: source } },
            { credentials: { local: credentials } },
        );
        await pushExample(client, "hashicorp/vault", "2", own);
        expect(await seedSources(catalog, credentials)).toBe(0);
        expect((await client.headManifest("hashicorp/vault", "2")).digest).toBe(own.root.digest);
        await client.close();
    });

    it("refuses to write to a registry that is not of this machine", async () => {
        await expect(seedSources(catalogFrom("registry.example.com"), credentials)).rejects.toMatchObject({
            code: "SOURCE_NOT_LOCAL",
            message: expect.stringContaining("registry.example.com"),
        });
    });
});

describe("The folder of the local environment", () => {
    it("is made, and found again", () => {
        const made = prepareDirectory(join(directory, "local"));
        expect(prepareDirectory(join(directory, "local"))).toEqual(made);
    });

    it("is one sentence when it cannot be written", () => {
        writeFileSync(join(directory, "file"), "");
        expect(() => prepareDirectory(join(directory, "file"))).toThrow(
            /cannot be written \(ENOTDIR\): make it writable/,
        );
        // Not even root makes folders there.
        symlinkSync("/sys/kernel", join(directory, "link"));
        expect(() => prepareDirectory(join(directory, "link"))).toThrow(
            /cannot be written \(E[A-Z]+\): make it writable/,
        );
    });
});

describe("A lock that a killed engine has left", () => {
    const gone = 4_194_304;
    const rows: readonly (readonly [string, readonly string[], boolean])[] = [
        ["is none where there is no lock", [], false],
        ["is stale when its process is gone", [JSON.stringify({ pid: gone, hostname: hostname() })], true],
        ["is not when its process runs", [JSON.stringify({ pid: process.pid, hostname: hostname() })], false],
        ["is not when it is another machine's", [JSON.stringify({ pid: gone, hostname: "elsewhere" })], false],
        ["is not when it does not say whose it is", [JSON.stringify({ hostname: hostname() })], false],
        ["is not when it cannot be read", ["{"], false],
        [
            "is not when one of two runs",
            [gone, process.pid].map((pid) => JSON.stringify({ pid, hostname: hostname() })),
            false,
        ],
    ];
    it.each(rows)("%s", (_title, locks, stale) => {
        const folder = join(directory, ".pulumi/locks/organization/transship/local");
        mkdirSync(folder, { recursive: true });
        locks.forEach((lock, index) => {
            writeFileSync(join(folder, `${index}.json`), lock);
        });
        expect(hasStaleLock(directory, "transship", "local")).toBe(stale);
    });
});

describe("What npm start tells", () => {
    it("says that nothing changed only when nothing did", () => {
        expect(describeChanges({ resourceChanges: { same: 5 } })).toMatch(/^No changes: all 5 resources/);
        expect(describeChanges({ resourceChanges: { same: 4, update: 1 } })).toBe("Changed: 1 update; unchanged: 4.");
        expect(describeChanges({ resourceChanges: { create: 5 } })).toBe("Changed: 5 create.");
    });

    it("tells the pulls and the requests of each registry", () => {
        const text = describeCost({ pulls: 7, requests: { hub: { "HEAD manifest": 34 }, ecr: {} } });
        expect(text).toContain("this run spent 7;");
        expect(text).toContain("  hub     34 HEAD manifest\n  ecr     nothing");
    });
});
