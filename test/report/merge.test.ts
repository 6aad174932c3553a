import { describe, expect, it } from "vitest";
import type { Finding } from "../../core/mirror";
import { judgedFromDocument, judgementDocument, type RunDocument } from "../../core/report";
import { mergeRuns, type NamedRun, type ReadRuns, readRuns } from "../../core/report/merge";
import { copy, EVERY_VERDICT, present } from "./judged";

const CATALOG = `sha256:${"c".repeat(64)}`;

function run(judged: Parameters<typeof judgementDocument>[0], over: Partial<RunDocument> = {}): RunDocument {
    return {
        environment: "prod",
        upstream: "follow",
        catalog: CATALOG,
        ...judgementDocument(judged, { selected: {}, failures: [] }),
        requests: { hub: 1 },
        pulls: [],
        registries: [],
        timelines: [],
        at: "2026-11-22T10:00:00.000Z",
        ...over,
    };
}

function named(...runs: readonly RunDocument[]): NamedRun[] {
    return runs.map((one, index) => ({ name: `part-${index + 1}.json`, run: one }));
}

function merged(...runs: readonly RunDocument[]): RunDocument {
    const result = mergeRuns(named(...runs));
    expect(result.problem).toBeUndefined();
    return (result as { run: RunDocument }).run;
}

const shard = (index: number, image: string, over: Partial<RunDocument> = {}): RunDocument =>
    run([copy({ image, role: "source" }), copy({ image })], { shard: { index, count: 3, images: 3 }, ...over });

describe("documents of several runs", () => {
    it("of one run are that run", () => {
        const one = run(EVERY_VERDICT);
        expect(merged(one)).toEqual(one);
    });

    it("of all shards are the whole: copies, counts, requests; as old as the oldest of them", () => {
        const whole = merged(
            shard(3, "c", { at: "2026-11-22T10:00:09.000Z" }),
            shard(1, "a"),
            shard(2, "b", { requests: { hub: 2, ghcr: 1 } }),
        );
        expect(whole.copies.map(({ image }) => image)).toEqual(["a", "a", "b", "b", "c", "c"]);
        expect(whole).toMatchObject({
            outcome: "consistent",
            summary: { images: 3, tags: 3, copies: 6, verdicts: { consistent: 6 } },
            requests: { hub: 4, ghcr: 1 },
            at: "2026-11-22T10:00:00.000Z",
            shards: { count: 3, images: 3, missing: [] },
            findings: [],
        });
        expect(whole.shard).toBeUndefined();
    });

    it("never look consistent while a shard is missing", () => {
        const most = merged(shard(1, "a"), shard(3, "c"));
        expect(most).toMatchObject({ outcome: "unknown", shards: { missing: [2] } });
        const message = expect.stringContaining("1 of 3 shards is missing (2/3): ");
        expect(most.findings).toEqual([{ code: "SHARD_MISSING", severity: "unknown", image: "*", tag: "*", message }]);
        // What was merged merges again, and what came later is no longer missing.
        expect(merged(most, shard(2, "b"))).toMatchObject({
            outcome: "consistent",
            shards: { missing: [] },
            findings: [],
        });
        const drifted = run([copy({ image: "c", verdict: "different", state: present("b") })], {
            shard: { index: 3, count: 3, images: 3 },
        });
        expect(merged(shard(1, "a"), drifted).outcome).toBe("drift");
    });

    it("of one shard that ran twice: the later one counts, copies, findings, costs and all", () => {
        const finding: Finding = { code: "NOT_PUBLIC", severity: "drift", image: "a", tag: "1", message: "m" };
        const early = shard(1, "a", { findings: [finding], at: "2026-11-22T09:00:00.000Z" });
        const both = merged(shard(1, "a"), early, shard(2, "b"), shard(3, "c"));
        expect(both).toMatchObject({ outcome: "consistent", findings: [], requests: { hub: 3 } });
        expect(both.copies).toHaveLength(6);
    });

    it("of the same image at two times: never copies of both side by side", () => {
        const before = run([copy({ tag: "1" }), copy({ tag: "2" }), copy({ image: "z" })]);
        const after = run([copy({ tag: "2", verdict: "different", state: present("b") })], {
            at: "2026-11-22T11:00:00.000Z",
        });
        for (const both of [merged(before, after), merged(after, before)]) {
            expect(both.copies.map(({ image, tag, verdict }) => `${image}:${tag} ${verdict}`)).toEqual([
                "vault:2 different",
                "z:1 consistent",
            ]);
        }
    });

    it("keep what selectors could not decide, and count it", () => {
        const problem = {
            status: "empty",
            registry: "hub",
            repository: "acme/a",
            code: "NOTHING_SELECTED",
            message: "m",
        };
        const open = run([], {
            shard: { index: 1, count: 3, images: 3 },
            selections: [{ image: "a", tags: [], problems: [problem as never] }],
        });
        expect(merged(open, shard(2, "b"), shard(3, "c"))).toMatchObject({
            outcome: "drift",
            selections: [{ image: "a", problems: [{ code: "NOTHING_SELECTED" }] }],
        });
    });

    it("say how registries answered: counts and greatest exactly, the median of medians, the account with least left", () => {
        const registry = { name: "ghcr", host: "ghcr.io", kind: "ghcr", requests: 10 };
        const pulls = { host: "docker.io", registries: ["hub"], limit: 100, windowSeconds: 21600, keeps: 0 };
        const whole = merged(
            shard(1, "a", {
                registries: [{ ...registry, up: false, latency: { count: 90, median: 20, p95: 40, max: 50 } }],
                pulls: [{ ...pulls, remaining: 90 }],
            }),
            shard(2, "b", {
                registries: [{ ...registry, up: true, latency: { count: 10, median: 80, p95: 90, max: 400 } }],
                pulls: [{ ...pulls, registries: ["hub", "hub2"], remaining: 70 }],
            }),
            shard(3, "c", { registries: [registry] }),
        );
        expect(whole.registries).toEqual([
            { ...registry, requests: 30, up: true, latency: { count: 100, median: 20, p95: 90, max: 400 } },
        ]);
        expect(whole.pulls).toEqual([{ ...pulls, registries: ["hub", "hub2"], remaining: 70 }]);
    });

    it.each([
        [
            "two environments",
            { environment: "dev" },
            /part-1\.json and part-2\.json are of two environments, "prod" and "dev"/,
        ],
        ["two catalogues", { catalog: `sha256:${"d".repeat(64)}` }, /made of two catalogues/],
        [
            "two ways of cutting",
            { shard: { index: 2, count: 4, images: 3 } },
            /one is a shard of 3, the other a shard of 4/,
        ],
        ["a shard and a whole", { shard: undefined }, /one is a shard of 3, the other of no shard/],
        [
            "different choices of images",
            { shard: { index: 2, count: 3, images: 9 } },
            /different choices of images \(3 and 9\)/,
        ],
    ] as const)("are refused where they are of %s", (_, over, sentence) => {
        const { problem } = mergeRuns(named(shard(1, "a"), shard(2, "b", over)));
        expect(problem).toMatch(sentence);
    });

    it("with runs that failed are unknown at best, and tell which", () => {
        const result = mergeRuns(named(run([copy()])), [
            { text: "x.json is of a run that ended", message: "m", exitCode: 2 },
        ]) as {
            run: RunDocument;
        };
        expect(result.run).toMatchObject({ outcome: "unknown", findings: [{ code: "RUN_FAILED" }] });
    });
});

describe("a document's copies", () => {
    it("are shown as the run itself showed them", () => {
        const { copies } = judgementDocument(EVERY_VERDICT, { selected: {}, failures: [] });
        expect(judgementDocument(copies.map(judgedFromDocument), { selected: {}, failures: [] }).copies).toEqual(
            copies,
        );
    });
});

describe("reading documents", () => {
    const document = { schemaVersion: 1, command: "check", exitCode: 0, ...run([copy()]) };
    const log = [
        "transship: nothing is proven wrong, but not every registry could be asked.",
        JSON.stringify(document, undefined, 2),
        JSON.stringify(
            { schemaVersion: 1, command: "check", exitCode: 2, error: { code: "USAGE", message: "no." } },
            undefined,
            2,
        ),
        JSON.stringify(document, undefined, 2),
        JSON.stringify(document, undefined, 2).slice(0, 200),
    ].join("\n");

    it("takes them out of a log with several, and lets be what was cut off", () => {
        const read = readRuns("log", log);
        const text = "log is of a run that ended with exit code 2 and tells of no copy: no.";
        expect(read).toMatchObject({ runs: [{ run: { catalog: CATALOG } }, {}], failed: [{ text }] });
    });

    it("makes findings of what a sync could not carry, so that the whole is no better", () => {
        const failure = {
            image: "vault",
            tag: "1",
            registry: "ghcr",
            repository: "r",
            reference: "1",
            code: "DENIED",
            message: "m",
        };
        const sync = {
            ...document,
            command: "sync",
            failures: [failure],
            warnings: [{ ...failure, code: "REFERRER_REFUSED" }],
        };
        const { runs } = readRuns("sync", JSON.stringify(sync)) as Extract<ReadRuns, { runs: unknown }>;
        expect(mergeRuns(runs)).toMatchObject({
            run: { outcome: "drift", findings: [{ code: "DENIED", severity: "drift" }, { severity: "warning" }] },
        });
    });

    it.each([
        ["{}", /x\.json is no document of "transship check --json": "\w+" is undefined/],
        ["", /x\.json holds no whole document/],
        ["[1]", /x\.json is no document/],
        [JSON.stringify({ ...document, schemaVersion: 2 }), /"schemaVersion" is 2, and should be 1/],
        [
            JSON.stringify({ ...document, command: "lock" }),
            /"command" is "lock", and should be \("check" \| "sync" \| "report"\)/,
        ],
        [
            JSON.stringify({ ...document, copies: [{ ...document.copies[0], verdict: "odd" }] }),
            /"copies\.0\.verdict" is "odd"/,
        ],
        [JSON.stringify({ ...document, at: "yesterday" }), /"at" is "yesterday"/],
    ])("refuses what is none: %s", (text, sentence) => {
        expect(readRuns("x.json", text).problem).toMatch(sentence);
    });
});
