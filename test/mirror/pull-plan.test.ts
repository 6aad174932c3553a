import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, type CatalogDefinition, defineCatalog } from "../../core/catalog";
import { type AccountState, type CarryTask, type JudgedCopy, type PullPlan, planPulls } from "../../core/mirror";
import { FAMILIES } from "../support/images";

interface Wanted {
    readonly name: string;
    /** Children of its index; 0 for a single manifest. */
    readonly children: number;
    readonly critical?: boolean;
    readonly wave?: number;
    /** The same number is the same digest. */
    readonly digest?: number;
    readonly targets?: readonly string[];
    readonly size?: number;
    readonly platforms?: readonly string[];
    /** A copy of ours has it: it is read from there. */
    readonly fromOurs?: boolean;
}

function accountOf(free: number, keeps = 0): AccountState {
    const latest = { limit: 100, remaining: free + keeps, windowSeconds: 21_600 };
    return { key: "hub", host: "docker.io", remaining: free + keeps, keeps, free, latest };
}

const sizeOf = (children: number): number => 100 + children * 320;
const digestOf = (number: number): string => `sha256:${number.toString(16).padStart(64, "0")}`;

function planOf(
    wanted: readonly Wanted[],
    account: AccountState | undefined,
    known?: (digest: string) => number | undefined,
): PullPlan {
    const images = wanted.map(({ name, critical = false, wave = 0, platforms = "all" }) => [
        name,
        { source: `docker.io/acme/${name}`, tags: ["1"], targets: ["ghcr", "ecr"], critical, wave, platforms },
    ]);
    const registries = {
        docker: { host: "docker.io" },
        ghcr: { host: "ghcr.io/acme" },
        ecr: { host: "ecr.example.com" },
    };
    const catalog = defineCatalog({
        version: 1,
        registries,
        images: Object.fromEntries(images),
    } as unknown as CatalogDefinition) as Catalog;
    const judged: JudgedCopy[] = [];
    const tasks: CarryTask[] = [];
    for (const [index, one] of wanted.entries()) {
        const digest = digestOf(one.digest ?? index);
        const mediaType = one.children === 0 ? FAMILIES.oci.manifest : FAMILIES.oci.index;
        const state = { status: "present", digest, mediaType, size: one.size ?? sizeOf(one.children) } as const;
        const base = {
            image: one.name,
            tag: "1",
            reference: "1",
            verdict: "consistent",
            reason: "",
            action: "none",
        } as const;
        const source = { registry: "docker", repository: `acme/${one.name}` };
        judged.push({ ...base, ...source, role: "source", state });
        for (const registry of one.targets ?? ["ghcr"]) {
            const to: JudgedCopy = {
                ...base,
                registry,
                repository: one.name,
                role: "target",
                state: { status: "missing" },
            };
            judged.push(to);
            const ours = { registry: "ecr", repository: one.name };
            tasks.push({ to, digest, isNew: true, from: one.fromOurs ? [ours, source] : [source] });
        }
    }
    return planPulls(catalog, tasks, judged, {
        accountOf: ({ registry }) => (registry === "docker" ? account : undefined),
        ...(known && { known }),
    });
}

const brief = ({ tasks }: PullPlan) =>
    tasks.map(({ task, pulls, when }) => `${task.to.image}@${task.to.registry} ${pulls} ${when}`);

describe("the plan of pulls", () => {
    it.each<[string, Wanted[], number, string[]]>([
        [
            "1 + P for an index, 1 for a single manifest",
            [
                { name: "a", children: 4 },
                { name: "b", children: 0 },
            ],
            50,
            ["b@ghcr 1 now", "a@ghcr 5 now"],
        ],
        [
            "once for several targets",
            [{ name: "a", children: 2, targets: ["ghcr", "ecr"] }],
            3,
            ["a@ghcr 3 now", "a@ecr 0 now"],
        ],
        [
            "once for two images of one digest",
            [
                { name: "a", children: 2, digest: 7 },
                { name: "b", children: 2, digest: 7 },
            ],
            3,
            ["a@ghcr 3 now", "b@ghcr 0 now"],
        ],
        ["nothing for what a copy of ours has", [{ name: "a", children: 2, fromOurs: true }], 0, ["a@ghcr 0 now"]],
        [
            "the critical ones first",
            [
                { name: "a", children: 0 },
                { name: "b", children: 3, critical: true },
            ],
            4,
            ["b@ghcr 4 now", "a@ghcr 1 later"],
        ],
        [
            "the lower wave before it",
            [
                { name: "a", children: 0, wave: 1, critical: true },
                { name: "b", children: 3 },
            ],
            4,
            ["b@ghcr 4 now", "a@ghcr 1 later"],
        ],
        [
            "the smallest manifest first among equals",
            [
                { name: "a", children: 0, size: 900 },
                { name: "b", children: 0, size: 400 },
            ],
            1,
            ["b@ghcr 1 now", "a@ghcr 1 later"],
        ],
        [
            "a smaller one behind one that does not fit",
            [
                { name: "a", children: 9, critical: true },
                { name: "b", children: 0 },
            ],
            5,
            ["b@ghcr 1 now", "a@ghcr 10 later"],
        ],
        [
            "a deferred image with all its targets",
            [{ name: "a", children: 2, targets: ["ghcr", "ecr"] }],
            2,
            ["a@ghcr 3 later", "a@ecr 0 later"],
        ],
        [
            "only the platforms that are wanted",
            [{ name: "a", children: 9, platforms: ["linux/amd64"] }],
            9,
            ["a@ghcr 2 now"],
        ],
        ["an index of unknown size with eight children", [{ name: "a", children: 1, size: 0 }], 20, ["a@ghcr 9 now"]],
    ])("counts %s", (_title, wanted, free, expected) => {
        expect(brief(planOf(wanted, accountOf(free)))).toEqual(expected);
    });

    it("believes what was read over what a size tells", () => {
        const plan = planOf([{ name: "a", children: 9 }], accountOf(3), () => 2);
        expect(plan.tasks[0]).toMatchObject({ needs: 2, pulls: 2, estimated: false, when: "now" });
    });

    it("says for each account what is needed, now and later, and says nothing where none is counted", () => {
        const wanted = [
            { name: "a", children: 3, targets: ["ghcr", "ecr"] },
            { name: "b", children: 0 },
        ];
        expect(planOf(wanted, accountOf(2, 20)).accounts).toMatchObject([
            { needs: 5, now: 1, deferred: 2, estimated: true, account: { host: "docker.io", keeps: 20 } },
        ]);
        expect(planOf(wanted, undefined).accounts).toEqual([]);
    });

    it("never plans more than is free, keeps the order, and loses no task", () => {
        const image = fc.record({
            children: fc.nat(12),
            critical: fc.boolean(),
            wave: fc.nat(2),
            digest: fc.nat(6),
            targets: fc.constantFrom(["ghcr"], ["ecr"], ["ghcr", "ecr"]),
        });
        fc.assert(
            fc.property(fc.array(image, { minLength: 1, maxLength: 12 }), fc.nat(40), (images, free) => {
                const wanted = images.map((one, index) => ({ ...one, name: `i${index}` }));
                const plan = planOf(wanted, accountOf(free));
                const now = plan.tasks.filter(({ when }) => when === "now");
                expect(now.reduce((sum, { pulls }) => sum + pulls, 0)).toBeLessThanOrEqual(free);
                expect(plan.tasks).toHaveLength(images.reduce((sum, { targets }) => sum + targets.length, 0));
                expect(plan.tasks.slice(0, now.length)).toEqual(now);
                // A digest is read once, and for all or for none.
                for (const number of new Set(images.map(({ digest }) => digest))) {
                    const same = plan.tasks.filter(({ task }) => task.digest === digestOf(number));
                    expect(same.filter(({ pulls }) => pulls > 0)).toHaveLength(1);
                    expect(new Set(same.map(({ when }) => when)).size).toBe(1);
                }
                const rank = ({ task }: (typeof now)[number]) => {
                    const { wave, critical } = wanted.find(
                        ({ name }) => name === task.to.image,
                    ) as (typeof wanted)[number];
                    return wave * 2 + (critical ? 0 : 1);
                };
                expect(now.map(rank)).toEqual([...now.map(rank)].sort((a, b) => a - b));
            }),
            { numRuns: 200 },
        );
    });
});
