import { describe, expect, it } from "vitest";
import type { Catalog, CatalogImage, Lock, Phase, Policy, Upstream } from "../../core/catalog";
import { copiesOfImage } from "../../core/catalog";
import {
    type CircumstanceOptions,
    type CopyState,
    circumstancesOf,
    isDrift,
    type JudgedCopy,
    judge,
    plan,
} from "../../core/mirror";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;
const C = `sha256:${"c".repeat(64)}`;
const STATES: Record<string, CopyState> = {
    A: present(A),
    B: present(B),
    C: present(C),
    gone: { status: "missing" },
    down: { status: "unknown", code: "SERVER_ERROR", message: "the registry answers 503" },
};

function present(digest: string): CopyState {
    return { status: "present", digest, mediaType: "application/vnd.oci.image.index.v1+json", size: 100 };
}

interface Row {
    readonly title: string;
    readonly policy?: Policy;
    readonly phase?: Phase;
    readonly upstream?: Upstream;
    readonly promoteFrom?: string;
    /** What the lock says: the digest, then its history. */
    readonly lock?: readonly string[];
    /** What was ours before, beside the lock. */
    readonly history?: readonly string[];
    readonly overwrite?: boolean;
    readonly carried?: boolean;
    /** State at the source (absent after a cut-over), then at each target. */
    readonly seen: readonly string[];
    /** `verdict/action` of each, in the same order. */
    readonly expected: readonly string[];
}

const rows: Row[] = [
    { title: "equal copies are consistent", seen: ["A", "A"], expected: ["consistent/none", "consistent/none"] },
    { title: "a copy never made is work", seen: ["A", "gone"], expected: ["consistent/none", "pending/carry"] },
    {
        title: "a copy that was made and is gone is drift",
        carried: true,
        seen: ["A", "gone"],
        expected: ["consistent/none", "missing/carry"],
    },
    {
        title: "an old digest of ours is replaced",
        history: [B],
        seen: ["A", "B"],
        expected: ["consistent/none", "stale/carry"],
    },
    {
        title: "a digest in the lock's history is replaced",
        lock: [A, B],
        seen: ["A", "B"],
        expected: ["consistent/none", "stale/carry"],
    },
    {
        title: "a stranger's digest is left alone",
        lock: [A],
        seen: ["A", "C"],
        expected: ["consistent/none", "different/refuse"],
    },
    {
        title: "a stranger's digest is left alone on a first run, too",
        seen: ["A", "C"],
        expected: ["consistent/none", "different/refuse"],
    },
    {
        title: "a stranger's digest goes when the user says overwrite",
        overwrite: true,
        seen: ["A", "C"],
        expected: ["consistent/none", "different/carry"],
    },
    {
        title: "a target that cannot be asked is unknown, not drift",
        seen: ["A", "down"],
        expected: ["consistent/none", "unknown/none"],
    },
    {
        title: "a source that cannot be asked leaves its targets unjudged",
        seen: ["down", "A"],
        expected: ["unknown/none", "unknown/none"],
    },
    {
        title: "a lost copy is proven lost though the source is down",
        carried: true,
        seen: ["down", "gone"],
        expected: ["unknown/none", "missing/impossible"],
    },
    {
        title: "a tag that its source never had cannot be carried",
        seen: ["gone", "gone"],
        expected: ["missing/impossible", "pending/impossible"],
    },
    {
        title: "a source that lost its tag leaves the last carried digest as the wish",
        history: [A],
        seen: ["gone", "A", "gone"],
        expected: ["missing/impossible", "consistent/none", "pending/carry"],
    },
    {
        title: "following, a moved source makes its targets stale",
        history: [A],
        seen: ["B", "A"],
        expected: ["consistent/none", "stale/carry"],
    },
    {
        title: "locked, a moved upstream is news",
        upstream: "locked",
        lock: [A],
        seen: ["B", "A"],
        expected: ["moved-upstream/none", "consistent/none"],
    },
    {
        title: "locked, an upstream that is gone is news",
        upstream: "locked",
        lock: [A],
        seen: ["gone", "A"],
        expected: ["moved-upstream/none", "consistent/none"],
    },
    {
        title: "locked, a target on the new upstream digest was never ours",
        upstream: "locked",
        lock: [A],
        seen: ["B", "B"],
        expected: ["moved-upstream/none", "different/refuse"],
    },
    {
        title: "locked, a source that is down hinders no judgement of the targets",
        upstream: "locked",
        lock: [A],
        seen: ["down", "A"],
        expected: ["unknown/none", "consistent/none"],
    },
    {
        title: "locked without an entry, the first carry decides",
        upstream: "locked",
        seen: ["A", "gone"],
        expected: ["consistent/none", "pending/carry"],
    },
    {
        title: "locked with promoteFrom, a tag without an entry waits",
        upstream: "locked",
        promoteFrom: "dev",
        seen: ["A", "gone"],
        expected: ["consistent/none", "waiting/none"],
    },
    {
        title: "dual, locked: the source is a copy like the others",
        policy: "dual",
        upstream: "locked",
        lock: [A],
        seen: ["B", "A"],
        expected: ["locked-mismatch/impossible", "consistent/none"],
    },
    {
        title: "dual, following: any copy that differs is drift",
        policy: "dual",
        history: [B],
        seen: ["A", "B"],
        expected: ["consistent/none", "stale/carry"],
    },
    { title: "keep: what is there is well", policy: "keep", seen: ["A"], expected: ["consistent/none"] },
    { title: "keep: only a proven 404 is drift", policy: "keep", seen: ["gone"], expected: ["missing/impossible"] },
    { title: "keep: an outage is unknown", policy: "keep", seen: ["down"], expected: ["unknown/none"] },
    {
        title: "keep, locked: another digest than the locked one is drift",
        policy: "keep",
        upstream: "locked",
        lock: [A],
        seen: ["B"],
        expected: ["locked-mismatch/impossible"],
    },
    {
        title: "keep waits for no promotion",
        policy: "keep",
        upstream: "locked",
        promoteFrom: "dev",
        seen: ["A"],
        expected: ["consistent/none"],
    },
    {
        title: "migrate, copying, locked: the old home may move on",
        policy: "migrate",
        phase: "copying",
        upstream: "locked",
        lock: [A],
        seen: ["B", "A"],
        expected: ["moved-upstream/none", "consistent/none"],
    },
    {
        title: "migrate, cut over: the first target is the authority and the source is not asked",
        policy: "migrate",
        phase: "cut-over",
        history: [B],
        seen: ["A", "B"],
        expected: ["consistent/none", "stale/carry"],
    },
    {
        title: "migrate, cut over: the authority may move on its own",
        policy: "migrate",
        phase: "cut-over",
        history: [A],
        seen: ["B", "A"],
        expected: ["consistent/none", "stale/carry"],
    },
    {
        title: "migrate, cut over, locked: the authority is held to the lock",
        policy: "migrate",
        phase: "cut-over",
        upstream: "locked",
        lock: [A, B],
        seen: ["B", "A"],
        expected: ["stale/carry", "consistent/none"],
    },
    {
        title: "a target with nothing to hold it to is unknown",
        policy: "mirror",
        seen: ["gone", "A"],
        expected: ["missing/impossible", "unknown/none"],
    },
];

describe("the judgement of one tag", () => {
    it.each(rows)("$title", (row) => {
        const judged = judgeRow(row);
        expect(judged.map(({ verdict, action }) => `${verdict}/${action}`)).toEqual(row.expected);
    });

    it.each(rows)("never calls what could not be asked drift or consistent: $title", (row) => {
        for (const copy of judgeRow(row)) {
            if (copy.state.status === "unknown") {
                expect(copy.verdict).toBe("unknown");
                expect(isDrift(copy.verdict)).toBe(false);
            }
        }
    });

    it.each(rows)("never plans to write to a source: $title", (row) => {
        const { catalog } = worldOf(row);
        for (const task of plan(catalog, judgeRow(row))) {
            expect(task.to.role).toBe("target");
            expect(task.from.length).toBeGreaterThan(0);
        }
    });
});

describe("a replaced digest", () => {
    it("is kept for a roll-back when it was ours", () => {
        const [, target] = judgeRow({ title: "", lock: [A, B], seen: ["A", "B"], expected: [] });
        expect(target?.keeps).toBe(B);
    });

    it("is not kept when it was a stranger's", () => {
        const [, target] = judgeRow({ title: "", overwrite: true, seen: ["A", "C"], expected: [] });
        expect(target?.keeps).toBeUndefined();
    });
});

describe("the plan", () => {
    it("reads from the target's own registry first, then from another copy of ours, then from the source", () => {
        const row: Row = { title: "", history: [B], seen: ["A", "A", "gone"], expected: [] };
        const { catalog } = worldOf(row);
        const [task] = plan(catalog, judgeRow(row));
        expect(task?.from.map(({ registry }) => registry)).toEqual(["t1", "hub"]);
    });

    it("falls back to the source by digest when its tag has moved", () => {
        const row: Row = { title: "", upstream: "locked", lock: [A], seen: ["B", "gone"], expected: [] };
        const { catalog } = worldOf(row);
        expect(plan(catalog, judgeRow(row))[0]).toMatchObject({ digest: A, from: [{ registry: "hub" }] });
    });
});

function judgeRow(row: Row): JudgedCopy[] {
    const { catalog, image, options } = worldOf(row);
    const copies = copiesOfImage(image).map((copy, index) => ({ ...copy, state: stateOf(row.seen[index]) }));
    expect(copies).toHaveLength(row.seen.length);
    return judge(catalog, { copies }, circumstancesOf(catalog, options));
}

function stateOf(name: string | undefined): CopyState {
    const state = STATES[name ?? ""];
    if (state === undefined) {
        throw new Error(`no state ${name}`);
    }
    return state;
}

function worldOf(row: Row): { catalog: Catalog; image: CatalogImage; options: CircumstanceOptions } {
    const policy = row.policy ?? "mirror";
    const targets = row.seen.length - (row.phase === "cut-over" ? 0 : 1);
    const image: CatalogImage = {
        name: "app",
        policy,
        ...(policy === "migrate" ? { phase: row.phase ?? "copying" } : {}),
        source: { registry: "hub", repository: "acme/app" },
        tags: ["1"],
        targets: Array.from({ length: targets }, (_, index) => ({
            registry: `t${index + 1}`,
            repository: "mirror/acme/app",
            tags: [{ from: "1", to: "1" }],
        })),
        platforms: "all",
        referrers: true,
        foreignLayers: "skip",
        wave: 0,
        critical: false,
    };
    const catalog: Catalog = {
        version: 1,
        environment: "test",
        upstream: row.upstream ?? "follow",
        onForeignDigest: row.overwrite === true ? "overwrite" : "refuse",
        ...(row.promoteFrom === undefined ? {} : { promoteFrom: row.promoteFrom }),
        registries: {},
        images: { app: image },
        lock: lockOf(row.lock),
        promotedLock: {},
        digest: "",
    };
    const options = { history: [lockOf(row.history)], carried: () => row.carried === true };
    return { catalog, image, options };
}

function lockOf(digests: readonly string[] | undefined): Lock {
    const [digest, ...history] = digests ?? [];
    return digest === undefined ? {} : { app: { "1": { digest, history } } };
}
