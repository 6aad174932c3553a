import { describe, expect, it } from "vitest";
import { lockedDigests, readLockedDigests } from "../../core/catalog";
import { cleanPackages, restoreVersions } from "../../core/packages";
import { LocalGhcr } from "../support/ghcr";
import { FAULTS } from "../support/github";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, lookAt, RETENTION, release, toolsFor } from "./world";

/** Three releases; the tag of the first has moved on to the second, so that all of the first is without a tag. */
async function movedOn() {
    const ghcr = await LocalGhcr.start();
    const old = await release(ghcr, "0.11.0-rc");
    const present = await release(ghcr, "0.11.0");
    await ghcr.untag("explorer", "0.11.0-rc");
    const found = await ghcr.record("explorer");
    return { ghcr, old, present, found };
}

describe("A clean-up of packages at GitHub", () => {
    it("plans what no tag leads to, with its children, signatures and lists of referrers, and deletes nothing by itself", async () => {
        const { ghcr, old, present } = await movedOn();
        const look = await lookAt(ghcr);
        expect(look).toMatchObject({ status: "seen", versions: 16, tagged: 1, problems: [] });
        const due = look.retention?.plan.delete.map(({ digest }) => digest) ?? [];
        expect([...due].sort()).toEqual(old.digests);
        expect(due[0]).toBe(old.image.root);
        expect(ghcr.github.counts()).not.toHaveProperty("DELETE");
        expect(await ghcr.left("explorer")).toEqual([...old.digests, ...present.digests].sort());
    });

    it("costs one GET for each manifest that is about to go, or that is no platform's image in one that stays", async () => {
        const { ghcr, old } = await movedOn();
        ghcr.registry.requests.reset();
        const look = await lookAt(ghcr);
        // Of the release that stays: its index, its signature and its list of referrers.
        expect(look.retention?.reads).toBe(old.digests.length + 3);
        expect(ghcr.registry.requests.snapshot()).toEqual({ "GET manifest": old.digests.length + 3 });
        // The owner, the package, one page of versions.
        expect(ghcr.github.counts()).toEqual({ GET: 3 });
    });

    it("deletes exactly that, and every image that stays is whole", async () => {
        const { ghcr, old, present } = await movedOn();
        const [cleaned] = await cleanPackages([await lookAt(ghcr)], toolsFor(ghcr, catalogFor(ghcr)));
        expect(cleaned?.carried).toMatchObject({ refused: [], left: 0 });
        expect(cleaned?.deletions.map(({ digest }) => digest).sort()).toEqual(old.digests);
        expect(cleaned?.deletions[0]).toMatchObject({ package: "acme/explorer", id: expect.any(Number), tags: [] });
        expect(await ghcr.left("explorer")).toEqual(present.digests);
        await resolveWholly(ghcr.registry.host, "acme/explorer", "0.11.0");
        expect((await lookAt(ghcr)).retention?.plan.delete).toEqual([]);
    });

    it("keeps what a lock can roll back to, without a tag", async () => {
        const { ghcr, old, present } = await movedOn();
        const lock = { explorer: { "0.11.0": { digest: present.image.root, history: [old.image.root] } } };
        const digests = readLockedDigests(lockedDigests([lock]));
        const look = await lookAt(ghcr, { retention: RETENTION, digests });
        expect(look.retention?.plan.delete).toEqual([]);
        expect(look.retention?.plan.keep.map(({ reason }) => reason)).toContain(
            "roll-back digest of explorer:0.11.0 in the lock",
        );
    });

    it("goes on after GitHub's limits, through hundreds of versions and pages", async () => {
        const ghcr = await LocalGhcr.start();
        await release(ghcr, "0.11.0");
        const found = await ghcr.record("explorer");
        const at = new Date(ghcr.github.now - 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
        for (let number = 0; number < 250; number += 1) {
            const id = ghcr.github.world.id();
            const digest = [...found.versions.values()][number % 8]?.digest ?? "";
            // Pages hold 100, and an id comes once, whatever moved meanwhile.
            found.versions.set(id, { id, digest, tags: [], downloads: 0, createdAt: at, updatedAt: at });
        }
        ghcr.github.fail({ ...FAULTS.secondaryLimit(1), url: /versions/, after: 1 });
        const look = await lookAt(ghcr);
        expect(look).toMatchObject({ status: "seen", versions: 258 });
        expect(ghcr.github.asked().filter((one) => one.endsWith("/versions"))).toHaveLength(4);
        expect(look.retention?.plan.delete).toEqual([]);
    });

    it("leaves whole what GitHub does not delete for its downloads, and deletes the rest", async () => {
        const { ghcr, found, old } = await movedOn();
        const other = await release(ghcr, "0.9.0");
        await ghcr.untag("explorer", "0.9.0");
        const popular = [...found.versions.values()].find(({ digest }) => digest === old.image.root);
        Object.assign(popular ?? {}, { downloads: 5001 });
        const [cleaned] = await cleanPackages([await lookAt(ghcr)], toolsFor(ghcr, catalogFor(ghcr)));
        expect(cleaned?.deletions.map(({ digest }) => digest).sort()).toEqual(other.digests);
        expect(cleaned?.carried.refused.map(({ reason }) => reason)).toEqual([
            expect.stringMatching(/^GitHub keeps the version \d+ of the package acme\/explorer: .*5,000 downloads/),
        ]);
        expect((await ghcr.left("explorer")).filter((digest) => old.digests.includes(digest))).toEqual(old.digests);
    });

    it.each([
        ["an answer that says nothing", { method: "DELETE", status: 502, after: 2, times: 9 }],
        ["a right that is missing", { method: "DELETE", status: 403, message: "Forbidden", after: 2, times: 9 }],
    ])("stops at %s, leaves every index whole, and goes on the next time", async (_title, fault) => {
        const { ghcr, old, present } = await movedOn();
        ghcr.github.fail(fault);
        const [first] = await cleanPackages([await lookAt(ghcr)], toolsFor(ghcr, catalogFor(ghcr)));
        expect(first?.deletions).toHaveLength(2);
        expect(first?.carried).toMatchObject({ left: 6, error: expect.objectContaining({ name: "GitHubError" }) });
        expect(await ghcr.left("explorer")).not.toContain(old.image.root);
        // What is left of its own fault would hit the next run, too.
        await useUp(ghcr, fault.times);
        const fresh = await lookAt(ghcr, { retention: RETENTION, deletions: first?.deletions });
        const [second] = await cleanPackages([fresh], toolsFor(ghcr, catalogFor(ghcr)));
        expect(second?.carried).toMatchObject({ left: 0 });
        expect(await ghcr.left("explorer")).toEqual(present.digests);
    });

    it("brings back what was deleted, children before their index", async () => {
        const { ghcr, old, present } = await movedOn();
        const tools = toolsFor(ghcr, catalogFor(ghcr));
        const [cleaned] = await cleanPackages([await lookAt(ghcr)], tools);
        const restored = await restoreVersions(tools.github, cleaned?.deletions ?? []);
        expect(restored.map(({ outcome }) => outcome)).toEqual(old.digests.map(() => "restored"));
        expect(restored.at(-1)?.digest).toBe(old.image.root);
        // The registry takes an index only when its children are there: a wrong order would fail here.
        expect(await ghcr.left("explorer")).toEqual([...old.digests, ...present.digests].sort());
        await cleanPackages([await lookAt(ghcr)], tools);
        ghcr.github.now += 31 * 86_400_000;
        const [lost] = await restoreVersions(tools.github, cleaned?.deletions.slice(0, 1) ?? []);
        expect(lost).toMatchObject({ outcome: "lost", why: expect.stringContaining("more than 30 days ago") });
    });
});

async function useUp({ github }: LocalGhcr, times: number): Promise<void> {
    const headers = { authorization: `Bearer ${github.access().token}` };
    for (let count = 0; count < times; count += 1) {
        await fetch(`${github.api}/orgs/acme/packages/container/none/versions/1`, { method: "DELETE", headers });
    }
}
