import { describe, expect, it } from "vitest";
import { type CatalogDefinition, defineCatalog } from "../../core/catalog";
import { tooFewCopies, type Verdict } from "../../core/mirror";
import { copy } from "../report/judged";

const catalog = (critical: boolean) =>
    defineCatalog({
        version: 1,
        registries: { ghcr: { host: "ghcr.io/acme" }, ecr: { host: "ecr.example" } },
        images: { vault: { source: "docker.io/acme/vault", tags: ["1"], targets: ["ghcr", "ecr"], critical } },
    } as unknown as CatalogDefinition);

/** The source's verdict, then the targets'. */
const judged = (verdicts: readonly Verdict[]) =>
    verdicts.map((verdict, index) =>
        copy({ role: index === 0 ? "source" : "target", registry: ["hub", "ghcr", "ecr"][index] as string, verdict }),
    );

const rows: readonly (readonly [readonly Verdict[], "drift" | "unknown" | "warning" | undefined])[] = [
    [["consistent", "consistent", "different"], undefined],
    [["moved-upstream", "consistent", "subset"], undefined],
    [["consistent", "subset", "unknown"], undefined],
    [["consistent", "different", "missing"], "drift"],
    [["consistent", "pending", "pending"], "drift"],
    [["moved-upstream", "consistent", "stale"], "drift"],
    [["consistent", "same-content", "missing"], "drift"],
    [["consistent"], "drift"],
    [["missing", "locked-mismatch", "different"], "drift"],
    [["consistent", "unknown", "different"], "unknown"],
    [["unknown", "unknown", "different"], "unknown"],
    [["unknown", "different", "different"], "drift"],
    [["consistent", "waiting", "waiting"], "warning"],
    [["unknown", "waiting", "different"], "warning"],
];

describe("a critical image", () => {
    it.each(rows)("with %j is a finding of severity %s", (verdicts, severity) => {
        const found = tooFewCopies(catalog(true), judged(verdicts));
        expect(found.map((one) => one.severity)).toEqual(severity === undefined ? [] : [severity]);
        expect(found.every(({ code }) => code === "TOO_FEW_COPIES")).toBe(true);
        expect(tooFewCopies(catalog(false), judged(verdicts))).toEqual([]);
    });

    it("is told with what the others are, and what to do", () => {
        const say = (verdicts: readonly Verdict[]) => tooFewCopies(catalog(true), judged(verdicts))[0]?.message;
        expect(say(["consistent", "different", "missing"])).toBe(
            "vault:1 is critical and has one consistent copy, where two are wanted (ghcr is different, ecr is missing); " +
                "carry it with sync, or put right what hinders it",
        );
        expect(say(["consistent"])).toMatch(/; give it a second target in the catalogue$/);
        expect(say(["consistent", "unknown"])).toMatch(/run it again when they can be asked$/);
        expect(say(["consistent", "waiting"])).toMatch(/wait for their promotion$/);
    });
});
