import { describe, expect, it } from "vitest";
import { type Catalog, type CatalogImage, copiesOfImage, type Lock, type LockEntry } from "../../core/catalog";
import { circumstancesOf, isDrift, isWell, judge, type ObservedCopy, type Origin, plan } from "../../core/mirror";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
/** An image, its parts for one and for two platforms; the next image and its part; a stranger's. */
const D = { A: digest("a"), a1: digest("1"), a2: digest("2"), B: digest("b"), b1: digest("3"), C: digest("c") };
type Name = keyof typeof D;
const ONE = ["linux/amd64"];
const TWO = ["linux/amd64", "linux/arm64"];

interface Row {
    readonly title: string;
    /** @default ONE */
    readonly platforms?: "all" | readonly string[];
    readonly lock?: LockEntry;
    readonly upstream?: "follow" | "locked";
    readonly cutOver?: boolean;
    /** At the source, then at the targets. */
    readonly seen: readonly (Name | "gone" | "down")[];
    /** What the last target's manifest says. */
    readonly origin?: Origin;
    /** `verdict/action` of the last target. */
    readonly expected: string;
    readonly claimed?: boolean;
    /** The roll-back digest. */
    readonly keeps?: Name;
}

const locked = (name: Name, part: Name, platforms = ONE, older: readonly Name[] = []): LockEntry => ({
    digest: D[name],
    subset: { digest: D[part], platforms },
    ...(older.length > 0 ? { olderSubsets: older.map((one) => D[one]) } : {}),
});

const rows: Row[] = [
    { title: "the part that the lock knows", lock: locked("A", "a1"), seen: ["A", "a1"], expected: "subset/none" },
    {
        title: "the same platforms, spelled otherwise",
        platforms: ["linux/arm64/v8", "linux/amd64"],
        lock: locked("A", "a2", TWO),
        seen: ["A", "a2"],
        expected: "subset/none",
    },
    { title: "nothing left out", lock: locked("A", "A"), seen: ["A", "A"], expected: "consistent/none" },
    { title: "a part never carried", lock: locked("A", "a1"), seen: ["A", "gone"], expected: "pending/carry" },
    { title: "a part that cannot be asked", lock: locked("A", "a1"), seen: ["A", "down"], expected: "unknown/none" },
    { title: "a source that cannot be asked", lock: locked("A", "a1"), seen: ["down", "a1"], expected: "unknown/none" },
    {
        title: "the part of what the source was before",
        lock: locked("A", "a1"),
        seen: ["B", "a1"],
        expected: "stale/carry",
        keeps: "a1",
    },
    {
        title: "an older part of ours",
        lock: locked("B", "b1", ONE, ["a1"]),
        seen: ["B", "a1"],
        expected: "stale/carry",
        keeps: "a1",
    },
    { title: "a stranger's digest", lock: locked("A", "a1"), seen: ["A", "C"], expected: "different/refuse" },
    {
        title: "a stranger's digest that claims to be the part which the lock knows better",
        lock: locked("A", "a1"),
        seen: ["A", "C"],
        origin: { of: D.A, fits: true },
        expected: "different/refuse",
    },
    {
        title: "the whole where a part is wanted",
        lock: locked("A", "a1"),
        seen: ["A", "A"],
        expected: "pending/carry",
        keeps: "A",
    },
    {
        title: "the part for other platforms",
        platforms: TWO,
        lock: locked("A", "a1"),
        seen: ["A", "a1"],
        expected: "pending/carry",
        keeps: "a1",
    },
    {
        title: "a part where all is wanted",
        platforms: "all",
        lock: locked("A", "a1"),
        seen: ["A", "a1"],
        expected: "pending/carry",
        keeps: "a1",
    },
    {
        title: "locked: the part of the locked digest, though the upstream moved on",
        upstream: "locked",
        lock: locked("A", "a1"),
        seen: ["B", "a1"],
        expected: "subset/none",
    },
    {
        title: "locked: the part of the new upstream was never ours",
        upstream: "locked",
        lock: locked("A", "a1"),
        seen: ["B", "b1"],
        expected: "different/refuse",
    },
    {
        title: "no lock: it says itself that it is the part",
        seen: ["A", "a1"],
        origin: { of: D.A, fits: true },
        expected: "subset/none",
        claimed: true,
    },
    {
        title: "no lock: it says that it is a part, for other platforms",
        seen: ["A", "a2"],
        origin: { of: D.A, fits: false },
        expected: "pending/carry",
        keeps: "a2",
    },
    {
        title: "no lock: it says that it is a part of something nobody knows",
        seen: ["A", "b1"],
        origin: { of: D.B, fits: true },
        expected: "different/refuse",
    },
    {
        title: "a part of an image that was ours, made by another run",
        lock: { digest: D.A, history: [D.B] },
        seen: ["A", "b1"],
        origin: { of: D.B, fits: true },
        expected: "stale/carry",
        keeps: "b1",
    },
    {
        title: "no lock: nothing says what it is",
        seen: ["A", "a1"],
        origin: { unproven: "nothing says it" },
        expected: "unknown/none",
    },
    {
        title: "no lock: the whole fits, so nothing was left out",
        seen: ["A", "A"],
        origin: { of: D.A, fits: true },
        expected: "consistent/none",
    },
    {
        title: "no lock: the whole has more platforms than are wanted",
        seen: ["A", "A"],
        origin: { of: D.A, fits: false },
        expected: "pending/carry",
        keeps: "A",
    },
    { title: "the state is not at hand", seen: ["A", "a1"], origin: { deferred: true }, expected: "subset/none" },
    {
        title: "cut over: what the first target shows is the image, whatever it was made of",
        cutOver: true,
        lock: locked("A", "a1"),
        seen: ["a1", "a1"],
        expected: "consistent/none",
    },
    {
        title: "an index whose children are not all there: equal, and no equal copy",
        platforms: "all",
        lock: { digest: D.A, missing: ["linux/s390x"] },
        seen: ["A", "A"],
        expected: "subset/none",
    },
    {
        title: "what was missing of the digest before says nothing of the next",
        platforms: "all",
        lock: { digest: D.A, missing: ["linux/s390x"] },
        seen: ["B", "B"],
        expected: "consistent/none",
    },
];

describe("the judgement of a target that has some platforms", () => {
    it.each(rows)("$title: $expected", (row) => {
        const { catalog, judged } = judgeRow(row);
        const last = judged.at(-1);
        expect(`${last?.verdict}/${last?.action}`).toBe(row.expected);
        expect(last?.claimed).toBe(row.claimed === true ? true : undefined);
        expect(last?.keeps).toBe(row.keeps === undefined ? undefined : D[row.keeps]);
        expect(isDrift(last?.verdict ?? "unknown")).toBe(/^(different|stale)/.test(row.expected));
        const tasks = plan(catalog, judged);
        expect(tasks.length).toBe(row.expected.endsWith("/carry") ? 1 : 0);
        expect(tasks.map(({ digest: of }) => of)).toEqual(tasks.map(({ to }) => to.wanted));
        const { platforms = ONE } = row;
        expect(tasks.map((task) => task.platforms)).toEqual(
            tasks.map(() => (platforms === "all" ? undefined : platforms)),
        );
    });

    it("is well, in an exit code and for a gate", () => {
        expect(isWell("subset")).toBe(true);
        expect(isDrift("subset")).toBe(false);
    });

    it("names the subset that the copy should show, so that another copy of ours can give it", () => {
        const { catalog, judged } = judgeRow({
            title: "",
            lock: locked("A", "a1"),
            seen: ["A", "a1", "gone"],
            expected: "",
        });
        expect(plan(catalog, judged)[0]).toMatchObject({
            digest: D.A,
            from: [{ registry: "t1", subset: D.a1 }, { registry: "hub" }],
        });
    });

    it("tells what is missing by its name", () => {
        const lock = { digest: D.A, missing: ["linux/s390x", D.C] };
        const { judged } = judgeRow({ title: "", platforms: "all", lock, seen: ["A", "A"], expected: "" });
        expect(judged[1]).toMatchObject({
            missing: ["linux/s390x", D.C],
            reason: `the same index, without linux/s390x, ${D.C}, which its source does not have`,
        });
    });
});

function judgeRow(row: Row) {
    const targets = row.seen.length - (row.cutOver ? 0 : 1);
    const image: CatalogImage = {
        name: "app",
        policy: row.cutOver ? "migrate" : "mirror",
        ...(row.cutOver ? { phase: "cut-over" } : {}),
        source: { registry: "hub", repository: "acme/app" },
        tags: ["1"],
        targets: Array.from({ length: targets }, (_, index) => ({
            registry: `t${index + 1}`,
            repository: "mirror/acme/app",
            tags: [{ from: "1", to: "1" }],
        })),
        platforms: row.platforms ?? ONE,
        referrers: true,
        foreignLayers: "skip",
        wave: 0,
        critical: false,
    };
    const lock: Lock = row.lock === undefined ? {} : { app: { "1": row.lock } };
    const catalog: Catalog = {
        version: 1,
        environment: "test",
        upstream: row.upstream ?? "follow",
        onForeignDigest: "refuse",
        registries: {},
        images: { app: image },
        lock,
        promotedLock: {},
        digest: "",
    };
    const copies = copiesOfImage(image).map((copy, index): ObservedCopy => {
        const isLast = index === row.seen.length - 1;
        return { ...copy, state: stateOf(row.seen[index]), ...(isLast && row.origin ? { origin: row.origin } : {}) };
    });
    const circumstances = circumstancesOf(catalog, { carried: () => false });
    return { catalog, judged: judge(catalog, { copies }, circumstances) };
}

function stateOf(name: Row["seen"][number] | undefined): ObservedCopy["state"] {
    if (name === "down") {
        return { status: "unknown", code: "SERVER_ERROR", message: "the registry answers 503" };
    }
    return name === "gone" || name === undefined
        ? { status: "missing" }
        : { status: "present", digest: D[name], mediaType: "application/vnd.oci.image.index.v1+json", size: 100 };
}
