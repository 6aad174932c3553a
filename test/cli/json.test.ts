import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KIND_NAMES } from "../../cli/workflow-kinds";
import { temporaryFolder } from "../support/embedded";
import { localGitHub } from "../support/github";
import { artifact, type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { start, transship } from "./command";
import { documentOf, SCHEMA, validate, validateStrictly } from "./documents";
import { mirrored, platformed, refusingPut, world } from "./world";

describe("--json", () => {
    it("is refused by the schema where something is missing or undescribed", () => {
        expect(validate({ schemaVersion: 1, command: "check", exitCode: 0 })).toBe(false);
        const document = { schemaVersion: 1, command: "check", exitCode: 2, error: { code: "USAGE", message: "m" } };
        expect(validate(document)).toBe(true);
        expect(validate({ ...document, more: 1 })).toBe(true);
        expect(validateStrictly({ ...document, more: 1 })).toBe(false);
    });

    it("tells of a subset what was chosen, what it was made of, and what the copy should show", async () => {
        const { run, source, vault } = await world({
            images: (host) => ({ vault: platformed(host, ["linux/amd64"]) }),
        });
        const index = imageIndex({ platforms: ["linux/amd64", "linux/arm64", "linux/386"] });
        await pushTree(source.host, "acme/vault", index, { tag: "1.18" });
        const planned = documentOf(await run(["sync", "--dry-run", "--json"]));
        expect(planned.carries).toEqual([expect.objectContaining({ digest: index.root, platforms: ["linux/amd64"] })]);
        const document = documentOf(await run(["sync", "--json"]));
        const [carried] = document.carries as Record<string, unknown>[];
        expect(carried).toMatchObject({ subsetOf: index.root, platforms: ["linux/amd64"], totalPlatforms: 3 });
        expect([index.root, vault.root]).not.toContain(carried?.digest);
        const checked = documentOf(await run(["check", "--json"]));
        expect(checked).toMatchObject({ exitCode: 0, outcome: "consistent", summary: { verdicts: { subset: 1 } } });
        expect((checked.copies as unknown[])[1]).toMatchObject({
            verdict: "subset",
            digest: carried?.digest,
            wanted: index.root,
            platforms: ["linux/amd64"],
            subset: carried?.digest,
        });
    });

    it("tells what a copy lacks below its tag, and what else was found", async () => {
        const { run, target, vault } = await world({
            images: (host) => ({ vault: { ...mirrored(`${host}/acme/vault`), critical: true } }),
        });
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        const [blob] = [...vault.blobs.keys()];
        await fetch(`http://${target.host}/v2/mirror/acme/vault/blobs/${blob}`, { method: "DELETE" });
        const document = documentOf(await run(["check", "--depth", "blobs", "--json"]));
        expect(document).toMatchObject({
            copies: [{ verdict: "consistent" }, { verdict: "missing", status: "present", lacking: [blob] }],
            findings: [{ code: "TOO_FEW_COPIES", severity: "drift", image: "vault", tag: "1.18" }],
        });
        expect(documentOf(await run(["sync", "--depth", "blobs", "--json"]))).toMatchObject({ findings: [] });
    });

    it("tells of a sparse index what is missing", async () => {
        const { run, source } = await world({ target: { allowMissing: true } });
        const index = imageIndex({ platforms: ["linux/amd64", "linux/arm64"] });
        await pushTree(source.host, "acme/vault", index, { tag: "1.18" });
        const gone = `http://${source.host}/v2/acme/vault/manifests/${index.manifests[1]?.digest}`;
        await fetch(gone, { method: "DELETE" });
        const document = documentOf(await run(["sync", "--json"]));
        expect((document.carries as unknown[])[0]).toMatchObject({ digest: index.root, missing: ["linux/arm64"] });
        expect((document.copies as unknown[])[1]).toMatchObject({ verdict: "subset", missing: ["linux/arm64"] });
        expect(documentOf(await run(["check", "--json"]))).toMatchObject({ summary: { verdicts: { subset: 1 } } });
    });

    it("tells check's verdict on each copy, its digest, the wanted one and the cost", async () => {
        const { run, source, target, vault } = await world({
            images: (host) => ({ vault: mirrored(`${host}/acme/vault`, ["1.18", "9.9"]) }),
        });
        const other = singleImage({ seed: "other" });
        await pushTree(target.host, "mirror/acme/vault", other, { tag: "1.18" });
        const document = documentOf(await run(["check", "--json"]));
        expect(document).toMatchObject({
            command: "check",
            environment: "default",
            upstream: "follow",
            outcome: "drift",
            // A HEAD for each copy, and a GET at each side of the two that differ.
            requests: { hub: 3, ghcr: 3 },
            summary: { images: 1, tags: 2, copies: 4, verdicts: { consistent: 1, different: 1 } },
        });
        expect(document.copies).toContainEqual({
            image: "vault",
            tag: "1.18",
            role: "target",
            registry: "ghcr",
            repository: "mirror/acme/vault",
            reference: "1.18",
            status: "present",
            verdict: "different",
            action: "refuse",
            reason: expect.stringMatching(/^the digest here was never ours; /),
            digest: other.root,
            mediaType: other.mediaType,
            size: other.manifests.at(-1)?.bytes.length,
            wanted: vault.root,
        });
        const [ghcr, hub] = document.registries as { latency: Record<string, number> }[];
        expect(hub).toMatchObject({ name: "hub", host: source.host, requests: 3, up: true, latency: { count: 3 } });
        const { median = 0, p95 = 0, max = 0 } = ghcr?.latency ?? {};
        expect([0 < median, median <= p95, p95 <= max]).toEqual([true, true, true]);
        await source.close();
        const unknown = documentOf(await run(["check", "--json"]));
        expect((unknown.registries as unknown[])[1]).toEqual(
            expect.not.objectContaining({ latency: expect.anything() }),
        );
        expect(unknown.copies).toContainEqual(
            expect.objectContaining({ status: "unknown", code: "CONNECTION_REFUSED" }),
        );
    });

    it("tells what sync would carry, carried and could not carry", async () => {
        const { run, vault } = await world({
            images: (host) => ({ vault: mirrored(`${host}/acme/vault`, ["1.18", "9.9"]) }),
        });
        const carry = {
            image: "vault",
            tag: "1.18",
            registry: "ghcr",
            repository: "mirror/acme/vault",
            reference: "1.18",
            digest: vault.root,
        };
        const planned = documentOf(await run(["sync", "--json", "--dry-run"]));
        expect(planned).toMatchObject({ dryRun: true, carries: [carry], recorded: 0, outcome: "drift" });
        const done = documentOf(await run(["sync", "--json"]));
        expect(done).toMatchObject({ dryRun: false, carries: [carry], recorded: 1, exitCode: 1 });
        expect(done.failures).toContainEqual(expect.objectContaining({ tag: "9.9", code: "SOURCE_MISSING" }));
    });

    it("tells what a pull limit lets through, before and after", async () => {
        const source = { pullLimit: { limit: 1 } };
        const { run, source: hub } = await world({ source });
        for (const args of [["check"], ["sync", "--dry-run"], ["sync"], ["sync"]]) {
            const { pulls } = documentOf(await run([...args, "--json"]));
            expect(pulls).toMatchObject([{ host: hub.host, limit: 1, windowSeconds: 21_600 }]);
        }
    });

    it("tells of a shard which it is, and of all of them what they say together", async () => {
        const { run, folder } = await world();
        const parts = [];
        for (const index of [1, 2]) {
            const ended = await run(["check", "--json", "--shard", `${index}/2`]);
            parts.push(documentOf(ended));
            writeFileSync(join(folder, `${index}.json`), ended.stdout);
        }
        expect(parts.map(({ shard }) => shard)).toEqual([1, 2].map((index) => ({ index, count: 2, images: 1 })));
        expect(parts.map(({ copies }) => (copies as unknown[]).length).sort()).toEqual([0, 2]);
        const merged = documentOf(await run(["report", "--json", "1.json", "2.json"]));
        expect(merged).toMatchObject({ command: "report", exitCode: 1, shards: { count: 2, missing: [] } });
        const half = documentOf(await run(["report", "--json", "1.json"]));
        expect(half).toMatchObject({ shards: { missing: [2] }, findings: [{ code: "SHARD_MISSING" }] });
    });

    it("tells each change of a lock", async () => {
        const { run, vault } = await world({
            images: (host) => ({ vault: mirrored(`${host}/acme/vault`, ["1.18", "9.9"]) }),
        });
        expect(documentOf(await run(["lock", "--json"])).changes).toEqual([
            { image: "vault", tag: "1.18", change: "added", digest: vault.root },
            { image: "vault", tag: "9.9", change: "missing", reason: "hub has no such tag" },
        ]);
    });

    it("tells where serve listens, as soon as it does", async () => {
        const root = await temporaryFolder();
        const { child, written, ended } = await start(["serve", "--json", "--port", "0", "--root", root]);
        await expect.poll(() => written.stdout, { timeout: 10_000 }).toMatch(/\n\}\n$/);
        child.kill("SIGINT");
        const document = documentOf(await ended);
        expect(document).toMatchObject({
            host: `127.0.0.1:${document.port}`,
            url: `http://127.0.0.1:${document.port}`,
        });
    });

    it("tells where the exporter's metrics are", async () => {
        const { folder, run } = await world();
        const flags = ["exporter", "--json", "--listen", "127.0.0.1:0", "--interval", "1h"];
        const { child, written, ended } = await start(flags, { cwd: folder });
        await expect.poll(() => written.stdout, { timeout: 10_000 }).toMatch(/\n\}\n$/);
        child.kill("SIGINT");
        const served = documentOf(await ended);
        const host = `127.0.0.1:${served.port}`;
        expect(served).toMatchObject({ url: `http://${host}`, host, interval: 3_600_000 });
        const once = documentOf(await run(["exporter", "--json", "--once", "--textfile", "x.prom"]));
        expect(once).toEqual({ schemaVersion: 1, command: "exporter", exitCode: 0, textfile: "x.prom" });
    });

    it("is a document for a mistake too, beside the sentence", async () => {
        const missing = await transship(["check", "--json", "-c", "nowhere.yaml"]);
        expect(documentOf(missing)).toMatchObject({
            command: "check",
            exitCode: 2,
            error: { code: "CATALOG_INVALID" },
        });
        expect(missing.stderr).toMatch(/^transship: .*nowhere\.yaml/);
        const busy = await transship(["serve", "--json", "--port", "x"]);
        expect(documentOf(busy)).toMatchObject({ command: "serve", error: { code: "USAGE" } });
    });

    it("tells what went along with an image, what did not, and what --referrers brought", async () => {
        let refused = "";
        const { run, source, vault } = await world({ target: { intercept: refusingPut(() => refused) } });
        const [bad, good, late] = [1, 2, 3].map(() => artifact({ subject: vault }));
        refused = bad?.root ?? "";
        await pushTree(source.host, "acme/vault", bad as ImageTree);
        await pushTree(source.host, "acme/vault", good as ImageTree);
        expect(documentOf(await run(["sync", "--json"]))).toMatchObject({
            exitCode: 0,
            carries: [{ image: "vault", referrers: 1 }],
            completed: [],
            warnings: [{ image: "vault", registry: "ghcr", code: "REFERRER_REFUSED" }],
            failures: [],
        });
        await pushTree(source.host, "acme/vault", late as ImageTree);
        expect(documentOf(await run(["sync", "--referrers", "--json"]))).toMatchObject({
            carries: [],
            completed: [{ image: "vault", tag: "1.18", registry: "ghcr", referrers: 1 }],
            warnings: [{ code: "REFERRER_REFUSED" }],
        });
    });

    it("tells where images can be pulled from, and what probes found", async () => {
        const { run, folder, target, vault } = await world();
        await pushTree(target.host, "mirror/acme/vault", vault, { tag: "1.18" });
        const probed = documentOf(await run(["probe", "--region", "eu", "--json", "--output", "eu.json"]));
        expect(probed).toMatchObject({ region: "eu", results: [{ registry: "ghcr" }, { registry: "hub" }] });
        expect(JSON.parse(readFileSync(join(folder, "eu.json"), "utf8"))).toEqual(probed);
        expect(documentOf(await run(["availability", "eu.json", "--json"]))).toMatchObject({
            summaries: [{ registry: "ghcr", ratio: 1 }, { registry: "hub" }],
        });
        const pinned = `${target.host}/mirror/acme/vault:1.18@${vault.root}`;
        expect(documentOf(await run(["sources", "--json", "--availability", "availability.json"]))).toMatchObject({
            outcome: "consistent",
            best: [{ region: "eu" }],
            images: [{ name: "vault", tags: [{ digest: vault.root, places: [{ role: "source" }, { pinned }] }] }],
        });
    });

    it("tells what workflow wrote, and what became of the issue", async () => {
        const { folder, run } = await world();
        expect(SCHEMA.definitions.workflow.properties.kind.enum).toEqual(KIND_NAMES);
        const kinds = [["proof"], ["mirror"], ["shards"], ["kubernetes"], ["regions", "--regions", "eu=ubuntu-24.04"]];
        for (const kind of kinds) {
            expect(documentOf(await run(["workflow", ...kind, "--json"]))).toMatchObject({
                kind: kind[0],
                status: "printed",
            });
        }
        expect(documentOf(await run(["workflow", "proof", "-o", "proof.yml", "--json"]))).toMatchObject({
            status: "written",
            file: "proof.yml",
        });
        writeFileSync(join(folder, "check.json"), (await run(["check", "--json"])).stdout);
        const github = await localGitHub();
        const told = documentOf(await run(["report", "check.json", "--github-issue", "--json"], { env: github.env() }));
        expect(told).toMatchObject({ outcome: "drift", issue: { action: "opened", number: 1 } });
    });

    it("tells each check of a diagnosis", async () => {
        const { run, target } = await world();
        expect(documentOf(await run(["doctor", "--json"]))).toMatchObject({ outcome: "well", registries: [{}, {}] });
        await target.close();
        expect(documentOf(await run(["doctor", "ghcr", "--json"]))).toMatchObject({
            exitCode: 1,
            outcome: "wrong",
            registries: [
                { name: "ghcr", checks: expect.arrayContaining([expect.objectContaining({ status: "wrong" })]) },
            ],
        });
    });
});
