import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Lock, type LockEntry, listCopies, type Upstream } from "../../core/catalog";
import {
    type CircumstanceOptions,
    type Comparison,
    ContentComparer,
    type CopyState,
    circumstancesOf,
    inspect,
    isDrift,
    isWell,
    judge,
    look,
    reconcile,
    type Verdict,
} from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { VERDICT_ORDER } from "../../core/report";
import { type DockerRegistry, type DockerRegistryOptions, startDockerRegistry } from "../support/docker-registry";
import { embedded } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor } from "./world";

const [A, B, C] = ["a", "b", "c"].map((digit) => `sha256:${digit.repeat(64)}`) as [string, string, string];
const present = (digest: string): CopyState => ({ status: "present", digest, mediaType: "", size: 1 });
const [GONE, DOWN]: CopyState[] = [{ status: "missing" }, { status: "unknown", code: "DENIED", message: "it says no" }];
const told = (same: boolean | undefined, words: string): Comparison => ({
    digest: C,
    wanted: A,
    words,
    ...(same === undefined ? {} : { same }),
});

interface Row {
    readonly verdict: Verdict;
    readonly of?: "source" | "target";
    readonly policy?: string;
    readonly upstream?: Upstream;
    readonly promoteFrom?: string;
    readonly entry?: LockEntry;
    readonly carried?: boolean;
    readonly source?: CopyState;
    readonly target?: CopyState;
    readonly comparison?: Comparison;
    readonly lacks?: true;
    readonly action: string;
    readonly reason: RegExp;
}

/** The source shows A unless it says otherwise. */
const rows: readonly Row[] = [
    { verdict: "consistent", target: present(A), action: "none", reason: /same digest/ },
    {
        verdict: "subset",
        target: present(B),
        entry: { digest: A, subset: { digest: B, platforms: ["linux/amd64"] } },
        action: "none",
        reason: /fewer platforms: linux\/amd64/,
    },
    { verdict: "pending", target: GONE, carried: false, action: "carry", reason: /never carried/ },
    {
        verdict: "waiting",
        target: GONE,
        upstream: "locked",
        promoteFrom: "dev",
        action: "none",
        reason: /"dev" has not proven/,
    },
    { verdict: "missing", target: GONE, carried: true, action: "carry", reason: /the copy is gone/ },
    {
        verdict: "missing",
        target: present(A),
        lacks: true,
        action: "carry",
        reason: /the tag is there, but 1 of its 2 blobs is not/,
    },
    { verdict: "missing", of: "source", source: GONE, target: GONE, action: "impossible", reason: /no such tag/ },
    {
        verdict: "missing",
        of: "source",
        target: present(A),
        lacks: true,
        action: "impossible",
        reason: /but 1 of its 2 blobs/,
    },
    { verdict: "different", target: present(C), action: "refuse", reason: /^the digest here was never ours$/ },
    {
        verdict: "different",
        target: present(C),
        comparison: told(false, "it has other layers"),
        action: "refuse",
        reason: /never ours; it has other layers/,
    },
    {
        verdict: "different",
        target: present(C),
        comparison: told(undefined, "its content could not be compared"),
        action: "refuse",
        reason: /could not be compared/,
    },
    {
        verdict: "stale",
        target: present(B),
        entry: { digest: A, history: [B], since: "2026-11-02T00:00:00Z" },
        action: "carry",
        reason: /the source had this digest before; it was locked until 2026-11-02$/,
    },
    {
        verdict: "stale",
        target: present(B),
        entry: { digest: B },
        action: "carry",
        reason: /the source had this digest before$/,
    },
    {
        verdict: "stale",
        target: present(B),
        upstream: "locked",
        entry: { digest: A, history: [B] },
        action: "carry",
        reason: /the lock had this digest before$/,
    },
    {
        verdict: "stale",
        target: present(B),
        entry: { digest: A, olderSubsets: [B] },
        action: "carry",
        reason: /a subset of a digest that the source had before/,
    },
    {
        verdict: "same-content",
        target: present(C),
        comparison: told(true, "the same config and layers"),
        action: "carry",
        reason: /the same config and layers/,
    },
    {
        verdict: "different",
        target: present(C),
        comparison: { ...told(true, "of another pair"), wanted: B },
        action: "refuse",
        reason: /^the digest here was never ours$/,
    },
    {
        verdict: "moved-upstream",
        of: "source",
        upstream: "locked",
        entry: { digest: B },
        target: present(B),
        action: "none",
        reason: /moved on from the locked digest/,
    },
    {
        verdict: "locked-mismatch",
        of: "source",
        policy: "dual",
        upstream: "locked",
        entry: { digest: B },
        target: present(B),
        action: "impossible",
        reason: /not the locked digest/,
    },
    { verdict: "unknown", target: DOWN, action: "none", reason: /it says no/ },
    {
        verdict: "unknown",
        source: DOWN,
        target: present(A),
        action: "none",
        reason: /authority hub could not be asked/,
    },
];

describe("every verdict, by what was seen", () => {
    it("is in the table", () => {
        expect(VERDICT_ORDER.filter((verdict) => !rows.some((row) => row.verdict === verdict))).toEqual([]);
    });

    it.each(rows)("$verdict ($reason)", (row) => {
        const { verdict, of = "target", policy = "mirror", upstream = "follow", entry, promoteFrom, lacks } = row;
        const image = {
            policy,
            source: "hub.example/acme/app",
            tags: ["1"],
            targets: ["ghcr"],
            ...(verdict === "subset" ? { platforms: ["linux/amd64"] } : {}),
        };
        const catalog = catalogFor({ hub: { host: "hub.example" }, ghcr: { host: "ghcr.example" } }, { app: image });
        const options: CircumstanceOptions = {
            upstream,
            wishes: upstream === "locked" && entry !== undefined ? { app: { "1": entry } } : {},
            history: entry === undefined ? [] : [{ app: { "1": entry } }],
            ...(row.carried === undefined ? {} : { carried: () => row.carried === true }),
        };
        const circumstances = { ...circumstancesOf(catalog, options), ...(promoteFrom && { promoteFrom }) };
        const states = { source: row.source ?? present(A), target: row.target ?? present(A) };
        const copies = listCopies(catalog).map((copy) => ({
            ...copy,
            state: states[copy.role],
            ...(copy.role === "target" && row.comparison && { comparison: row.comparison }),
            ...(copy.role === of && lacks && { lacking: { digest: A, gone: [C], words: "1 of its 2 blobs is not" } }),
        }));
        const [judged] = judge(catalog, { copies }, circumstances).filter(({ role }) => role === of);
        expect(judged).toMatchObject({ verdict, action: row.action });
        expect(judged?.reason).toMatch(row.reason);
        const drift: Verdict[] = ["missing", "different", "stale", "same-content", "locked-mismatch"];
        expect(isDrift(verdict)).toBe(drift.includes(verdict));
        expect(isWell(verdict)).toBe(["consistent", "subset", "moved-upstream"].includes(verdict));
    });
});

const wanted = imageIndex({ seed: "wanted" });
const converted = imageIndex({ seed: "wanted", family: "docker" });
const older = imageIndex({ seed: "older" });
const stranger = singleImage({ seed: "stranger" });

/** How a verdict comes about at two registries: what they have, and what the lock knows. */
interface Story {
    readonly source?: ImageTree | "gone";
    readonly target?: ImageTree | "gone" | "down" | "login";
    readonly more?: object;
    readonly options?: CircumstanceOptions;
    /** Lost from the target after the push. */
    readonly lost?: string;
    readonly of?: "source" | "target";
}

const entry = (one: LockEntry): Lock => ({ app: { "1": one } });
const stories: Readonly<Record<Verdict, Story>> = {
    consistent: { target: wanted },
    subset: { target: "gone" },
    pending: { target: "gone" },
    waiting: { target: "gone", options: { upstream: "locked", waits: () => "dev has not proven it" } },
    missing: { target: wanted, lost: [...wanted.blobs.keys()][0] as string },
    different: { target: stranger },
    stale: { target: older, options: { history: [entry({ digest: wanted.root, history: [older.root] })] } },
    "same-content": { target: converted },
    "moved-upstream": {
        of: "source",
        target: older,
        options: { upstream: "locked", wishes: entry({ digest: older.root }) },
    },
    "locked-mismatch": {
        of: "source",
        target: older,
        more: { policy: "dual" },
        options: { upstream: "locked", wishes: entry({ digest: older.root }) },
    },
    unknown: { target: "login" },
};

/** Starts a target; it wants a login where the story says so. */
type Start = (login: boolean) => Promise<Host>;

async function tell(story: Story, verdict: Verdict, hub: EmbeddedRegistry, start: Start) {
    const target = await start(story.target === "login");
    await pushTree(hub.host, "acme/app", wanted, { tag: "1" });
    if (typeof story.target === "object") {
        await pushTree(target.host, "mirror/acme/app", story.target, { tag: "1" });
    }
    if (story.lost !== undefined) {
        await fetch(`http://${target.host}/v2/mirror/acme/app/blobs/${story.lost}`, { method: "DELETE" });
    }
    const more = verdict === "subset" ? { platforms: ["linux/amd64"] } : story.more;
    const catalog = catalogFor(
        { hub, ghcr: target },
        { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ghcr"], ...more } },
    );
    let circumstances = circumstancesOf(catalog, story.options);
    const pool = poolFor(catalog);
    const lookAt = async () => {
        const options = { compare: new ContentComparer() };
        const looked = await look(catalog, listCopies(catalog), circumstances, pool, options);
        return (await inspect(catalog, looked, circumstances, pool, { depth: "blobs" })).judged;
    };
    if (verdict === "subset") {
        const { subset } = (await reconcile(catalog, await lookAt(), circumstances, pool)).judged[1] ?? {};
        circumstances = circumstancesOf(catalog, {
            history: [entry({ digest: wanted.root, ...(subset && { subset }) })],
        });
    }
    return (await lookAt()).find(({ role }) => role === (story.of ?? "target"));
}

describe("every verdict, at real registries", () => {
    let hub: EmbeddedRegistry;

    beforeEach(async () => {
        hub = await embedded();
    });

    it.each(Object.keys(stories) as Verdict[])("%s, at the embedded registry", async (verdict) => {
        const auth = { kind: "basic" as const, users: { me: "a-password" } };
        const copy = await tell(stories[verdict], verdict, hub, (login) => embedded(login ? { auth } : {}));
        expect(copy?.verdict).toBe(verdict);
    });

    describeWith(["docker-registry"], "Debian's docker-registry", (programs) => {
        const started: DockerRegistry[] = [];
        afterEach(async () => {
            await Promise.all(started.splice(0).map((one) => one.close()));
        });
        const start = async (options: DockerRegistryOptions): Promise<DockerRegistry> => {
            const one = await startDockerRegistry(programs["docker-registry"], options);
            started.push(one);
            return one;
        };

        it.each(Object.keys(stories) as Verdict[])("%s", async (verdict) => {
            const copy = await tell(stories[verdict], verdict, hub, (auth) => start({ auth }));
            expect(copy?.verdict).toBe(verdict);
        });
    });
});
