import { expect, it } from "vitest";
import { defineCatalog, listCopies } from "../../core/catalog";
import { carriedAmong, circumstancesOf, judge, observe, reconcile } from "../../core/mirror";
import { RegistryPool } from "../../core/registry";
import { embedded } from "../support/embedded";
import { imageIndex, pushTree } from "../support/images";

/**
 * The main job against a registry of the user's own, by `npm run test:against`; never part of `npm test`. It pushes one
 * small image under a tag of its own and deletes the tag where the registry lets it.
 */
const PLACE = process.env.TRANSSHIP_REGISTRY;
const KIND = process.env.TRANSSHIP_REGISTRY_KIND;
const INSECURE = process.env.TRANSSHIP_REGISTRY_INSECURE === "true";

it(`carries an image to ${PLACE} and finds it equal there`, { timeout: 300_000 }, async () => {
    if (PLACE === undefined || PLACE === "") {
        throw new Error("Say which registry: TRANSSHIP_REGISTRY=ghcr.io/you/transship-try npm run test:against");
    }
    const hub = await embedded();
    const tree = imageIndex();
    await pushTree(hub.host, "transship/self-test", tree, { tag: "1" });
    const tag = `self-test-${Date.now()}`;
    const catalog = defineCatalog({
        version: 1,
        registries: {
            hub: { host: hub.host, kind: "distribution", insecure: true, credentials: { from: "anonymous" } },
            target: { host: PLACE, insecure: INSECURE, ...(KIND === undefined ? {} : { kind: KIND as "other" }) },
        },
        images: {
            probe: { source: `${hub.host}/transship/self-test`, tags: [{ from: "1", to: tag }], targets: ["target"] },
        },
    });
    const registries = new RegistryPool(Object.values(catalog.registries));
    const copies = listCopies(catalog);
    const circumstances = circumstancesOf(catalog, { carried: carriedAmong([]) });
    const before = judge(catalog, await observe(copies, registries), circumstances);
    expect(before.map(({ verdict }) => verdict)).toEqual(["consistent", "pending"]);

    const done = await reconcile(catalog, before, circumstances, registries);
    expect(done.failures.map(({ message }) => message)).toEqual([]);
    expect(done.judged.map(({ verdict }) => verdict)).toEqual(["consistent", "consistent"]);

    const place = copies[1];
    const target = registries.client("target");
    const raw = await target.getManifest(place?.repository ?? "", tag);
    expect(raw.digest).toBe(tree.root);
    expect(raw.bytes.equals(tree.manifests.at(-1)?.bytes ?? Buffer.alloc(0))).toBe(true);
    await target.deleteManifest(place?.repository ?? "", tag).catch((error: Error) => {
        console.log(`The tag ${tag} was left in place: ${error.message}`);
    });
    await registries.close();
});
