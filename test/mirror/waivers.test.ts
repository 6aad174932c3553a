import { describe, expect, it } from "vitest";
import type { Catalog } from "../../core/catalog";
import {
    type Action,
    endedWaivers,
    type Finding,
    isCounted,
    isLeftAlone,
    type JudgedCopy,
    type Verdict,
    waiveCopies,
    waiveFindings,
    waiversAt,
} from "../../core/mirror";
import { describeEnded, outcomeOf } from "../../core/report";
import { copy } from "../report/judged";

type Source = Pick<Catalog, "waive" | "maintenance">;

const NOON = new Date("2026-11-22T12:00:00Z");
const LATER = "2026-11-23T00:00:00.000Z";
const waiver = (more: object = {}) => ({ image: "vault", until: LATER, reason: "known", ...more });
const by = (source: Source, judged: JudgedCopy, now = NOON) => waiveCopies([judged], waiversAt(source, now))[0]?.waived;
const different = (more: Partial<JudgedCopy> = {}) => copy({ verdict: "different", action: "carry", ...more });

describe("A waiver covers", () => {
    const ROWS: readonly (readonly [Verdict, covered: boolean])[] = [
        ["missing", true],
        ["different", true],
        ["stale", true],
        ["same-content", true],
        ["locked-mismatch", true],
        ["pending", true],
        ["consistent", false],
        ["subset", false],
        ["waiting", false],
        ["moved-upstream", false],
        ["unknown", false],
    ];
    it.each(ROWS)("a copy that is %s: %s", (verdict, covered) => {
        const waived = by({ waive: [waiver()] }, copy({ verdict }));
        expect(waived).toEqual(covered ? { until: LATER, reason: "known" } : undefined);
    });

    it.each([
        ["the image", waiver(), true],
        ["another image", waiver({ image: "nginx" }), false],
        ["the tag", waiver({ tag: "1" }), true],
        ["another tag", waiver({ tag: "2" }), false],
        ["the registry", waiver({ registry: "ghcr" }), true],
        ["another registry", waiver({ registry: "ecr" }), false],
        ["both", waiver({ tag: "1", registry: "ghcr" }), true],
        ["the tag elsewhere", waiver({ tag: "1", registry: "ecr" }), false],
    ])("what it names: %s", (_title, one, covered) => {
        expect(by({ waive: [one] }, different()) !== undefined).toBe(covered);
    });

    it("until its end, which is no part of it", () => {
        const source = { waive: [waiver()] };
        const at = (time: string) => by(source, different(), new Date(time));
        expect(at("2026-11-22T23:59:59.999Z")).toBeDefined();
        expect(at(LATER)).toBeUndefined();
    });

    it("until the last of those that cover it ends, and a maintenance window says that it is one", () => {
        const maintenance = [{ from: "2026-11-22T11:00:00Z", until: "2026-11-22T13:00:00.000Z", reason: "upgrade" }];
        const night = waiver({ until: "2026-11-22T12:30:00.000Z" });
        expect(by({ waive: [night], maintenance }, different())).toEqual({
            until: "2026-11-22T13:00:00.000Z",
            reason: "maintenance: upgrade",
        });
        expect(by({ waive: [night, waiver()], maintenance }, different())?.reason).toBe("known");
    });
});

describe("A maintenance window covers", () => {
    const window = { from: "10:00", to: "13:00", timeZone: "UTC", reason: "r" };

    it.each([
        ["all", window, true],
        ["an image", { ...window, images: ["vault"] }, true],
        ["other images", { ...window, images: ["nginx"] }, false],
        ["a registry", { ...window, registries: ["ecr", "ghcr"] }, true],
        ["other registries", { ...window, registries: ["ecr"] }, false],
        ["an image at another registry", { ...window, images: ["vault"], registries: ["ecr"] }, false],
        ["nothing at another time", { ...window, to: "11:00" }, false],
    ])("%s", (_title, one, covered) => {
        expect(by({ maintenance: [one] }, different()) !== undefined).toBe(covered);
    });
});

describe("What is waived", () => {
    const waived = (more: Partial<JudgedCopy> = {}) =>
        waiveCopies([different(more)], waiversAt({ waive: [waiver()] }, NOON))[0] as JudgedCopy;

    it("keeps its verdict, and counts for no outcome; what is not waived does", () => {
        expect(waived()).toMatchObject({ verdict: "different", action: "carry" });
        expect(isCounted(waived())).toBe(false);
        expect(outcomeOf([waived()])).toBe("consistent");
        expect(outcomeOf([waived(), different({ image: "nginx" })])).toBe("drift");
        expect(outcomeOf([waived(), copy({ verdict: "unknown" })])).toBe("unknown");
    });

    it("is forgotten by the next judgement after the end", () => {
        const [after] = waiveCopies([waived()], waiversAt({ waive: [waiver()] }, new Date(LATER)));
        expect(after).not.toHaveProperty("waived");
        expect(isCounted(after as JudgedCopy)).toBe(true);
    });

    it.each([
        ["drift", "different", "carry", true],
        ["a stranger's digest", "different", "refuse", true],
        ["what nothing mends", "missing", "impossible", true],
        ["work that was never done, though it is waived", "pending", "carry", false],
        ["work that cannot be done", "pending", "impossible", true],
    ] as readonly (readonly [string, Verdict, Action, boolean])[])(
        "is passed over by repairs: %s",
        (_title, verdict, action, leftAlone) => {
            expect(isLeftAlone(waived({ verdict, action }))).toBe(leftAlone);
            expect(isLeftAlone(different({ image: "nginx", verdict, action }))).toBe(false);
        },
    );
});

describe("A finding is waived", () => {
    const finding = (more: Partial<Finding> = {}): Finding => ({
        code: "TOO_FEW_COPIES",
        severity: "drift",
        image: "vault",
        tag: "1",
        message: "m",
        ...more,
    });

    it.each([
        ["where it is drift", finding(), waiver(), true],
        ["never where it is unknown", finding({ severity: "unknown" }), waiver(), false],
        ["never where it is a warning", finding({ severity: "warning" }), waiver(), false],
        ["about all copies, not by what names one registry", finding(), waiver({ registry: "ghcr" }), false],
        ["about one registry, by its name", finding({ registry: "ghcr" }), waiver({ registry: "ghcr" }), true],
    ])("%s", (_title, found, one, covered) => {
        const [waived] = waiveFindings([found], waiversAt({ waive: [one] }, NOON)) as [Finding];
        expect(waived.waived !== undefined).toBe(covered);
        expect(outcomeOf([], [], [waived])).toBe(
            covered
                ? "consistent"
                : ({ drift: "drift", unknown: "unknown", warning: "consistent" } as const)[found.severity],
        );
    });
});

describe("A finding about all copies of a tag follows from their drift", () => {
    const tooFew: Finding = { code: "TOO_FEW_COPIES", severity: "drift", image: "vault", tag: "1", message: "m" };
    const waivedAt = waiversAt({ waive: [waiver({ registry: "ghcr" })] }, NOON);
    const cover = (...copies: JudgedCopy[]) =>
        waiveFindings([tooFew], waivedAt, waiveCopies([copy({ role: "source" }), ...copies], waivedAt))[0]?.waived;

    it("and is waived where all of that is", () => {
        expect(cover(different())).toEqual({ until: LATER, reason: "known" });
        expect(cover(different({ verdict: "pending" }))).toBeDefined();
    });

    it("but not where other drift counts, or where there is none", () => {
        expect(cover(different(), different({ registry: "ecr" }))).toBeUndefined();
        expect(cover(copy())).toBeUndefined();
    });
});

describe("Ended", () => {
    const source: Source = {
        waive: [
            waiver({ tag: "1.18", registry: "ghcr", until: "2026-11-20T00:00:00.000Z" }),
            waiver({ image: "nginx", until: "2026-11-22T12:00:00.000Z" }),
            waiver(),
        ],
        maintenance: [
            { from: "2026-11-01T00:00:00.000Z", until: "2026-11-02T00:00:00.000Z", reason: "upgrade" },
            { from: "10:00", to: "11:00", timeZone: "UTC", reason: "again" },
        ],
    };

    it("are waivers and windows whose time is over, in their order; what comes again never ends", () => {
        expect(endedWaivers(source, NOON).map(describeEnded)).toEqual([
            "The waiver of vault:1.18 at ghcr ended at the end of 2026-11-19 UTC: known; take it out of the catalogue",
            "The waiver of nginx ended at 2026-11-22 12:00 UTC: known; take it out of the catalogue",
            "A maintenance window ended at the end of 2026-11-01 UTC: upgrade; take it out of the catalogue",
        ]);
    });

    it("are told for the images that are asked for", () => {
        expect(endedWaivers(source, NOON, ["nginx"]).map(({ image }) => image)).toEqual(["nginx", undefined]);
    });
});
