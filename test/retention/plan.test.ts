import { describe, expect, it } from "vitest";
import { defineCatalog, type Lock, lockedDigests, readLockedDigests } from "../../core/catalog";
import {
    type Contents,
    planRetention,
    protectionOf,
    type RetentionInput,
    type Unread,
    type Version,
} from "../../core/retention";
import { attachedTag, daysAgo, digest, digestsOf, NOW, planOf } from "./graphs";

function version(number: number, tags: readonly string[] = [], days = 30): Version {
    return { digest: digest(number), tags, changedAt: daysAgo(days) };
}

function index(...children: number[]): Contents {
    return { children: children.map((child) => ({ digest: digest(child), leaf: true })) };
}

function about(subject: number): Contents {
    return { children: [], subject: digest(subject) };
}

const IMAGE: Contents = { children: [] };

function planned(
    nodes: readonly (readonly [version: Version, contents: Contents])[],
    more: Partial<RetentionInput> = {},
) {
    const versions = nodes.map(([one]) => one);
    const contents = new Map(nodes.map(([one, content]) => [one.digest, content]));
    const plan = planOf({ versions, contents, rules: {}, now: NOW, ...more });
    const reasons = Object.fromEntries(
        plan.keep.map(({ reason, version: { digest: one } }) => [Number.parseInt(one.slice(7, 11), 16), reason]),
    );
    return { ...plan, reasons, gone: digestsOf(plan.delete) };
}

const CATALOG = defineCatalog({
    version: 1,
    registries: { ghcr: { host: "ghcr.io/acme" }, other: { host: "ghcr.io/other" } },
    images: {
        explorer: {
            source: "docker.io/kuzudb/explorer",
            targets: [
                { registry: "ghcr", repository: "explorer" },
                { registry: "other", repository: "explorer" },
            ],
            tags: ["0.11.0", { from: "0.10.0", to: "stable" }, { semver: "0.9.x", newest: 1 }],
        },
    },
});

describe("A retention plan", () => {
    it("takes what no tag leads to, and says why the rest stays", () => {
        const { gone, reasons } = planned([
            [version(1, ["0.11.0"]), index(2, 3)],
            [version(2), IMAGE],
            [version(3), about(2)],
            [version(4, [attachedTag(1, ".sig")]), IMAGE],
            [version(5, [attachedTag(1)]), index(6)],
            [version(6), about(1)],
            [version(7), about(4)],
            [version(11), index(2, 12)],
            [version(12), IMAGE],
            [version(13), about(11)],
            [version(14, [attachedTag(12, ".att")]), IMAGE],
        ]);
        expect(gone).toEqual([11, 13, 12, 14].map(digest));
        expect(reasons).toEqual({
            1: "tag 0.11.0 is the newest",
            2: "child of 0.11.0",
            3: "child of 0.11.0",
            4: "signature of 0.11.0",
            5: "list of referrers of 0.11.0",
            6: "referrer of 0.11.0",
            7: "referrer of the signature of 0.11.0",
        });
    });

    it("spares tags only as long as it is to take untagged versions alone", () => {
        const nodes = [
            [version(1, ["new"], 2), IMAGE],
            [version(2, ["old"], 30), IMAGE],
            [version(3, ["older"], 40), IMAGE],
        ] as const;
        expect(planned(nodes)).toMatchObject({ gone: [], reasons: { 2: "tagged old" } });
        expect(planned(nodes, { rules: { clean: "all" } }).gone).toEqual([digest(3), digest(2)]);
        const rules = { clean: "all" as const, keep: { newest: 2 } };
        expect(planned(nodes, { rules })).toMatchObject({
            gone: [digest(3)],
            reasons: { 2: "tag old is one of the 2 newest" },
        });
    });

    it("spares what the catalogue shows there, what its locks remember and what holds a roll-back", () => {
        const lock: Lock = { explorer: { "0.11.0": { digest: digest(8), history: [digest(7)] } } };
        const protection = protectionOf(CATALOG, "ghcr.io", "acme/explorer", readLockedDigests(lockedDigests([lock])));
        const { gone, reasons } = planned(
            [
                [version(1, ["newest-of-all"], 1.5), IMAGE],
                [version(2, ["0.11.0"]), IMAGE],
                [version(3, ["stable"]), IMAGE],
                [version(4, ["0.9.2"]), IMAGE],
                [version(5, ["0.9.1"]), IMAGE],
                [version(6, ["0.11.0.prev-0123456789ab"]), IMAGE],
                [version(7), IMAGE],
                [version(8), IMAGE],
                [version(9, ["0.10.0"]), IMAGE],
            ],
            { rules: { clean: "all" }, protection },
        );
        expect(gone.sort()).toEqual([digest(5), digest(9)]);
        expect(reasons).toEqual({
            1: "tag newest-of-all is the newest",
            2: "tag 0.11.0 is in the catalogue",
            3: "tag stable is in the catalogue",
            4: "tag 0.9.2 is in the catalogue",
            6: "tag 0.11.0.prev-0123456789ab holds it for a roll-back",
            7: "roll-back digest of explorer:0.11.0 in the lock",
            8: "digest of explorer:0.11.0 in the lock",
        });
        expect(protectionOf(CATALOG, "ghcr.io", "acme/another").tags).toEqual([]);
    });

    it("touches nothing of the last day, and nothing whose age it does not know", () => {
        const { gone, reasons } = planned([
            [version(1, [], 0.9), IMAGE],
            [version(2, [], 1.1), IMAGE],
            [{ digest: digest(3), tags: [] }, IMAGE],
            [version(4, [], -0.1), IMAGE],
        ]);
        expect(gone).toEqual([digest(2)]);
        expect(reasons[3]).toBe("its age is not known");
    });

    it("keeps the subject of a signature that stays by itself", () => {
        const { gone, reasons } = planned([
            [version(1), index(2)],
            [version(2), IMAGE],
            [version(3, [], 0.5), about(1)],
        ]);
        expect(gone).toEqual([]);
        expect(reasons[1]).toMatch(/^subject of sha256:0/);
    });

    it("keeps signatures of images in other repositories, unless it is told that there are none", () => {
        const nodes = [[version(1, [attachedTag(99, ".sig")]), IMAGE]] as const;
        expect(planned(nodes)).toMatchObject({ gone: [], orphans: 1 });
        expect(planned(nodes, { rules: { orphans: "delete" } }).gone).toEqual([digest(1)]);
        expect(planned(nodes, { deleted: new Set([digest(99)]) }).gone).toEqual([digest(1)]);
    });

    it("takes a registry's word for what refers to an image", () => {
        const told = { ...IMAGE, referrers: [digest(2)] };
        const { reasons } = planned([
            [version(1, ["a"]), told],
            [version(2), { children: [{ digest: digest(3), leaf: true }] }],
            [version(3), IMAGE],
        ]);
        expect(reasons).toMatchObject({ 2: "referrer of a", 3: "child of sha256:000200000000" });
    });

    it("deletes nothing at all while a manifest could not be read, and names it", () => {
        const versions = [version(1, ["a"]), version(2), version(3)];
        const contents = new Map<string, Contents | Unread>([
            [digest(1), IMAGE],
            [digest(2), IMAGE],
            [digest(3), { unread: "ghcr.io said 502" }],
        ]);
        const plan = planOf({ versions, contents, rules: {}, now: NOW });
        expect(plan.delete).toEqual([]);
        expect(plan.unknown).toEqual([{ version: versions[2], why: "ghcr.io said 502" }]);
        expect(plan.keep.map(({ reason }) => reason)).toContain(
            "not proven to be unused, since other manifests could not be read",
        );
    });

    it("ends where tags lead round in a circle", () => {
        const { gone } = planned([
            [version(1, [attachedTag(2, ".sig")]), about(2)],
            [version(2, [attachedTag(1, ".sig")]), about(1)],
            [version(3, [attachedTag(3)]), about(3)],
            [version(4, [attachedTag(5)]), IMAGE],
            [version(5), index(4)],
        ]);
        expect([...gone].sort()).toEqual([1, 2, 3, 4, 5].map(digest));
        expect(gone.indexOf(digest(5))).toBeLessThan(gone.indexOf(digest(4)));
    });

    it("reads no image of an index that stays, and everything that is about to go", () => {
        const versions = [version(1, ["a"]), version(2), version(3), version(4)];
        const first = planRetention({ versions, contents: new Map(), rules: {}, now: NOW });
        expect(first.missing).toEqual([digest(1)]);
        const contents = new Map([[digest(1), index(2, 3)]]);
        expect(planRetention({ versions, contents, rules: {}, now: NOW }).missing).toEqual([digest(4)]);
    });
});
