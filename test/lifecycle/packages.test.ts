import { describe, expect, it } from "vitest";
import { compactCatalog } from "../../core/catalog";
import type { PackagesInputs, PackagesOutputs } from "../../core/lifecycle";
import { packagesHooks } from "../../core/lifecycle/packages";
import { Session } from "../../core/lifecycle/session";
import { catalogFor, release } from "../packages/world";
import { LocalGhcr } from "../support/ghcr";
import { ADMIN_TOKEN } from "../support/github";

/** The hooks as one engine call after the other has them: each with a process of its own. */
async function world(inputs: Partial<PackagesInputs> = {}) {
    const ghcr = await LocalGhcr.start();
    const old = await release(ghcr, "0.11.0-rc");
    const present = await release(ghcr, "0.11.0");
    await ghcr.untag("explorer", "0.11.0-rc");
    const catalog = compactCatalog(catalogFor(ghcr), ["explorer"]);
    const news: PackagesInputs = {
        catalog,
        locked: [],
        retention: {},
        dryRun: false,
        onProblem: "warn",
        ...inputs,
    };
    const told: string[] = [];
    const engine = () => {
        const session = new Session(
            () => new Date(ghcr.github.now),
            (line) => told.push(line),
        );
        const config = new Map(Object.entries({ "github:token": ADMIN_TOKEN, "github:baseUrl": ghcr.github.baseUrl }));
        session.gitHub.configure({ get: (key) => config.get(key) }, {});
        return packagesHooks(() => session);
    };
    /** What `up` does over a state. */
    const up = async (state?: PackagesOutputs): Promise<{ changes: boolean; state: PackagesOutputs }> => {
        const hooks = engine();
        const { failures, inputs: checked } = await hooks.check(state ?? {}, news);
        expect(failures).toBeUndefined();
        if (state === undefined) {
            return { changes: true, state: (await hooks.create(checked)).outs };
        }
        const { changes } = await hooks.diff("packages", state, checked);
        return { changes, state: changes ? (await hooks.update("packages", state, checked)).outs : state };
    };
    return { ghcr, old, present, news, told, engine, up };
}

describe("The hooks of packages at GitHub", () => {
    it("do not try again what GitHub refuses to delete, and tell it as kept", async () => {
        const { ghcr, old, up } = await world();
        const versions = ghcr.github.world.owner("acme")?.packages.get("explorer")?.versions.values() ?? [];
        Object.assign([...versions].find(({ digest }) => digest === old.image.root) ?? {}, { downloads: 9000 });
        const first = await up();
        expect(first.state.deletions).toEqual([]);
        expect(Object.keys(first.state.refused)).toEqual([old.image.root]);
        expect(first.state.report[0]?.retention).toMatchObject({ due: 0, causes: { refused: 1 } });
        ghcr.github.asked();
        expect((await up(first.state)).changes).toBe(false);
        expect(ghcr.github.asked().filter((one) => one.startsWith("DELETE"))).toEqual([]);
    });

    it("keep what was deleted when a clean-up stops, and go on with the rest of that image the next time", async () => {
        const { engine, ghcr, news, present, up } = await world();
        // The index is gone, and GitHub has no right word for what comes after it.
        ghcr.github.fail({ method: "DELETE", status: 403, message: "Forbidden", after: 1 });
        const hooks = engine();
        const { inputs } = await hooks.check({}, news);
        const failed = await hooks.create(inputs).catch((error) => error);
        expect(failed).toMatchObject({
            id: "packages",
            name: "PackagesFailure",
            reasons: [expect.any(String), expect.any(String)],
        });
        expect(failed.properties.deletions).toHaveLength(1);
        const next = await up(failed.properties);
        expect(next.changes).toBe(true);
        expect(next.state.deletions).toHaveLength(8);
        expect(await ghcr.left("explorer")).toEqual(present.digests);
        expect((await up(next.state)).changes).toBe(false);
        ghcr.github.now += 31 * 86_400_000;
        await ghcr.untag("explorer", "none");
        expect((await up({ ...next.state, dryRun: true })).state.deletions).toEqual([]);
    });

    it("take what could not be asked for no change, and nothing is deleted", async () => {
        const { ghcr, told, up } = await world({ dryRun: true });
        const { state } = await up();
        ghcr.github.fail({ url: /versions/, status: 404, message: "Not Found" });
        expect((await up(state)).changes).toBe(false);
        expect(told.at(-1)).toContain("Could not list the versions of the package acme/explorer");
    });

    it.each([
        [{ retention: { keep: { newest: 0 } } }, "keep.newest must be a whole number from 1 on, not 0."],
        [{ packages: ["explorer"] }, '"packages" are names below an owner: name the "owner" too.'],
        [{ owner: "nobody" }, "there is no package of nobody to look at"],
        [{ atMost: 0 }, "atMost must be a whole number from 1 on, not 0."],
        [{ expect: { repository: "explorer" } }, 'as owner/name, not "explorer".'],
        [{ onProblem: "fail", expect: { visibility: "private" } }, "is public and should be private"],
    ] as const)("refuse %j in one sentence, before anything is touched", async (inputs, sentence) => {
        const { engine, ghcr, news } = await world();
        const { failures } = await engine().check({}, { ...news, ...(inputs as Partial<PackagesInputs>) });
        expect(failures).toEqual([{ property: "", reason: expect.stringContaining(sentence) }]);
        expect(ghcr.github.counts()).not.toHaveProperty("DELETE");
    });
});
