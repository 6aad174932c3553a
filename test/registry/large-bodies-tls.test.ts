import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { digestOf } from "../../core/oci";
import { type BlobToUpload, giveBack } from "../../core/registry";
import { describeWith } from "../support/require-program";
import { makeCertificates } from "./certificates";
import { clientOf, scripted } from "./scripted-server";

describeWith(["openssl"], "large bodies over TLS", () => {
    it("come and go whole, at once and one after the other", async () => {
        const certificates = makeCertificates();
        try {
            const bytes = randomBytes(3_000_000);
            const blob: BlobToUpload = { digest: digestOf(bytes), size: bytes.length };
            const { cert, key } = certificates.good;
            const pair = { cert: certificates.read(cert), key: certificates.read(key) };
            const server = await scripted((request, response) => {
                if (request.method === "GET") {
                    response.writeHead(200, { "content-length": bytes.length }).end(bytes);
                } else if (request.method === "POST") {
                    response.writeHead(202, { location: "/v2/a/b/blobs/uploads/1" }).end();
                } else {
                    response.writeHead(digestOf(request.body) === blob.digest ? 201 : 400).end();
                }
            }, pair);
            const client = clientOf(server, { insecure: false, ca: certificates.ca });
            const open = async (offset: number) => client.readBlob("a/b", blob, { offset, lend: true, urgent: true });
            for (let round = 0; round < 2; round += 1) {
                const work = Array.from({ length: 4 }, () => client.uploadBlob("a/b", blob, open));
                expect(await Promise.all(work)).toEqual(Array(4).fill("uploaded"));
            }
            const seen: Buffer[] = [];
            for await (const piece of await client.readBlob("a/b", blob, { lend: true })) {
                seen.push(Buffer.from(piece));
                giveBack(piece);
            }
            expect(Buffer.concat(seen).equals(bytes)).toBe(true);
            // Eight uploads that fed on eight downloads, four at a time: connections are used again.
            expect(server.connections).toBeLessThan(16);
        } finally {
            certificates.remove();
        }
    });
});
