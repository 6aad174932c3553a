import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planRetention, type RetentionInput, type Version } from "../../core/retention";
import { anyRepository, anyRules, digestsOf, inputOf, NOW, planOf, type Repository, reachable } from "./graphs";

const RUNS = { numRuns: 400 };

/** What the rules name by themselves, written down a second time and plainly. */
function namedByRules({ versions }: Repository, rules: RetentionInput["rules"]): string[] {
    const { digests = [], newest = 1, tags = [], youngerThan = 86_400_000 } = rules.keep ?? {};
    const images = versions.filter((version) => version.tags.some((tag) => /^v\d+$/.test(tag)));
    const byAge = [...images].sort((a, b) => String(b.changedAt).localeCompare(String(a.changedAt)));
    const lastTime = byAge[newest - 1]?.changedAt ?? "";
    return versions
        .filter(
            (version) =>
                digests.includes(version.digest) ||
                version.tags.some((tag) => /\.prev-[0-9a-f]{12}$/.test(tag)) ||
                version.tags.some((tag) => tags.includes(tag) || (/^v1/.test(tag) && hasGlob(tags))) ||
                (rules.clean !== "all" && version.tags.some((tag) => tag.startsWith("v"))) ||
                (images.includes(version) && String(version.changedAt) > lastTime) ||
                NOW.getTime() - Date.parse(String(version.changedAt)) <= youngerThan,
        )
        .map(({ digest }) => digest);
}

function hasGlob(tags: readonly unknown[]): boolean {
    return tags.some((tag) => typeof tag === "object");
}

function without(repository: Repository, deleted: readonly Version[]): Repository {
    const gone = new Set(digestsOf(deleted));
    return { ...repository, versions: repository.versions.filter(({ digest }) => !gone.has(digest)) };
}

describe("A retention plan, on any graph", () => {
    it("never deletes what a kept version leads to", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, (repository, rules) => {
                const plan = planOf(inputOf(repository, rules));
                const safe = reachable(namedByRules(repository, rules), repository);
                expect(digestsOf(plan.delete).filter((digest) => safe.has(digest))).toEqual([]);
                const kept = reachable(digestsOf(plan.keep.map(({ version }) => version)), repository);
                expect(digestsOf(plan.delete).filter((digest) => kept.has(digest))).toEqual([]);
            }),
            RUNS,
        );
    });

    it("says of each version that it goes, or why it stays", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, (repository, rules) => {
                const plan = planOf(inputOf(repository, rules));
                const told = [...plan.delete, ...plan.keep.map(({ version }) => version)];
                expect(digestsOf(told).sort()).toEqual(digestsOf(repository.versions).sort());
                expect(plan.keep.filter(({ reason }) => reason === "")).toEqual([]);
            }),
            RUNS,
        );
    });

    it("deletes no child before a parent that goes too, so that an interruption leaves every index whole", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, (repository, rules) => {
                const plan = planOf(inputOf(repository, rules));
                const there = new Set(digestsOf(repository.versions));
                for (const version of plan.delete) {
                    there.delete(version.digest);
                    for (const rest of there) {
                        const children = digestsOf(repository.contents.get(rest)?.children ?? []);
                        expect(children).not.toContain(version.digest);
                    }
                }
            }),
            RUNS,
        );
    });

    it("is the same again after an interruption, less what is gone, and empty when all is done", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, fc.nat(), (repository, rules, stop) => {
                const plan = planOf(inputOf(repository, rules));
                const done = plan.delete.slice(0, stop % (plan.delete.length + 1));
                const deleted = new Set(digestsOf(done));
                const again = planOf({ ...inputOf(without(repository, done), rules), deleted });
                expect(digestsOf(again.delete).sort()).toEqual(digestsOf(plan.delete.slice(done.length)).sort());
                const last = planOf(inputOf(without(repository, plan.delete), rules));
                expect(last.delete).toEqual([]);
            }),
            RUNS,
        );
    });

    it("deletes nothing more for one more rule that keeps", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, anyRules, (repository, rules, { keep: more = {} }) => {
                const { keep = {} } = rules;
                const wider = {
                    ...rules,
                    keep: {
                        newest: Math.max(keep.newest ?? 1, more.newest ?? 1),
                        tags: [...(keep.tags ?? []), ...(more.tags ?? [])],
                        youngerThan: Math.max(keep.youngerThan ?? 86_400_000, more.youngerThan ?? 0),
                        digests: [...(keep.digests ?? []), ...(more.digests ?? [])],
                    },
                };
                const before = new Set(digestsOf(planOf(inputOf(repository, rules)).delete));
                const after = digestsOf(planOf(inputOf(repository, wider)).delete);
                expect(after.filter((digest) => !before.has(digest))).toEqual([]);
            }),
            RUNS,
        );
    });

    it("asks for no more than it needs, and comes to the same as one that knows everything", () => {
        fc.assert(
            fc.property(anyRepository, anyRules, (repository, rules) => {
                const whole = planOf(inputOf(repository, rules));
                const known = new Map();
                const input = { ...inputOf(repository, rules), contents: known };
                let asked = planRetention(input);
                for (; asked.missing !== undefined; asked = planRetention(input)) {
                    expect(asked.missing.filter((digest) => known.has(digest))).toEqual([]);
                    for (const digest of asked.missing) {
                        known.set(digest, repository.contents.get(digest) ?? { children: [] });
                    }
                }
                expect(digestsOf(asked.plan?.delete ?? []).sort()).toEqual(digestsOf(whole.delete).sort());
                expect(known.size).toBeLessThanOrEqual(repository.versions.length);
            }),
            RUNS,
        );
    });

    it("deletes nothing while anything that it needs could not be read", () => {
        fc.assert(
            fc.property(
                anyRepository,
                anyRules,
                fc.array(fc.nat(13), { minLength: 1 }),
                (repository, rules, hidden) => {
                    const known = new Map();
                    const lost = new Set(hidden.map((index) => repository.versions[index]?.digest));
                    const input = { ...inputOf(repository, rules), contents: known };
                    let asked = planRetention(input);
                    for (; asked.missing !== undefined; asked = planRetention(input)) {
                        for (const digest of asked.missing) {
                            known.set(digest, lost.has(digest) ? { unread: "503" } : repository.contents.get(digest));
                        }
                    }
                    const safe = reachable(namedByRules(repository, rules), repository);
                    expect(digestsOf(asked.plan.delete).filter((digest) => safe.has(digest))).toEqual([]);
                    expect(asked.plan.unknown.length > 0 && asked.plan.delete.length > 0).toBe(false);
                },
            ),
            RUNS,
        );
    });
});
