import { describe, expect, it } from "vitest";
import { withSubset } from "../../core/catalog";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { type IndexOptions, imageIndex, pushTree } from "../support/images";
import { catalogFor, type SyncOptions, sync, verdictsOf } from "./world";

const SIX = ["linux/amd64", "linux/arm64", "linux/386", "linux/arm/v7", "linux/ppc64le", "linux/s390x"];

async function limited(limit: number, options: IndexOptions = {}) {
    const hub = await embedded({ pullLimit: { limit } });
    const target = await embedded();
    const tree = imageIndex({ platforms: SIX, ...options });
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    const carry = (platforms: "all" | readonly string[], more: SyncOptions = {}, at: EmbeddedRegistry = hub) =>
        sync(
            catalogFor(
                { hub: at, ghcr: target },
                { app: { source: `${at.host}/acme/app`, tags: ["1"], targets: ["ghcr"], platforms } },
            ),
            more,
        );
    return { hub, target, tree, carry };
}

describe("what a subset spends of a pull limit", () => {
    it("is one for the index and one for each platform that is wanted, and no more are set aside", async () => {
        const { hub, carry } = await limited(3);
        const done = await carry(["linux/amd64", "linux/arm64"]);
        expect(done.failures).toEqual([]);
        expect(verdictsOf(done)[1]).toBe("app:1@ghcr subset");
        expect(hub.pullsSpent).toBe(3);
        expect(done.pullsSpent.get(hub.host)).toBe(3);
    });

    it("counts the attestations of these platforms once the index is known, before a child is read", async () => {
        const { hub, carry } = await limited(4, { attestations: true });
        const done = await carry(["linux/amd64", "linux/arm64"]);
        expect(done.failures.map(({ code }) => code)).toEqual(["PULL_BUDGET"]);
        expect(done.failures[0]?.message).toContain("it needs 4 pulls");
        expect(hub.pullsSpent).toBe(1);
    });

    it("is nothing where only the tag is missing, and one to prove what no lock knows", async () => {
        const { hub, target, carry } = await limited(4);
        const first = await carry(["linux/amd64", "linux/arm64"]);
        const { wanted = "", subset } = first.judged[1] ?? {};
        const history = [{ app: { "1": withSubset({ digest: wanted }, subset) } }];
        await fetch(`http://${target.host}/v2/mirror/acme/app/manifests/1`, { method: "DELETE" });
        await pushTree(target.host, "mirror/acme/app", imageIndex(), { tag: "other" });
        const again = await carry(["linux/amd64", "linux/arm64"], { circumstances: { history } });
        expect(again.failures).toEqual([]);
        expect(hub.pullsSpent).toBe(3);
        const proven = await carry(["linux/amd64", "linux/arm64"]);
        expect(verdictsOf(proven)[1]).toBe("app:1@ghcr subset");
        expect([hub.pullsSpent, proven.pullsSpent.get(hub.host)]).toEqual([4, 1]);
    });

    it("is not spent on a proof that does not fit: the copy is unknown, and nothing is written", async () => {
        const { hub, target, carry } = await limited(3);
        await carry(["linux/amd64", "linux/arm64"]);
        target.requests.reset();
        const done = await carry(["linux/amd64", "linux/arm64"]);
        expect(verdictsOf(done)[1]).toBe("app:1@ghcr unknown");
        expect(done.judged[1]?.reason).toContain("could not be proven");
        expect(hub.pullsSpent).toBe(3);
        expect(target.requests.count({ method: "PUT" })).toBe(0);
    });
});
