import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Pacers, type RegistryPool } from "../../../core/registry";
import type { EmbeddedRegistry } from "../../../core/registry/embedded";
import { catalogFor, poolFor, sync } from "../../mirror/world";
import { type EcrAction, EcrQuirks, type EcrTraits } from "../../support/aws/ecr-quirks";
import { embedded } from "../../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../../support/images";
import { SteppedClock } from "./stepped-clock";

let clock: SteppedClock;
beforeEach(() => {
    clock = new SteppedClock();
});
afterEach(() => clock.close());

/** The most that there were in any second, wherever it begins. */
function mostInASecond(times: readonly number[]): number {
    return Math.max(0, ...times.map((from) => times.filter((time) => time >= from && time < from + 1000).length));
}

async function world(traits: EcrTraits = {}) {
    const quirks = new EcrQuirks({ now: clock.now, ...traits });
    return { quirks, hub: await embedded(), ecr: await embedded(quirks.options) };
}

/** As many images as names, each in a repository of its own, and each with as many layers. */
async function imagesAt(hub: EmbeddedRegistry, names: readonly string[], layers: number): Promise<ImageTree[]> {
    return Promise.all(
        names.map(async (name) => {
            const tree = singleImage({ seed: name, layers, layerBytes: 50 });
            await pushTree(hub.host, `acme/${name}`, tree, { tag: "1" });
            return tree;
        }),
    );
}

function catalogOf(hub: EmbeddedRegistry, ecr: EmbeddedRegistry, names: readonly string[]) {
    const image = (name: string) => ({ source: `${hub.host}/acme/${name}`, tags: ["1"], targets: ["ecr"] });
    const more = { ecr: { kind: "ecr", concurrency: 64 } };
    return catalogFor({ hub, ecr }, Object.fromEntries(names.map((name) => [name, image(name)])), more);
}

const environment = (pacers = new Pacers()) => ({
    now: clock.now,
    sleep: clock.sleep,
    dispatcher: clock.dispatcher,
    random: () => 0.5,
    pacers,
});

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const timesOf = (quirks: EcrQuirks, action: EcrAction) => quirks.of(action).map(({ at }) => at);

describe("the rates of ECR", () => {
    it("are the ceiling of all images and repositories together: PutImage 10, layer uploads 100 in any second", async () => {
        const { hub, ecr, quirks } = await world({ rates: LIMITS });
        const names = named("app", 14);
        await imagesAt(hub, names, 9);
        const done = await sync(catalogOf(hub, ecr, names), { environment: environment(), concurrency: 14 });
        expect(done.failures).toEqual([]);
        expect(quirks.calls.filter(({ status }) => status === 429)).toEqual([]);
        // 10 blobs and a manifest each.
        expect(RATED.map((action) => quirks.of(action).length)).toEqual([14, 140, 140]);
        for (const action of RATED) {
            expect(mostInASecond(timesOf(quirks, action))).toBeLessThanOrEqual(LIMITS[action]);
        }
    });

    it("are those of two fleets in one process together, whose pools share nothing else", async () => {
        const { hub, ecr, quirks } = await world({ rates: LIMITS });
        const fleets = [named("one", 12), named("two", 12)];
        await imagesAt(hub, fleets.flat(), 1);
        const pacers = new Pacers();
        const pools: RegistryPool[] = [];
        const done = await Promise.all(
            fleets.map((names) => {
                const catalog = catalogOf(hub, ecr, names);
                const pool = poolFor(catalog, environment(pacers));
                pools.push(pool);
                return sync(catalog, { pool });
            }),
        );
        expect(done.flatMap(({ failures }) => failures)).toEqual([]);
        expect(quirks.of("PutImage")).toHaveLength(24);
        expect(mostInASecond(timesOf(quirks, "PutImage"))).toBeLessThanOrEqual(10);
        expect(pools.map((pool) => pool.stats().ecr?.rateLimited)).toEqual([0, 0]);
    });

    it("would be passed by two that know nothing of each other", async () => {
        const { hub, ecr, quirks } = await world();
        const fleets = [named("one", 12), named("two", 12)];
        await imagesAt(hub, fleets.flat(), 1);
        await Promise.all(
            fleets.map((names) => sync(catalogOf(hub, ecr, names), { environment: environment(new Pacers()) })),
        );
        expect(mostInASecond(timesOf(quirks, "PutImage"))).toBeGreaterThan(10);
    });

    it("hold for what waited together for the end of a pause that ECR has asked for", async () => {
        const { hub, ecr, quirks } = await world({ rates: { PutImage: 0 }, retryAfter: 5 });
        const names = named("app", 24);
        await imagesAt(hub, names, 1);
        // All the others have booked their times by then, and are held back until those are long over.
        quirks.after = ({ status }) => (status === 429 ? quirks.become({ rates: {} }) : undefined);
        const done = await sync(catalogOf(hub, ecr, names), { environment: environment() });
        expect([done.failures, quirks.of("PutImage").length]).toEqual([[], 25]);
        expect(mostInASecond(timesOf(quirks, "PutImage"))).toBeLessThanOrEqual(10);
    });

    it("do not hold back reads", async () => {
        const { hub, ecr, quirks } = await world();
        const names = named("app", 40);
        const trees = await imagesAt(hub, names, 1);
        await Promise.all(
            trees.map((tree, index) => pushTree(ecr.host, `mirror/acme/app-${index}`, tree, { tag: "1" })),
        );
        quirks.calls.length = 0;
        const before = clock.now();
        await sync(catalogOf(hub, ecr, names), { environment: environment() });
        expect([quirks.calls.length, clock.now() - before]).toEqual([40, 0]);
    });

    it.each([
        ["with Retry-After waits as long as that says", 3, 3000],
        ["without it waits a while of its own", undefined, 1],
    ])("that others use up as well: a 429 %s, and ends well", async (_title, retryAfter, least) => {
        // Somebody else's requests: half the rate is left.
        const { hub, ecr, quirks } = await world({ rates: { PutImage: 5 }, ...(retryAfter && { retryAfter }) });
        const names = named("app", 12);
        await imagesAt(hub, names, 1);
        const done = await sync(catalogOf(hub, ecr, names), { environment: environment() });
        expect(done.failures).toEqual([]);
        const refused = quirks.of("PutImage").filter(({ status }) => status === 429);
        expect(refused.length).toBeGreaterThan(0);
        const [first] = refused;
        const next = quirks.of("PutImage").find(({ at, reference, repository }) => {
            return at > (first?.at ?? 0) && reference === first?.reference && repository === first?.repository;
        });
        expect((next?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(least);
    });

    it("that stay used up end in one sentence which says whose they are", async () => {
        const { hub, ecr } = await world({ rates: { PutImage: 0 } });
        await imagesAt(hub, ["app"], 1);
        const done = await sync(catalogOf(hub, ecr, ["app"]), { environment: environment() });
        expect(done.failures.map(({ code }) => code)).toEqual(["RATE_LIMITED"]);
        expect(done.failures[0]?.message).toMatch(
            /^could not carry app:1@ecr: .* too many requests when we wanted to push .*"Rate exceeded"\): others use this account's rates too: try again later, or ask AWS for higher ones \(Service Quotas\)/,
        );
    });
});

const RATED = ["PutImage", "InitiateLayerUpload", "CompleteLayerUpload"] as const;
const LIMITS = { PutImage: 10, InitiateLayerUpload: 100, CompleteLayerUpload: 100 };
