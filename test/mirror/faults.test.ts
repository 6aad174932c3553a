import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import type { Reconciliation } from "../../core/mirror";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, statusOf, sync } from "./world";

type Intercept = NonNullable<EmbeddedRegistryOptions["intercept"]>;
type Route = Parameters<Intercept>[2];
type Fault = (request: IncomingMessage, response: ServerResponse, route: Route, tree: ImageTree) => boolean;

interface Row {
    readonly title: string;
    readonly at: "source" | "target";
    /** Returns whether it answered; only called for the repository of `app`. */
    readonly fault: Fault;
    readonly code: string;
    /** What the sentence says besides naming the copy. */
    readonly says: RegExp;
}

const refuse = (response: ServerResponse, status: number, code: string, message = "no"): boolean => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
    return true;
};
const isBlobRead = ({ method }: IncomingMessage, { kind }: Route) => method === "GET" && kind === "blob";
const isManifestRead = ({ method }: IncomingMessage, { kind }: Route) => method === "GET" && kind === "manifest";
const isBlobWrite = ({ method }: IncomingMessage, { kind }: Route) => method === "PUT" && kind === "upload";
const isManifestWrite = ({ method }: IncomingMessage, { kind }: Route) => method === "PUT" && kind === "manifest";
const largest = (tree: ImageTree): [string, Buffer] =>
    [...tree.blobs].reduce((one, other) => (other[1].length > one[1].length ? other : one));

/** Sends the head and a part of a blob, then hangs up. */
const breakOff: Fault = (request, response, route, tree) => {
    const bytes = tree.blobs.get(route.reference);
    if (!isBlobRead(request, route) || bytes === undefined) {
        return false;
    }
    response.writeHead(200, { "content-length": bytes.length });
    response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
    return true;
};

const rows: Row[] = [
    {
        title: "the target fails every upload",
        at: "target",
        fault: (request, response, route) => isBlobWrite(request, route) && refuse(response, 500, "UNKNOWN"),
        code: "SERVER_ERROR",
        says: /failed while we wanted to .*\(500 UNKNOWN, "no"\): try again later/,
    },
    {
        title: "the target hangs up in every upload",
        at: "target",
        fault: (request, response, route) => {
            if (isBlobWrite(request, route)) {
                request.once("data", () => response.destroy());
                return true;
            }
            return false;
        },
        code: "NETWORK_ERROR",
        says: /the connection to 127\.0\.0\.1:\d+ failed/,
    },
    {
        title: "the target takes a blob and does not keep it",
        at: "target",
        fault: (request, response, route) => {
            if (isBlobWrite(request, route)) {
                request.resume().once("end", () => response.writeHead(201, { location: "/v2/x/blobs/y" }).end());
                return true;
            }
            return false;
        },
        code: "PROTOCOL_ERROR",
        says: /refused to let us .*MANIFEST_BLOB_UNKNOWN/,
    },
    {
        title: "the target denies every manifest",
        at: "target",
        fault: (request, response, route) => isManifestWrite(request, route) && refuse(response, 403, "DENIED"),
        code: "DENIED",
        says: /does not let us .* without credentials .*give this registry credentials/,
    },
    {
        title: "the target has an immutable tag",
        at: "target",
        fault: (request, response, route) =>
            isManifestWrite(request, route) && refuse(response, 400, "TAG_INVALID", "the tag is immutable"),
        code: "TAG_IMMUTABLE",
        says: /is immutable and holds another image .*use another tag/,
    },
    {
        title: "the target stores other bytes than it was sent",
        at: "target",
        fault: (request, response, route) => {
            if (isManifestWrite(request, route)) {
                const headers = { "docker-content-digest": `sha256:${"0".repeat(64)}` };
                request.resume().once("end", () => response.writeHead(201, headers).end());
                return true;
            }
            return false;
        },
        code: "DIGEST_MISMATCH",
        says: /has the digest sha256:0{64} where sha256:\w{64} was expected/,
    },
    {
        title: "the target shows another digest after the push",
        at: "target",
        fault: (request, response, { kind, reference }) => {
            // A tag is looked at before the push, too: then it is not there.
            if (request.method === "HEAD" && kind === "manifest" && reference === "1" && pushed) {
                const type = "application/vnd.oci.image.index.v1+json";
                response.writeHead(200, {
                    "docker-content-digest": `sha256:${"1".repeat(64)}`,
                    "content-type": type,
                    "content-length": 7,
                });
                response.end();
                return true;
            }
            pushed ||= request.method === "PUT" && kind === "manifest" && reference === "1";
            return false;
        },
        code: "DIGEST_MISMATCH",
        says: /shows sha256:1{64} under the tag after sha256:\w{64} was pushed; find out who else writes this tag/,
    },
    {
        title: "the source has lost a blob",
        at: "source",
        fault: (request, response, route) => isBlobRead(request, route) && refuse(response, 404, "BLOB_UNKNOWN"),
        code: "BLOB_UNKNOWN",
        says: /is not there \(404 BLOB_UNKNOWN/,
    },
    {
        title: "the source gives other bytes for a blob",
        at: "source",
        fault: (request, response, route, tree) => {
            const bytes = Buffer.from(tree.blobs.get(route.reference) ?? "");
            if (!isBlobRead(request, route) || bytes.length === 0) {
                return false;
            }
            bytes[0] = (bytes[0] as number) ^ 1;
            response.writeHead(200, { "content-length": bytes.length }).end(bytes);
            return true;
        },
        code: "DIGEST_MISMATCH",
        // Said by the target, which hashes what it gets.
        says: /received other bytes than the digest .* the source gives wrong bytes/,
    },
    {
        title: "the source gives less of a blob than its manifest says",
        at: "source",
        fault: (request, response, route, tree) => {
            const bytes = tree.blobs.get(route.reference);
            if (!isBlobRead(request, route) || bytes === undefined) {
                return false;
            }
            response.writeHead(200, { "content-length": bytes.length - 1 }).end(bytes.subarray(1));
            return true;
        },
        code: "DIGEST_MISMATCH",
        says: /ends after \d+ of its \d+ bytes/,
    },
    {
        title: "the source gives more of a blob than its manifest says",
        at: "source",
        fault: (request, response, route, tree) => {
            const bytes = tree.blobs.get(route.reference);
            if (!isBlobRead(request, route) || bytes === undefined) {
                return false;
            }
            response.writeHead(200).end(Buffer.concat([bytes, bytes]));
            return true;
        },
        code: "DIGEST_MISMATCH",
        says: /is longer than its \d+ bytes/,
    },
    {
        title: "the source hangs up in the middle of a blob, every time",
        at: "source",
        fault: breakOff,
        code: "NETWORK_ERROR",
        says: /the connection to 127\.0\.0\.1:\d+ failed/,
    },
    {
        title: "the source gives other bytes for a manifest",
        at: "source",
        fault: (request, response, route, tree) => {
            if (!isManifestRead(request, route)) {
                return false;
            }
            response.writeHead(200, { "content-type": tree.mediaType }).end(Buffer.from(`{"schemaVersion":2}`));
            return true;
        },
        code: "DIGEST_MISMATCH",
        says: /has the digest sha256:\w{64} where sha256:\w{64} was expected/,
    },
    {
        title: "the source fails for a manifest",
        at: "source",
        fault: (request, response, route) => isManifestRead(request, route) && refuse(response, 503, "UNAVAILABLE"),
        code: "SERVER_ERROR",
        says: /failed while we wanted to .*: try again later/,
    },
    {
        title: "the source's pull limit is used up",
        at: "source",
        fault: (request, response, route) => {
            if (!isManifestRead(request, route)) {
                return false;
            }
            response.setHeader("ratelimit-remaining", "0;w=21600");
            response.setHeader("ratelimit-limit", "100;w=21600");
            return refuse(response, 429, "TOOMANYREQUESTS", "You have reached your pull rate limit.");
        },
        code: "PULL_LIMIT",
        says: /the pull limit of 127\.0\.0\.1:\d+ is used up/i,
    },
];

let pushed = false;

interface Ran {
    readonly done: Reconciliation;
    readonly target: EmbeddedRegistry;
    readonly tree: ImageTree;
}

/** Carries `app`, whose requests meet the fault, and `other`, whose do not. */
async function carryWith(at: Row["at"], fault: Fault): Promise<Ran> {
    pushed = false;
    const tree = imageIndex({ layerBytes: 30_000 });
    let armed = false;
    const intercept: Intercept = (request, response, route) =>
        armed && route.repository.endsWith("acme/app") && fault(request, response, route, tree);
    const hub = await embedded(at === "source" ? { intercept } : {});
    const target = await embedded(at === "target" ? { intercept } : {});
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    await pushTree(hub.host, "acme/other", singleImage(), { tag: "1" });
    armed = true;
    const rest = { tags: ["1"], targets: ["ghcr"] };
    const images = {
        app: { source: `${hub.host}/acme/app`, ...rest },
        other: { source: `${hub.host}/acme/other`, ...rest },
    };
    const done = await sync(catalogFor({ hub, ghcr: target }, images), {
        environment: { retry: { attempts: 2, baseMs: 2 } },
    });
    armed = false;
    return { done, target, tree };
}

describe("a fault on one image's way", () => {
    it.each(rows)(
        "is one sentence, stops no other image and leaves no tag half done: $title",
        async ({ at, fault, code, says }) => {
            const { done, target } = await carryWith(at, fault);
            const [failure, ...more] = done.failures;
            expect(more).toEqual([]);
            expect(failure?.message).toMatch(/^could not carry app:1@ghcr: [^\n]+$/);
            expect(failure?.message).toMatch(says);
            expect(failure?.message).not.toMatch(/\bat .*\.[jt]s:\d+/);
            expect(failure?.code).toBe(code);
            expect(failure?.copy).toMatchObject({ image: "app", registry: "ghcr" });
            await resolveWholly(target.host, "mirror/acme/other", "1");
            expect(done.judged.find(({ image, role }) => image === "other" && role === "target")?.verdict).toBe(
                "consistent",
            );
            if ((await statusOf(target, "mirror/acme/app", "1")) === 200) {
                await resolveWholly(target.host, "mirror/acme/app", "1");
            }
        },
    );
});

describe("a fault that passes", () => {
    it("is got over: an upload that fails once, a source that hangs up once in each blob", async () => {
        const failed = new Set<string>();
        const once: Fault = (request, response, route) => {
            const key = `${request.method} ${route.kind} ${route.reference}`;
            if (!isBlobWrite(request, route) || failed.size > 1 || failed.has(key)) {
                return false;
            }
            failed.add(key);
            return refuse(response, 500, "UNKNOWN");
        };
        const uploaded = await carryWith("target", once);
        expect(uploaded.done.failures).toEqual([]);
        await resolveWholly(uploaded.target.host, "mirror/acme/app", "1");

        const broken = new Set<string>();
        const ranges: string[] = [];
        const hangUp: Fault = (request, response, route, tree) => {
            if (isBlobRead(request, route) && request.headers.range !== undefined) {
                ranges.push(request.headers.range);
            }
            if (broken.has(route.reference) || !isBlobRead(request, route)) {
                return false;
            }
            broken.add(route.reference);
            return breakOff(request, response, route, tree);
        };
        const resumed = await carryWith("source", hangUp);
        expect(resumed.done.failures).toEqual([]);
        await resolveWholly(resumed.target.host, "mirror/acme/app", "1");
        // What came before the break is not sent again.
        const [, bytes] = largest(resumed.tree);
        expect(ranges).toContain(`bytes=${bytes.length / 2 - ((bytes.length / 2) % 1)}-`);
    });
});
