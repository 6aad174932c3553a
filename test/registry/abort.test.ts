import { describe, expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import { bytesOf, clientOf, collect, scripted } from "./scripted-server";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("an aborted client", () => {
    it("starts nothing", async () => {
        const server = await scripted((_request, response) => void response.end());
        const client = clientOf(server, {}, { signal: AbortSignal.abort("over") });
        await expect(client.headManifest("a/b", "1")).rejects.toMatchObject({ code: "ABORTED", cause: "over" });
        await expect(
            client.uploadBlob("a/b", { digest: DIGEST, size: 1 }, async () => bytesOf("x")),
        ).rejects.toMatchObject({ code: "ABORTED" });
        expect(server.seen).toEqual([]);
    });

    it("ends what is under way and what waits, and sends nothing after that", async () => {
        const controller = new AbortController();
        let arrived = 0;
        const server = await scripted(() => {
            arrived += 1;
            if (arrived === 8) {
                controller.abort(new Error("the engine is gone"));
            }
        });
        // Without this the first request alone would be under way: it finds out how the registry wants to be asked.
        const client = clientOf(server, { kind: "ecr" }, { signal: controller.signal });
        const results = await Promise.allSettled(
            Array.from({ length: 60 }, (_, index) => client.headManifest("a/b", `t${index}`)),
        );
        expect(results.every((one) => one.status === "rejected" && one.reason.code === "ABORTED")).toBe(true);
        const { requests } = client.stats;
        await new Promise((resolve) => setTimeout(resolve, 100));
        expect(client.stats.requests).toBe(requests);
        expect(server.seen.length).toBeLessThanOrEqual(requests);
        expect(requests).toBe(8);
    });

    it("does not sleep on", async () => {
        const controller = new AbortController();
        const server = await scripted((_request, response) => {
            response.writeHead(429, { "retry-after": "60" }).end();
            setTimeout(() => controller.abort(), 20);
        });
        const begin = Date.now();
        await expect(
            clientOf(server, {}, { signal: controller.signal }).headManifest("a/b", "1"),
        ).rejects.toMatchObject({ code: "ABORTED" });
        expect(Date.now() - begin).toBeLessThan(5000);
        expect(server.seen).toHaveLength(1);
    });

    it("ends a body in its middle", async () => {
        const controller = new AbortController();
        const server = await scripted((_request, response) => {
            response.writeHead(200, { "content-length": "1000" });
            response.write("x".repeat(100));
        });
        const blob = await clientOf(server, {}, { signal: controller.signal }).getBlob("a/b", DIGEST);
        setTimeout(() => controller.abort(), 20);
        await expect(collect(blob.body)).rejects.toMatchObject({ code: "ABORTED" });
    });

    it("ends an upload in its middle, and frees its source", async () => {
        const controller = new AbortController();
        const server = await scripted(
            (_request, response) => void response.writeHead(202, { location: "/v2/u/1" }).end(),
        );
        let returned = false;
        const bytes = Buffer.alloc(1000);
        const client = clientOf(server, {}, { signal: controller.signal });
        const upload = client.uploadBlob("a/b", { digest: digestOf(bytes), size: bytes.length }, async () =>
            (async function* () {
                try {
                    yield bytes.subarray(0, 10);
                    setTimeout(() => controller.abort(), 10);
                    await new Promise((resolve) => setTimeout(resolve, 100));
                    yield bytes.subarray(10);
                } finally {
                    returned = true;
                }
            })(),
        );
        await expect(upload).rejects.toMatchObject({ code: "ABORTED" });
        await new Promise((resolve) => setTimeout(resolve, 150));
        expect(returned).toBe(true);
        expect(server.seen.map((one) => one.method)).toEqual(["POST"]);
    });
});
