import { describe, expect, it } from "vitest";
import { type AvailabilitySummary, rankRegions } from "../../core/availability";
import { type Catalog, type CatalogDefinition, defineCatalog } from "../../core/catalog";
import type { JudgedCopy } from "../../core/mirror";
import { judgementDocument } from "../../core/report";
import { mirrorsPart, renderMirrors, type Standing } from "../../core/report/markdown-pages";
import { copy, digest, present } from "./judged";

const CATALOG = defineCatalog({
    version: 1,
    registries: {
        hub: { host: "docker.io", kind: "dockerhub" },
        ghcr: { host: "ghcr.io/acme", kind: "ghcr" },
    },
    images: {
        explorer: { policy: "dual", source: "docker.io/acme/explorer", tags: ["1"], targets: ["ghcr"] },
        vault: { source: "docker.io/acme/vault", tags: ["1"], targets: ["ghcr"], purpose: "ci", critical: true },
    },
} as CatalogDefinition) as Catalog;

const EQUAL = [
    copy({ image: "explorer", role: "source" }),
    copy({ image: "explorer" }),
    copy({ role: "source" }),
    copy(),
];

function standing(copies: readonly JudgedCopy[], over: Partial<Standing> = {}): Standing {
    return {
        ...judgementDocument(copies, { selected: {}, failures: [] }),
        environment: "prod",
        registries: [
            { name: "hub", host: "docker.io", kind: "dockerhub", requests: 1, up: true },
            { name: "ghcr", host: "ghcr.io", kind: "ghcr", requests: 1, up: false },
        ],
        timelines: [{ image: "vault", tag: "1", digest: digest("a"), since: "2026-10-01T08:00:00.000Z", history: [] }],
        at: "2026-11-22T10:20:30.000Z",
        ...over,
    };
}

const page = (copies: readonly JudgedCopy[], over: Partial<Standing> = {}, options = {}): string =>
    renderMirrors(mirrorsPart(standing(copies, over), CATALOG), options);

function summary(over: Partial<AvailabilitySummary>): AvailabilitySummary {
    return {
        registry: "ghcr",
        host: "ghcr.io",
        region: "eu",
        results: 4,
        asked: 12,
        answered: 12,
        ratio: 1,
        firstByteMs: 81.24,
        bytesPerSecond: 14_300_000,
        at: "2026-11-22T09:00:00.000Z",
        available: true,
        ...over,
    };
}

describe("MIRRORS.md", () => {
    it("has for each place the command that pulls it, its verdict, and all of it pinned; critical images first", () => {
        const text = page(EQUAL);
        expect(text).toContain(
            "Environment `prod`: 2 images, 2 tags, 4 places to pull from. ✓ Every copy is as it should be.",
        );
        expect(text).toContain("| `1` | hub (source) | `docker pull docker.io/acme/vault:1` | ✓ consistent |");
        expect(text).toContain("|  | ghcr | `docker pull ghcr.io/acme/vault:1` | ✓ consistent |");
        expect(text).toContain(`- \`1\` is \`${digest("a")}\`, first proven 2026-10-01`);
        expect(text).toContain(
            `\`\`\`text\ndocker.io/acme/vault:1@${digest("a")}\nghcr.io/acme/vault:1@${digest("a")}\n\`\`\``,
        );
        expect(text.indexOf("### vault")).toBeLessThan(text.indexOf("### explorer"));
        expect(text).toContain("**Critical.** For ci.");
        expect(text).toContain("Published in step at 2 places");
        expect(text).not.toContain("## Differences");
    });

    it("says first what differs, with both digests, and pins nobody to the wrong one", () => {
        const text = page([
            ...EQUAL.slice(0, 3),
            copy({
                state: present("b"),
                verdict: "different",
                action: "carry",
                reason: "the source has another digest",
            }),
        ]);
        expect(text).toContain("✗ 1 copy is not as it should be.");
        expect(text).toContain(
            `| \`vault:1\` (critical) | \`ghcr.io/acme/vault:1\` | ✗ different | the source has another digest | \`${digest("b")}\` | \`${digest("a")}\` |`,
        );
        expect(text).not.toContain(`@${digest("b")}`);
        expect(text.indexOf("## Differences")).toBeLessThan(text.indexOf("## Registries"));
    });

    it("calls nothing equal that could not be asked, and shows what is waived until when", () => {
        const state = { status: "unknown", code: "TIMEOUT", message: "it was silent" } as const;
        const waived = { until: "2026-12-01T00:00:00Z", reason: "a move" };
        const text = page([
            copy({ role: "source" }),
            copy({ verdict: "unknown", state, reason: "it was silent" }),
            copy({ image: "explorer", verdict: "missing", state: { status: "missing" }, reason: "gone", waived }),
        ]);
        expect(text).toContain("? 1 could not be asked; ~ 1 difference waived for a while.");
        expect(text).toContain("| ? unknown | it was silent | - |");
        expect(text).toContain("gone (waived until the end of 2026-11-30 UTC: a move)");
        expect(text).not.toContain("Every copy");
    });

    it("tells of findings and of selectors that chose nothing", () => {
        const finding = {
            code: "TOO_FEW_COPIES",
            severity: "drift",
            image: "vault",
            tag: "1",
            message: "Too few.",
        } as const;
        const problem = {
            status: "empty",
            registry: "hub",
            repository: "a",
            code: "X",
            message: "Nothing fits.",
        } as const;
        const text = page(EQUAL, {
            outcome: "drift",
            findings: [finding],
            selections: [{ image: "vault", tags: [], problems: [problem] }],
        });
        expect(text).toContain("✗ Not everything is as it should be.");
        expect(text).toContain("- **drift**: Too few.\n- Nothing fits.");
    });

    it("names availability and the best sources, region by region, as far as anybody asked", () => {
        const slow = summary({ registry: "hub", host: "docker.io", bytesPerSecond: 900, ratio: 0.997 });
        const us = summary({ region: "us", ratio: 0.5, available: false, at: "2026-09-01T00:00:00.000Z" });
        const summaries = [summary({}), slow, us, summary({ registry: "gone", host: "x.example" })];
        const text = renderMirrors(mirrorsPart(standing(EQUAL), CATALOG, summaries, rankRegions(summaries)));
        expect(text).toContain("| Registry | Host | At the last proof | From `eu` | From `us` |");
        expect(text).toContain(
            "| ghcr | `ghcr.io` | ? did not answer | ✓ 100 % of 12 pulls, first byte 81 ms, 14 MB/s | ? now unavailable, 50 % of 12 pulls, first byte 81 ms, 14 MB/s, last probed 2026-09-01 |",
        );
        expect(text).toContain("✓ 99 % of 12 pulls, first byte 81 ms, 900 byte/s | not probed |");
        expect(text).toContain("- `eu`: **ghcr**, then hub\n- `us`: no registry is available often enough there");
        expect(text).not.toContain("gone");
    });

    it("is the same text for the same facts, but for the one line with the time", () => {
        const later = { at: "2026-11-24T01:02:03.000Z" };
        const differing = (a: string, b: string) => {
            const others = b.split("\n");
            return a.split("\n").filter((line, index) => line !== others[index]);
        };
        expect(differing(page(EQUAL), page(EQUAL, later))).toEqual(["Last proof: 2026-11-22 (UTC)."]);
        expect(page(EQUAL, {}, { time: "none" })).toBe(page(EQUAL, later, { time: "none" }));
        expect(page(EQUAL, {}, { time: "minute" })).toContain("Last proof: 2026-11-22 10:20 UTC.");
        expect(page(EQUAL)).toBe(page(EQUAL, { at: "2026-11-22T23:59:59.000Z" }));
    });

    it("lets nothing that a registry said out of its cell", () => {
        const reason = "x | y\n<!-- transship:end --> <b>@octocat</b> `z`";
        const state = { status: "unknown", code: "X", message: reason } as const;
        const text = page([copy({ verdict: "unknown", state, reason })]);
        expect(text).not.toContain("<!-- transship:end -->");
        expect(text).not.toContain("<b>");
        expect(text).not.toContain("@octocat");
        const rows = text.split("\n").filter((line) => line.includes("octocat"));
        expect(rows.map((row) => row.split(" | ").length)).toEqual([6, 4]);
    });
});

describe("A long MIRRORS.md", () => {
    const many = (count: number): JudgedCopy[] =>
        Array.from({ length: count }, (_, index) => `image-${index}`).flatMap((image) => [
            copy({ image, role: "source" }),
            copy({ image }),
        ]);
    const catalogOf = (count: number): Catalog => {
        const entries = Array.from({ length: count }, (_, index) => [
            `image-${index}`,
            { source: `docker.io/acme/image-${index}`, tags: ["1"], targets: ["ghcr"] },
        ]);
        return defineCatalog({
            version: 1,
            registries: { hub: { host: "docker.io" }, ghcr: { host: "ghcr.io/acme" } },
            images: Object.fromEntries(entries),
        } as CatalogDefinition) as Catalog;
    };
    const longPage = (count: number, limit?: number): string =>
        renderMirrors(mirrorsPart(standing(many(count)), catalogOf(count)), { limit });

    it("of 1,000 images has a row for each and stays within what GitHub shows", () => {
        const text = longPage(1000);
        expect(Buffer.byteLength(text)).toBeLessThan(500_000);
        expect(text).toContain("This list is in its short form");
        expect(text.split("\n").filter((line) => line.startsWith("| image-"))).toHaveLength(1000);
        expect(text).toContain(
            "| image-7 | `1` | `sha256:aaaaaaaaaaaa` | ✓ `docker.io/acme/image-7:1`<br>✓ `ghcr.io/acme/image-7:1` |",
        );
        expect(longPage(100)).not.toContain("short form");
    });

    it("is cut where even that is too long, and says how much is left out", () => {
        const text = longPage(1000, 20_000);
        const rows = text.split("\n").filter((line) => line.startsWith("| image-")).length;
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(20_000);
        expect(rows).toBeGreaterThan(100);
        expect(text).toContain(`**${1000 - rows} further tags are left out here.**`);
    });
});
