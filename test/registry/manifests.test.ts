import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { digestOf, MANIFEST_ACCEPT, MediaType } from "../../core/oci";
import { isGone } from "../../core/registry";
import { clientOf, json, registryError, scripted } from "./scripted-server";

const BYTES = Buffer.from('{"schemaVersion":2}\n');
const DIGEST = digestOf(BYTES);
const OTHER = digestOf(Buffer.from("other"));

function serving(headers: Record<string, string | undefined>, body = BYTES) {
    return scripted((request, response) => {
        for (const [name, value] of Object.entries(headers)) {
            if (value !== undefined) {
                response.setHeader(name, value);
            }
        }
        response.setHeader("content-length", body.length);
        response.end(request.method === "HEAD" ? undefined : body);
    });
}

describe("HEAD of a manifest", () => {
    it("asks with all four types and is one request", async () => {
        const server = await serving({
            "docker-content-digest": DIGEST,
            "content-type": `${MediaType.ociIndex}; charset=utf-8`,
        });
        const info = await clientOf(server).headManifest("a/b", "1.0");
        expect(info).toEqual({ digest: DIGEST, mediaType: MediaType.ociIndex, size: BYTES.length });
        expect(server.seen.map((one) => [one.method, one.url, one.headers.accept])).toEqual([
            ["HEAD", "/v2/a/b/manifests/1.0", MANIFEST_ACCEPT],
        ]);
    });

    it("keeps its connection for the next one", async () => {
        const server = await serving({ "docker-content-digest": DIGEST });
        const client = clientOf(server, { concurrency: 1 });
        for (let index = 0; index < 20; index += 1) {
            await client.headManifest("a/b", `t${index}`);
        }
        expect(server.connections).toBe(1);
    });

    it.each([undefined, "sha256:short", ""])("gets and hashes where Docker-Content-Digest is %j", async (header) => {
        const server = await serving({ "docker-content-digest": header, "content-type": MediaType.ociManifest });
        expect(await clientOf(server).headManifest("a/b", "1")).toMatchObject({ digest: DIGEST, size: BYTES.length });
        expect(server.seen.map((one) => one.method)).toEqual(["HEAD", "GET"]);
    });

    it("by digest needs no header, and refuses another one's", async () => {
        const silent = await serving({});
        expect((await clientOf(silent).headManifest("a/b", DIGEST)).digest).toBe(DIGEST);
        expect(silent.seen).toHaveLength(1);
        const wrong = await serving({ "docker-content-digest": OTHER });
        await expect(clientOf(wrong).headManifest("a/b", DIGEST)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
    });
});

describe("GET of a manifest", () => {
    it("gives the bytes as they are", async () => {
        const server = await serving({ "docker-content-digest": DIGEST, "content-type": MediaType.dockerManifest });
        const manifest = await clientOf(server).getManifest("a/b", "1");
        expect(manifest).toMatchObject({ digest: DIGEST, mediaType: MediaType.dockerManifest, size: BYTES.length });
        expect(manifest.bytes.equals(BYTES)).toBe(true);
    });

    it.each([
        ["the reference", DIGEST, {}, Buffer.from("changed")],
        ["the header", "1.0", { "docker-content-digest": DIGEST }, Buffer.from("changed")],
        ["a sha512 reference", `sha512:${"0".repeat(128)}`, { "docker-content-digest": DIGEST }, BYTES],
    ])("checks them against %s", async (_title, reference, headers, body) => {
        const server = await serving(headers, body);
        await expect(clientOf(server).getManifest("a/b", reference)).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
            message: expect.stringContaining(`/a/b${reference.includes(":") ? "@" : ":"}${reference} has the digest`),
        });
    });

    it("takes sha512 as well", async () => {
        const digest = `sha512:${createHash("sha512").update(BYTES).digest("hex")}`;
        const server = await serving({ "docker-content-digest": digest });
        expect((await clientOf(server).getManifest("a/b", digest)).digest).toBe(digest);
        expect((await clientOf(server).getManifest("a/b", "1")).digest).toBe(digest);
    });

    it("ends at 16 MiB", async () => {
        const server = await serving({}, Buffer.alloc(17 * 1024 * 1024));
        await expect(clientOf(server).getManifest("a/b", "1")).rejects.toMatchObject({
            code: "PROTOCOL_ERROR",
            message: expect.stringContaining("16384 KiB"),
        });
    });

    it("of schema 1 says so, since its digest is not of its bytes", async () => {
        const server = await serving({ "docker-content-digest": OTHER, "content-type": MediaType.dockerSchema1Signed });
        await expect(clientOf(server).getManifest("a/b", "1")).rejects.toMatchObject({ code: "MANIFEST_SCHEMA1" });
    });
});

describe("gone is", () => {
    const answering = (status: number, body: string, contentType = "application/json") =>
        scripted((request, response) => {
            response.writeHead(status, { "content-type": contentType });
            response.end(request.method === "HEAD" ? undefined : body);
        });
    const error = (code: string): string => JSON.stringify({ errors: [{ code, message: "x" }] });
    const outcome = (work: Promise<unknown>): Promise<{ gone: boolean; code?: string }> =>
        work.then(
            () => ({ gone: false }),
            (reason) => ({ gone: isGone(reason), code: reason.code }),
        );

    it.each([
        ["GET", 404, error("MANIFEST_UNKNOWN"), "other", true, "MANIFEST_UNKNOWN"],
        ["GET", 404, error("NAME_UNKNOWN"), "other", true, "NAME_UNKNOWN"],
        ["GET", 404, error("NOT_FOUND"), "harbor", true, "MANIFEST_UNKNOWN"],
        ["GET", 404, error("NOT_FOUND"), "other", false, "PROTOCOL_ERROR"],
        ["GET", 404, "<html>", "other", false, "PROTOCOL_ERROR"],
        ["GET", 404, "", "other", false, "PROTOCOL_ERROR"],
        ["HEAD", 404, "", "other", true, "MANIFEST_UNKNOWN"],
        ["GET", 401, error("UNAUTHORIZED"), "dockerhub", false, "UNAUTHORIZED"],
        ["GET", 403, error("DENIED"), "dockerhub", false, "DENIED"],
        ["HEAD", 403, "", "other", false, "DENIED"],
        ["GET", 400, error("MANIFEST_UNKNOWN"), "other", false, "PROTOCOL_ERROR"],
        ["GET", 410, error("MANIFEST_UNKNOWN"), "other", false, "PROTOCOL_ERROR"],
    ] as const)("for %s answered with %i %s by %s: %j", async (method, status, body, kind, gone, code) => {
        const server = await answering(status, body);
        const client = clientOf(server, { kind });
        expect(
            await outcome(method === "GET" ? client.getManifest("a/b", "1") : client.headManifest("a/b", "1")),
        ).toEqual({ gone, code });
    });

    it("not proven by a proxy's page: a HEAD's 404 of text/html is looked at with a GET", async () => {
        const server = await answering(404, "<html>not here</html>", "text/html; charset=utf-8");
        expect(await outcome(clientOf(server).headManifest("a/b", "1"))).toEqual({
            gone: false,
            code: "PROTOCOL_ERROR",
        });
        expect(server.seen.map((one) => one.method)).toEqual(["HEAD", "GET"]);
    });

    it("not what a network fault or somebody else's error is", () => {
        expect(isGone(new Error("404"))).toBe(false);
        expect(isGone({ code: "MANIFEST_UNKNOWN", status: 404 })).toBe(false);
    });
});

describe("PUT of a manifest", () => {
    it("sends the bytes as they are and reports the subject that the registry took", async () => {
        const server = await scripted((_request, response) => {
            response.writeHead(201, { "docker-content-digest": DIGEST, "oci-subject": OTHER, location: "/x" }).end();
        });
        const result = await clientOf(server).putManifest("a/b", "1", BYTES, MediaType.ociManifest);
        expect(result).toEqual({ digest: DIGEST, subject: OTHER });
        expect(server.seen[0]?.body.equals(BYTES)).toBe(true);
        expect(server.seen[0]?.headers["content-type"]).toBe(MediaType.ociManifest);
    });

    it("refuses what the registry stored under another digest, and to send what the reference does not say", async () => {
        const server = await scripted(
            (_request, response) => void response.writeHead(201, { "docker-content-digest": OTHER }).end(),
        );
        await expect(clientOf(server).putManifest("a/b", "1", BYTES, "x/y")).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
        });
        await expect(clientOf(server).putManifest("a/b", OTHER, BYTES, "x/y")).rejects.toMatchObject({
            code: "DIGEST_MISMATCH",
        });
        // Twice: the right bytes have to replace what may be under the tag. The other was never sent.
        expect(server.seen).toHaveLength(2);
    });

    it("pushes again where the registry tells another digest once: bytes that were changed on their way are replaced", async () => {
        const server = await scripted((_request, response) => {
            const digest = server.seen.length === 1 ? OTHER : DIGEST;
            response.writeHead(201, { "docker-content-digest": digest }).end();
        });
        expect((await clientOf(server).putManifest("a/b", "1", BYTES, "x/y")).digest).toBe(DIGEST);
        expect(server.seen).toHaveLength(2);
    });

    it.each([
        [
            "ECR",
            400,
            "TAG_INVALID",
            "The image tag '1' already exists in the 'a/b' repository and cannot be overwritten because the repository is immutable.",
        ],
        ["Harbor", 412, "PRECONDITION", "Failed to process request due to 'b:1' configured as immutable."],
        ["another", 409, "TAG_IMMUTABLE", "no"],
    ])(
        "of an immutable tag at %s is a success only where it holds these bytes",
        async (_title, status, code, message) => {
            let held = DIGEST;
            const server = await scripted((request, response) =>
                request.method === "HEAD"
                    ? response.writeHead(200, { "docker-content-digest": held }).end()
                    : json(response, status, { errors: [{ code, message }] }),
            );
            const client = clientOf(server);
            expect(await client.putManifest("a/b", "1", BYTES, "x/y")).toEqual({ digest: DIGEST });
            held = OTHER;
            await expect(client.putManifest("a/b", "1", BYTES, "x/y")).rejects.toMatchObject({
                code: "TAG_IMMUTABLE",
                registryCode: code,
                message: expect.stringContaining("a/b:1 is immutable and holds another image"),
            });
        },
    );
});

describe("names", () => {
    it("that are none by the grammar make no request", async () => {
        const server = await serving({});
        const client = clientOf(server);
        for (const [repository, reference] of [
            ["../a", "1"],
            ["a/b", "../x"],
            ["a/b?x=1", "1"],
            ["A/b", "1"],
            ["a/b", "sha256:abc"],
            ["", "1"],
        ] as const) {
            await expect(async () => client.headManifest(repository, reference)).rejects.toMatchObject({
                code: "INVALID_ARGUMENT",
            });
            await expect(async () => client.getManifest(repository, reference)).rejects.toMatchObject({
                code: "INVALID_ARGUMENT",
            });
        }
        await expect(async () => client.getBlob("a/b", "1.0")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
        expect(server.seen).toEqual([]);
    });
});

describe("DELETE of a manifest", () => {
    it("that is not there says so", async () => {
        const server = await scripted((_request, response) => registryError(response, 404, "MANIFEST_UNKNOWN"));
        const error = await clientOf(server)
            .deleteManifest("a/b", DIGEST)
            .catch((reason: unknown) => reason);
        expect(isGone(error)).toBe(true);
    });
});
