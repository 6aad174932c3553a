import { describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import { readCredentials } from "../../core/lifecycle/configuration";
import { diagnose, summarize } from "../../core/lifecycle/findings";
import { fleetHooks } from "../../core/lifecycle/fleet";
import type { FleetInputs } from "../../core/lifecycle/types";
import { hasUnknown, UNKNOWN } from "../../core/lifecycle/unknown";
import { circumstancesOf, type JudgedCopy, judge } from "../../core/mirror";
import { catalogFor, type Host } from "../mirror/world";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { fleetInputs, newFleet, TalkingSession } from "./stack";

const NOWHERE: Host = { host: "registry.invalid" };
const app = (hub: Host, tags: readonly unknown[] = ["1"]) => ({
    app: { source: `${hub.host}/acme/app`, tags, targets: ["ghcr"] },
});

describe("inputs that are not known yet", () => {
    it.each<[string, unknown, boolean]>([
        ["the SDK's string", UNKNOWN, true],
        ["nested in a list of an object", { a: [{ b: UNKNOWN }] }, true],
        ["nothing unknown", { a: [1, null, "x", { b: undefined, c: true }] }, false],
        ["a text that only holds it", `before ${UNKNOWN}`, false],
    ])("are found: %s", (_, value, expected) => {
        expect(hasUnknown(value)).toBe(expected);
    });

    it.each(["catalog", "lock", "onDrift"] as const)("leave the look out, and observed unknown: %s", async (key) => {
        const hub = await embedded();
        const session = new TalkingSession(() => new Date());
        const hooks = fleetHooks(() => session);
        const known = fleetInputs(catalogFor({ hub, ghcr: hub }, app(hub)));
        const nested = key === "lock" ? { app: { "1": { digest: UNKNOWN } } } : UNKNOWN;
        const news = { ...known, [key]: nested } as FleetInputs;
        expect(await hooks.check({} as FleetInputs, news)).toEqual({ inputs: { ...news, observed: UNKNOWN } });
        expect(await hooks.diff("id", { ...known } as never, news)).toEqual({ changes: true });
        expect(hub.requests.total).toBe(0);
        expect(session.lines).toEqual([]);
    });
});

describe("a check", () => {
    it("never throws, whatever it is given", async () => {
        const session = new TalkingSession(() => new Date());
        const { check } = fleetHooks(() => session);
        const good = fleetInputs(catalogFor({ hub: NOWHERE, ghcr: NOWHERE }, app(NOWHERE)));
        const bad: unknown[] = [
            {},
            { ...good, catalog: undefined },
            { ...good, catalog: { images: { app: "no such line" }, registries: {} } },
            { ...good, catalog: { ...good.catalog, registries: {} } },
            { ...good, lock: null },
        ];
        for (const news of bad) {
            const { inputs, failures = [] } = await check({} as FleetInputs, news as FleetInputs);
            // What cannot be asked is unknown, what makes no sense is refused; neither prints a stack.
            expect(failures.length === 1 || (inputs as FleetInputs).observed?.unknown !== undefined).toBe(true);
            expect([...failures.map(({ reason }) => reason), ...session.lines].join(" ")).not.toMatch(/\n|\.[jt]s:\d/);
        }
    });

    it("refuses what the stack's configuration has wrong, in one sentence without the secret", async () => {
        const session = new TalkingSession(() => new Date());
        session.configure(() => readCredentials({ get: () => '{"harbor": {"password": "hunter2"' }));
        const news = fleetInputs(catalogFor({ hub: NOWHERE, ghcr: NOWHERE }, app(NOWHERE)));
        const { failures } = await fleetHooks(() => session).check({} as FleetInputs, news);
        expect(failures).toHaveLength(1);
        expect(failures?.[0]?.reason).toMatch(/^the stack configuration "transship:credentials" must be an object/);
        expect(JSON.stringify(failures)).not.toContain("hunter2");
    });

    it("refuses under onDrift fail and onUnknown fail, with image, registry, digests and the option", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        const tree = singleImage();
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const catalog = catalogFor({ hub, ghcr: target }, app(hub));
        const fleet = newFleet();
        await fleet.up(fleetInputs(catalog, { onDrift: "fail", onUnknown: "fail" }));
        expect((await fleet.up(fleetInputs(catalog, { onDrift: "fail", onUnknown: "fail" }))).step).toBe("same");

        const stranger = singleImage();
        await pushTree(target.host, "mirror/acme/app", stranger, { tag: "1" });
        const drifted = await fleet.preview(fleetInputs(catalog, { onDrift: "fail" }));
        const line = `app:1@ghcr: have ${stranger.root} want ${tree.root}`;
        expect(drifted).toEqual({
            step: "refused",
            lines: [`drift: ${line} (the digest here was never ours)`],
            reasons: [`${line}; onDrift is "fail"`],
        });

        await target.close();
        const unknown = await fleet.preview(fleetInputs(catalog, { onUnknown: "fail" }));
        expect(unknown.step).toBe("refused");
        expect(unknown.reasons).toHaveLength(1);
        expect(unknown.reasons[0]).toMatch(/^app:1@ghcr: unknown, CONNECTION_REFUSED: .*; onUnknown is "fail"$/);
    });

    it("prints twenty lines, then a count", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        const tags = Array.from({ length: 23 }, (_, number) => `${number}`);
        const [tree, stranger] = [singleImage({ layers: 0 }), singleImage({ layers: 0, annotations: { a: "b" } })];
        for (const tag of tags) {
            await pushTree(hub.host, "acme/app", tree, { tag });
            await pushTree(target.host, "mirror/acme/app", stranger, { tag });
        }
        const catalog = catalogFor({ hub, ghcr: target }, app(hub, tags));
        const run = await newFleet().preview(fleetInputs(catalog, { onDrift: "fail" }));
        expect(run.lines).toHaveLength(21);
        expect(run.lines.slice(0, 20).every((line) => line.startsWith("drift: app:"))).toBe(true);
        expect(run.lines[20]).toBe("… and 3 more drifted copies");
        expect(run.reasons).toHaveLength(21);
        expect(run.reasons[20]).toBe("… and 3 more drifted copies");
    });

    it("refuses two fleets of one program that write one tag, also under other names of the registry", async () => {
        const [hub, target] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", singleImage(), { tag: "1" });
        const [one, other] = [newFleet(), newFleet()];
        const session = one.session();
        expect((await one.up(fleetInputs(catalogFor({ hub, ghcr: target }, app(hub))), session)).step).toBe("create");
        const images = { copy: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["mine"] } };
        const inputs = fleetInputs(catalogFor({ hub, mine: target }, images), { fleet: "others" });
        const run = await other.up(inputs, session);
        expect(run).toMatchObject({ step: "refused" });
        expect(run.reasons).toEqual([
            'the fleets "images" and "others" both write mirror/acme/app:1 at mine; leave the image to one of them',
        ]);
        // The next phase is another process, where the same fleet takes it again.
        expect((await one.up(fleetInputs(catalogFor({ hub, ghcr: target }, app(hub))))).step).toBe("same");
    });
});

describe("what was observed", () => {
    const catalog = catalogFor({ hub: NOWHERE, ghcr: { host: "ghcr.invalid" } }, app(NOWHERE, ["1", "2", "3"]));
    const seen = (message: string): JudgedCopy[] => {
        const copies = listCopies(catalog).map((copy, index) => {
            const digest = `sha256:${String(index).repeat(64)}`;
            const state =
                index === 1
                    ? ({ status: "unknown", code: "SERVER_ERROR", message } as const)
                    : ({ status: "present", digest, mediaType: "", size: 1 } as const);
            return { ...copy, state };
        });
        return judge(catalog, { copies }, circumstancesOf(catalog));
    };

    it("is the same for the same world, whatever a registry says in its trouble, and has no time in it", () => {
        const [one, other] = [seen("failed at 12:00, request 8f3a"), seen("failed at 12:01, request 77aa")];
        expect(summarize(one)).toEqual(summarize(other));
        expect(summarize(one).unknown).toEqual(["app:1@ghcr: SERVER_ERROR"]);
        expect(JSON.stringify(summarize(one))).not.toMatch(/12:0|20\d\d-/);
        // The console has the whole sentence.
        expect(diagnose(one).join("\n")).toContain("failed at 12:00, request 8f3a");
    });

    it("holds exceptions only", () => {
        const well = judge(
            catalog,
            {
                copies: listCopies(catalog).map((copy) => ({
                    ...copy,
                    state: { status: "present", digest: `sha256:${"a".repeat(64)}`, mediaType: "", size: 1 } as const,
                })),
            },
            circumstancesOf(catalog),
        );
        expect(summarize(well)).toEqual({ copies: 6, consistent: 6, cost: { heads: 6, carries: 0 } });
    });
});
