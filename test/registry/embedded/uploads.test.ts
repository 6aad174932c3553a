import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { embedded } from "../../support/embedded";
import { noise, sha256 } from "../../support/images";
import { ask, pushBlob } from "./wire";

const BLOB = noise("upload", 300_000);
const DIGEST = sha256(BLOB);

async function begin(registry: Awaited<ReturnType<typeof embedded>>): Promise<string> {
    const { status, headers } = await ask(registry, "POST", "/v2/app/blobs/uploads/");
    expect(status).toBe(202);
    return headers.location ?? "";
}

describe("uploads to the embedded registry", () => {
    it("takes chunks in order, refuses others with 416, and says where to go on", async () => {
        const registry = await embedded();
        const location = await begin(registry);
        const chunk = (first: number, last: number) => ({
            headers: { "content-range": `${first}-${last}` },
            body: BLOB.subarray(first, last + 1),
        });
        expect((await ask(registry, "PATCH", location, chunk(0, 99_999))).headers.range).toBe("0-99999");
        for (const [first, last] of [
            [0, 99_999],
            [200_000, 299_999],
            [50_000, 149_999],
        ] as const) {
            const refused = await ask(registry, "PATCH", location, chunk(first, last));
            expect([refused.status, refused.headers.range]).toEqual([416, "0-99999"]);
        }
        const state = await ask(registry, "GET", location);
        expect([state.status, state.headers.range, state.headers.location]).toEqual([204, "0-99999", location]);
        expect((await ask(registry, "PATCH", location, chunk(100_000, 199_999))).status).toBe(202);
        const last = await ask(registry, "PUT", `${location}?digest=${DIGEST}`, chunk(200_000, 299_999));
        expect([last.status, last.headers["docker-content-digest"]]).toEqual([201, DIGEST]);
        expect((await ask(registry, "GET", `/v2/app/blobs/${DIGEST}`)).body.equals(BLOB)).toBe(true);
        expect((await ask(registry, "GET", location)).status).toBe(404);
    });

    it("takes chunks without Content-Range as they come", async () => {
        const registry = await embedded();
        const location = await begin(registry);
        await ask(registry, "PATCH", location, { body: BLOB.subarray(0, 10) });
        await ask(registry, "PATCH", location, { body: BLOB.subarray(10) });
        expect((await ask(registry, "PUT", `${location}?digest=${DIGEST}`)).status).toBe(201);
    });

    it("refuses a chunk whose length is not that of its range", async () => {
        const registry = await embedded();
        const location = await begin(registry);
        const refused = await ask(registry, "PATCH", location, { headers: { "content-range": "0-9" }, body: BLOB });
        expect([refused.status, refused.code]).toEqual([400, "SIZE_INVALID"]);
        expect((await ask(registry, "GET", location)).headers.range).toBe("0-0");
    });

    it("forgets a cancelled upload", async () => {
        const registry = await embedded();
        const location = await begin(registry);
        await ask(registry, "PATCH", location, { body: BLOB });
        expect((await ask(registry, "DELETE", location)).status).toBe(204);
        expect((await ask(registry, "PUT", `${location}?digest=${DIGEST}`)).code).toBe("BLOB_UPLOAD_UNKNOWN");
        expect((await ask(registry, "HEAD", `/v2/app/blobs/${DIGEST}`)).status).toBe(404);
    });

    it("goes on where a broken connection left off", async () => {
        const registry = await embedded();
        const location = await begin(registry);
        await new Promise<void>((resolve) => {
            const options = { host: "127.0.0.1", port: registry.port, method: "PATCH", path: location, agent: false };
            const sent = request({ ...options, headers: { "content-length": String(BLOB.length) } });
            sent.on("error", () => resolve());
            sent.write(BLOB.subarray(0, 150_000), () => setTimeout(() => sent.destroy(), 50));
        });
        const { range } = (await ask(registry, "GET", location)).headers;
        const received = Number(range?.split("-")[1]) + 1;
        expect(received).toBe(150_000);
        const headers = { "content-range": `${received}-${BLOB.length - 1}` };
        await ask(registry, "PATCH", location, { headers, body: BLOB.subarray(received) });
        expect((await ask(registry, "PUT", `${location}?digest=${DIGEST}`)).status).toBe(201);
    });

    it("refuses a wrong digest, stores nothing and ends the upload", async () => {
        const registry = await embedded();
        const wrong = sha256(Buffer.from("something else"));
        expect((await pushBlob(registry, "app", wrong, BLOB)).code).toBe("DIGEST_INVALID");
        const location = await begin(registry);
        expect((await ask(registry, "PUT", `${location}?digest=${wrong}`, { body: BLOB })).status).toBe(400);
        expect((await ask(registry, "PUT", `${location}?digest=${DIGEST}`, { body: BLOB })).status).toBe(404);
        for (const digest of [wrong, DIGEST]) {
            expect((await ask(registry, "HEAD", `/v2/app/blobs/${digest}`)).status).toBe(404);
        }
    });

    it("does not let one repository finish another's upload", async () => {
        const registry = await embedded();
        const id = (await begin(registry)).split("/").at(-1);
        const put = await ask(registry, "PUT", `/v2/other/blobs/uploads/${id}?digest=${DIGEST}`, { body: BLOB });
        expect(put.code).toBe("BLOB_UPLOAD_UNKNOWN");
    });
});

describe("ranges of a blob", () => {
    it.each([
        ["bytes=0-9", 206, [0, 10]],
        ["bytes=100-", 206, [100, BLOB.length]],
        ["bytes=-7", 206, [BLOB.length - 7, BLOB.length]],
        [`bytes=5-${BLOB.length * 2}`, 206, [5, BLOB.length]],
        [`bytes=${BLOB.length}-`, 416, undefined],
        ["bytes=9-3", 416, undefined],
        ["bytes=-0", 416, undefined],
        ["bytes=0-1,5-6", 200, [0, BLOB.length]],
        ["lines=0-1", 200, [0, BLOB.length]],
    ] as const)("%s is answered with %i", async (range, status, slice) => {
        const registry = await embedded();
        await pushBlob(registry, "app", DIGEST, BLOB);
        const answer = await ask(registry, "GET", `/v2/app/blobs/${DIGEST}`, { headers: { range } });
        expect(answer.status).toBe(status);
        if (slice === undefined) {
            expect(answer.headers["content-range"]).toBe(`bytes */${BLOB.length}`);
        } else {
            expect(answer.body.equals(BLOB.subarray(...slice))).toBe(true);
            const shown = `bytes ${slice[0]}-${slice[1] - 1}/${BLOB.length}`;
            expect(answer.headers["content-range"]).toBe(status === 206 ? shown : undefined);
        }
    });
});
