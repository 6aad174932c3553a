import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Copier } from "../../bench/copy/copier";
import { pairsOf } from "../../bench/copy/copier";
import { type Errand, runCounted, runTimed } from "../../bench/copy/run";
import { scenarios } from "../../bench/copy/scenario";
import { CopySite } from "../../bench/copy/site";
import { embeddedRegistry } from "../../bench/servers/embedded";
import { ForwardProxy } from "../../bench/servers/forward-proxy";
import { describeWith } from "../support/require-program";

/** A tool that says it has done its work and has not. */
const idle: Copier = {
    title: "idle",
    version: "1",
    settings: "none",
    prepare: async ({ directory }) => ({ program: "true", args: [], cwd: directory, env: {} }),
};

describe("What is carried", () => {
    it("is the same again, and in the shared case for the most part the same", () => {
        for (const { images } of scenarios(true)) {
            const digests = images.map(({ build }) => build().root);
            expect(images.map(({ build }) => build().root)).toEqual(digests);
            expect(new Set(digests).size).toBe(images.length);
        }
        const shared = scenarios(true)[3]?.images.map(({ build }) => [...build().blobs.keys()]) ?? [];
        // Of ten layers and a config three differ.
        expect(new Set(shared.flat()).size).toBe(8 + 3 * shared.length);
    });
});

describe("A run of the copy benchmark", () => {
    let directory: string;
    let site: CopySite;
    let proxies: ForwardProxy[];
    const errand = (copier: Copier): Errand => ({ copier, images: site.images, site, way: { delayMs: 0 } });

    beforeAll(async () => {
        directory = await mkdtemp(join(tmpdir(), "transship-copy-bench-"));
        proxies = [await ForwardProxy.start(), await ForwardProxy.start()];
        const [small] = scenarios(true);
        if (small !== undefined) {
            site = await CopySite.open(small, embeddedRegistry, proxies, directory);
        }
    });

    afterAll(async () => {
        await site?.close();
        await Promise.all(proxies.map((proxy) => proxy.close()));
        await rm(directory, { recursive: true, force: true });
    });

    it("is refused where a tool did not do its work", async () => {
        await expect(runTimed(errand(idle))).rejects.toThrow(
            "idle did not do its work: 4 of 4 images differ at a target: image-00",
        );
    });

    it("is refused where a tool fails", async () => {
        const failing = { ...idle, prepare: async () => ({ ...(await idle.prepare(job())), program: "false" }) };
        await expect(runTimed(errand(failing))).rejects.toThrow("idle (none) ended with exit code 1");
    });

    const job = () => ({ directory, source: "s", targets: ["t"], images: [] });

    it("names every copy by both its references", () => {
        const pairs = pairsOf({ ...job(), targets: ["t", "u"], images: [{ name: "one", digest: "" }] });
        expect(pairs).toEqual([
            { from: "s/bench/one:1.0", to: "t/mirror/bench/one:1.0" },
            { from: "s/bench/one:1.0", to: "u/mirror/bench/one:1.0" },
        ]);
    });

    describeWith(["skopeo"], "with a real tool", ({ skopeo }) => {
        it("finds an empty target each time, and counts what passes both servers", async () => {
            const copier: Copier = {
                ...idle,
                title: "skopeo",
                async prepare(given) {
                    const copies = pairsOf(given).map(
                        ({ from, to }) =>
                            `${skopeo} --insecure-policy copy -q --all --src-tls-verify=false --dest-tls-verify=false docker://${from} docker://${to}`,
                    );
                    const env = { PATH: process.env.PATH ?? "", HOME: given.directory };
                    return { program: "sh", args: ["-ec", copies.join("\n")], cwd: given.directory, env };
                },
            };
            const first = await runCounted(errand(copier));
            const second = await runCounted(errand(copier));
            expect(second.traffic.requests).toEqual(first.traffic.requests);
            expect(first.traffic.requests).toMatchObject({ "PUT manifest": 12, "PUT upload": 24 });
            expect(first.traffic.sourceBytes).toBeGreaterThan(4 * 4 * 8_000);
            expect(first.traffic.targetBytes).toBeGreaterThan(4 * 4 * 8_000);
            expect((await runTimed(errand(copier))).cost.wallMs).toBeGreaterThan(0);
        });
    });
});
