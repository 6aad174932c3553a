import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { RegistryClient } from "../../core/registry";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embeddedForFile } from "../support/embedded";
import { type Fault, FaultProxy } from "../support/faults/fault-proxy";
import * as faults from "../support/faults/faults";
import type { RequestKind } from "../support/faults/request-kind";
import { VirtualClock } from "../support/faults/virtual-clock";
import { artifact, noise, pushTree, sha256, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";

/** How a request ends when the fault is met once, and when it is met always. */
type Row = readonly [fault: string, make: Fault, once: string, always: string];

const COMMON: readonly Row[] = [
    ["429", faults.answers(429, "TOOMANYREQUESTS"), "ok", "RATE_LIMITED"],
    [
        "429 with Retry-After",
        faults.answers(429, "TOOMANYREQUESTS", () => ({ "retry-after": "7" })),
        "ok",
        "RATE_LIMITED",
    ],
    ["500", faults.answers(500, "UNKNOWN"), "ok", "SERVER_ERROR"],
    ["502", faults.answers(502, "UNKNOWN"), "ok", "SERVER_ERROR"],
    ["503", faults.answers(503, "UNKNOWN"), "ok", "SERVER_ERROR"],
    ["reset before", faults.resetBefore, "ok", "NETWORK_ERROR"],
    ["reset inside", faults.resetInside, "ok", "NETWORK_ERROR"],
    ["truncated", faults.truncated, "ok", "NETWORK_ERROR"],
    ["length too long", faults.lengthTooLong, "ok", "NETWORK_ERROR"],
];
const READS: readonly Row[] = [
    ["reset after", faults.resetAfterwards, "ok", "ok"],
    ["redirect loop", faults.redirectLoop, "ok", "PROTOCOL_ERROR"],
    ["slow loris", faults.slowLoris, "ok", "TIMEOUT"],
];

const BLOB = noise("chunked", 300_000);
const CHUNK_BYTES = 100_000;

describeWith(["docker-registry"], "a fault in the way of one request", (programs) => {
    let registry: DockerRegistry;
    let embedded: { readonly host: string };
    let proxy: FaultProxy;
    let clock: VirtualClock;
    let uploads = 0;
    const subject = singleImage({ layers: 1 });
    const referrer = artifact({ subject });

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        embedded = await embeddedForFile();
        for (const { host } of [registry, embedded]) {
            await pushTree(host, "acme/app", subject, { tag: "1" });
            await pushTree(host, "acme/app", referrer);
        }
        return () => registry.close();
    });

    beforeEach(() => {
        clock = new VirtualClock();
    });

    afterEach(() => proxy.close());

    async function clientFor(upstream: string, idle: number): Promise<RegistryClient> {
        proxy = await FaultProxy.start({ upstream, now: clock.now });
        const settings = { name: "hub", host: proxy.host, kind: "distribution", insecure: true } as const;
        const { now, sleep } = clock;
        const retry = { attempts: 3, baseMs: 20, maxMs: 100 };
        return new RegistryClient(
            { ...settings, timeouts: { idle } },
            { env: {}, home: "/nonexistent", now, sleep, retry },
        );
    }

    /** Does the work, and says how it ended. */
    async function ending(work: () => Promise<void>): Promise<string> {
        try {
            await work();
            return "ok";
        } catch (error) {
            const { code, message } = error as { code?: string; message: string };
            expect(message).toMatch(/^[^\n]+\.$/);
            expect(message).toContain(proxy.host);
            expect(message).not.toMatch(/\bat .*\.[jt]s:\d/);
            return code ?? message;
        }
    }

    const kinds: readonly [RequestKind, "docker-registry" | "embedded", (client: RegistryClient) => Promise<void>][] = [
        [
            "get-tag",
            "docker-registry",
            async (client) => expect((await client.getManifest("acme/app", "1")).digest).toBe(subject.root),
        ],
        [
            "tags",
            "docker-registry",
            async (client) => expect(await collect(client.listTags("acme/app"))).toEqual(["1"]),
        ],
        [
            "referrers",
            "embedded",
            async (client) => {
                const found = await client.referrers("acme/app", subject.root);
                expect(found.map(({ digest }) => digest)).toEqual([referrer.root]);
            },
        ],
    ];
    // A redirect of the referrers API is not followed by design: ghcr's leads away, and the fallback tag answers.
    const reads = kinds.flatMap(([kind, where, work]) =>
        [...COMMON, ...READS]
            .filter(([fault]) => kind !== "referrers" || fault !== "redirect loop")
            .map((row) => ({ kind, where, work, row })),
    );

    for (const { kind, where, work, row } of reads) {
        const [fault, make, once, always] = row;
        it(`${kind}, ${fault}: ${once} once, ${always} always`, async () => {
            for (const [times, code] of [
                [1, once],
                [Number.POSITIVE_INFINITY, always],
            ] as const) {
                const upstream = where === "embedded" ? embedded.host : registry.host;
                const client = await clientFor(upstream, fault === "slow loris" ? 300 : 2000);
                proxy.arm({ match: kind, fault: make, times });
                expect(await ending(() => work(client))).toBe(code);
                expect(proxy.injected).toBeGreaterThan(0);
                await client.close();
                if (times === 1) {
                    await proxy.close();
                }
            }
        });
    }

    const written: readonly Row[] = [
        ...COMMON,
        ["reset after", faults.resetAfterwards, "ok", "NETWORK_ERROR"],
        ["session lost", faults.sessionLost, "ok", "PROTOCOL_ERROR"],
        ["flipped byte", faults.flipped, "DIGEST_MISMATCH", "DIGEST_MISMATCH"],
        ["redirect loop", faults.redirectLoop, "PROTOCOL_ERROR", "PROTOCOL_ERROR"],
    ];

    describe.each<RequestKind>(["send-chunk", "finish-upload"])("of an upload in chunks: %s", (kind) => {
        // The PUT that ends it has no bytes to flip.
        it.each(written.filter(([fault]) => kind === "send-chunk" || fault !== "flipped byte"))(
            "%s",
            async (_, fault, once, always) => {
                for (const [times, code] of [
                    [1, once],
                    [Number.POSITIVE_INFINITY, always],
                ] as const) {
                    uploads += 1;
                    const client = await clientFor(registry.host, 2000);
                    proxy.arm({ match: kind, fault, times, skip: kind === "send-chunk" ? 1 : 0 });
                    const repository = `acme/upload-${uploads}`;
                    const ended = await ending(() => upload(client, repository));
                    expect(proxy.injected).toBeGreaterThan(0);
                    // Where every chunk breaks, what the registry says of its session may come first; an answer that was
                    // lost is no failure where the registry can be asked what it has.
                    expect(code === "ok" ? ["ok"] : [code, "ok", "PROTOCOL_ERROR"]).toContain(ended);
                    const there = await fetch(`http://${registry.host}/v2/${repository}/blobs/${sha256(BLOB)}`);
                    expect(there.status === 200 || ended !== "ok").toBe(true);
                    if (there.status === 200) {
                        expect(sha256(Buffer.from(await there.arrayBuffer()))).toBe(sha256(BLOB));
                    }
                    await client.close();
                    if (times === 1) {
                        await proxy.close();
                    }
                }
            },
        );
    });

    it.each<[string, Fault]>([
        ["404", faults.answers(404, "BLOB_UPLOAD_UNKNOWN")],
        ["reset before", faults.resetBefore],
        ["500", faults.answers(500, "UNKNOWN")],
    ])("a mount that fails once (%s) is tried again or becomes an upload", async (_, fault) => {
        uploads += 1;
        const client = await clientFor(registry.host, 2000);
        await upload(client, "acme/mountable");
        proxy.arm({ match: "mount", fault, times: 1 });
        expect(await ending(() => upload(client, `acme/upload-${uploads}`, ["acme/mountable"]))).toBe("ok");
        expect(proxy.injected).toBe(1);
        await client.close();
    });
});

async function upload(client: RegistryClient, repository: string, mountFrom: string[] = []): Promise<void> {
    const blob = { digest: sha256(BLOB), size: BLOB.length };
    const source = async (offset: number) => pieces(BLOB.subarray(offset));
    await client.uploadBlob(repository, blob, source, { chunkBytes: CHUNK_BYTES, mountFrom });
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 16_384) {
        yield bytes.subarray(at, at + 16_384);
    }
}

async function collect(tags: AsyncIterable<string>): Promise<string[]> {
    const all: string[] = [];
    for await (const tag of tags) {
        all.push(tag);
    }
    return all;
}
