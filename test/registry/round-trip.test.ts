import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf, MediaType } from "../../core/oci";
import { isGone, RegistryClient, type RegistrySettings } from "../../core/registry";
import { startDockerRegistry, TEST_USER } from "../support/docker-registry";
import { embeddedForFile } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { bytesOf, collect } from "./scripted-server";

const CREDENTIALS = { me: TEST_USER };
const ME = { from: "config", key: "me" } as const;

function settings(host: string, more: Partial<RegistrySettings> = {}): RegistrySettings {
    return { name: "r", host, kind: "distribution", insecure: true, credentials: { pull: ME, push: ME }, ...more };
}

interface Registry {
    readonly host: string;
    close(): Promise<unknown>;
}

/** The same story at every registry: what one client pushes, another one reads. */
function story(start: () => Promise<Registry>): void {
    let registry: Registry;
    let writer: RegistryClient;
    let reader: RegistryClient;
    const layer = randomBytes(700_000);
    const blob = { digest: digestOf(layer), size: layer.length };
    const config = Buffer.from("{}");
    const manifest = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: MediaType.ociManifest,
            config: { mediaType: MediaType.ociConfig, digest: digestOf(config), size: config.length },
            layers: [{ mediaType: MediaType.ociLayer, ...blob }],
        }),
    );
    const digest = digestOf(manifest);
    const signature = Buffer.from(
        JSON.stringify({
            schemaVersion: 2,
            mediaType: MediaType.ociManifest,
            artifactType: "application/vnd.example.signature",
            config: { mediaType: MediaType.ociEmpty, digest: digestOf(config), size: config.length },
            layers: [],
            subject: { mediaType: MediaType.ociManifest, digest, size: manifest.length },
        }),
    );
    const source = (bytes: Buffer) => async (offset: number) => bytesOf(bytes.subarray(offset));

    beforeAll(async () => {
        registry = await start();
        writer = new RegistryClient(settings(registry.host), { env: {}, credentials: CREDENTIALS });
        reader = new RegistryClient(settings(registry.host), { env: {}, credentials: CREDENTIALS });
    });
    afterAll(async () => {
        await writer?.close();
        await reader?.close();
        await registry?.close();
    });

    it("is there", async () => {
        await reader.ping();
    });

    it("has nothing at first, and proves it", async () => {
        for (const ask of [() => reader.headManifest("a/b", "1.0"), () => reader.getManifest("a/b", "1.0")]) {
            expect(isGone(await ask().catch((error: unknown) => error))).toBe(true);
        }
        expect(await reader.headBlob("a/b", blob.digest)).toBeUndefined();
        await expect(reader.getBlob("a/b", blob.digest)).rejects.toMatchObject({
            code: expect.stringMatching(/^(BLOB|NAME)_UNKNOWN$/),
        });
    });

    it("takes a blob whole and in chunks", async () => {
        expect(await writer.uploadBlob("a/b", { digest: digestOf(config), size: config.length }, source(config))).toBe(
            "uploaded",
        );
        const before = writer.stats.byMethod.PATCH ?? 0;
        expect(await writer.uploadBlob("a/b", blob, source(layer), { chunkBytes: 200_000 })).toBe("uploaded");
        expect((writer.stats.byMethod.PATCH ?? 0) - before).toBe(4);
        expect(await reader.headBlob("a/b", blob.digest)).toEqual({ size: layer.length });
        expect((await collect((await reader.getBlob("a/b", blob.digest)).body)).equals(layer)).toBe(true);
    });

    it("gives a part of a blob", async () => {
        const part = await reader.getBlob("a/b", blob.digest, { range: { start: 1000, end: 1999 } });
        expect((await collect(part.body)).equals(layer.subarray(1000, 2000))).toBe(true);
    });

    it("mounts a blob from another repository, without a byte", async () => {
        const result = await writer.uploadBlob("c/d", blob, async () => Promise.reject(new Error("not to be opened")), {
            mountFrom: ["a/b"],
        });
        expect(result).toBe("mounted");
        expect(await reader.headBlob("c/d", blob.digest)).toEqual({ size: layer.length });
    });

    it("refuses bytes of another digest", async () => {
        const wrong = { digest: digestOf(Buffer.from("other")), size: 5 };
        await expect(writer.uploadBlob("a/b", wrong, source(Buffer.from("wrong")))).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
        });
        expect(await reader.headBlob("a/b", wrong.digest)).toBeUndefined();
    });

    it("takes a manifest by tag and by digest, and gives it back byte for byte", async () => {
        expect((await writer.putManifest("a/b", digest, manifest, MediaType.ociManifest)).digest).toBe(digest);
        for (const tag of ["1.0", "latest", "stable"]) {
            await writer.putManifest("a/b", tag, manifest, MediaType.ociManifest);
        }
        const info = { digest, mediaType: MediaType.ociManifest, size: manifest.length };
        expect(await reader.headManifest("a/b", "1.0")).toEqual(info);
        expect(await reader.headManifest("a/b", digest)).toEqual(info);
        expect((await reader.getManifest("a/b", "1.0")).bytes.equals(manifest)).toBe(true);
    });

    it("lists the tags", async () => {
        const tags: string[] = [];
        for await (const tag of reader.listTags("a/b")) {
            tags.push(tag);
        }
        expect(tags.sort()).toEqual(["1.0", "latest", "stable"]);
        await expect(reader.listTags("no/such")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
            code: "NAME_UNKNOWN",
        });
    });

    it("lists what refers to an image, by its API or by the fallback tag", async () => {
        const { subject } = await writer.putManifest("a/b", digestOf(signature), signature, MediaType.ociManifest);
        if (subject === undefined) {
            const index = Buffer.from(
                JSON.stringify({
                    schemaVersion: 2,
                    mediaType: MediaType.ociIndex,
                    manifests: [
                        { mediaType: MediaType.ociManifest, digest: digestOf(signature), size: signature.length },
                    ],
                }),
            );
            await writer.putManifest("a/b", digest.replace(":", "-"), index, MediaType.ociIndex);
        } else {
            expect(subject).toBe(digest);
        }
        const referrers = await reader.referrers("a/b", digest);
        expect(referrers.map((one) => one.digest)).toEqual([digestOf(signature)]);
        expect(await reader.referrers("a/b", digestOf(signature))).toEqual([]);
    });

    it("deletes a manifest and a blob, and proves that they are gone", async () => {
        await writer.deleteManifest("a/b", digestOf(signature));
        const error = await reader.headManifest("a/b", digestOf(signature)).catch((reason: unknown) => reason);
        expect(isGone(error)).toBe(true);
        await writer.deleteBlob("c/d", blob.digest);
        expect(await reader.headBlob("c/d", blob.digest)).toBeUndefined();
        expect(await reader.headBlob("a/b", blob.digest)).toEqual({ size: layer.length });
    });
}

describe("the embedded registry", () => {
    describe("without authentication", () => story(() => embeddedForFile()));

    const users = { [TEST_USER.username]: TEST_USER.password };
    describe("with Bearer tokens", () => {
        story(() => embeddedForFile({ auth: { kind: "bearer", users } }));

        it("refuses a wrong password in one sentence, and lets who may only read push nothing", async () => {
            const registry = await embeddedForFile({ auth: { kind: "bearer", users, readers: [TEST_USER.username] } });
            const wrong = { me: { username: TEST_USER.username, password: "not-the-password" } };
            const stranger = new RegistryClient(settings(registry.host), { env: {}, credentials: wrong });
            await expect(stranger.ping()).rejects.toMatchObject({
                code: "UNAUTHORIZED",
                message: expect.stringMatching(/refused the credentials from the configuration's key me/),
            });
            await stranger.close();
            const reader = new RegistryClient(settings(registry.host), { env: {}, credentials: CREDENTIALS });
            await expect(
                reader.putManifest("a/b", "1", Buffer.from("{}"), MediaType.ociManifest),
            ).rejects.toMatchObject({
                code: expect.stringMatching(/^(DENIED|UNAUTHORIZED)$/),
            });
            await reader.close();
        });
    });
    describe("with Basic", () => story(() => embeddedForFile({ auth: { kind: "basic", users } })));
    describe("without referrers API and digest header", () =>
        story(() => embeddedForFile({ quirks: { noReferrersApi: true, noDigestHeader: true } })));

    it("has its pull limit respected: ten pulls an hour, HEADs free, no eleventh request to be told no again", async () => {
        const registry = await embeddedForFile({ pullLimit: { limit: 10, windowSeconds: 3600 }, allowMissing: true });
        const anonymous = { from: "anonymous" } as const;
        const client = new RegistryClient(
            settings(registry.host, { credentials: { pull: anonymous, push: anonymous } }),
            { env: {} },
        );
        const manifest = Buffer.from(
            JSON.stringify({ schemaVersion: 2, mediaType: MediaType.ociIndex, manifests: [] }),
        );
        await client.putManifest("a/b", "1", manifest, MediaType.ociIndex);
        for (let pull = 0; pull < 10; pull += 1) {
            await client.getManifest("a/b", "1");
            await client.headManifest("a/b", "1");
        }
        expect(client.rateLimit).toMatchObject({ limit: 10, remaining: 0, windowSeconds: 3600 });
        await expect(client.getManifest("a/b", "1")).rejects.toMatchObject({ code: "PULL_LIMIT" });
        const { requests } = client.stats;
        await expect(client.getManifest("a/b", "1")).rejects.toMatchObject({ code: "PULL_LIMIT" });
        expect(client.stats.requests).toBe(requests);
        expect(client.stats.retries).toBe(0);
        await client.close();
    });
});

describeWith(["docker-registry"], "Debian's docker-registry", (programs) => {
    describe("without authentication", () => story(() => startDockerRegistry(programs["docker-registry"])));
    describe("with Basic", () => story(() => startDockerRegistry(programs["docker-registry"], { auth: true })));
});
