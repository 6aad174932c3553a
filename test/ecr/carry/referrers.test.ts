import { describe, expect, it } from "vitest";
import { listCopies } from "../../../core/catalog";
import { circumstancesOf, inspect, look } from "../../../core/mirror";
import { poolFor, statusOf, sync, verdictsOf } from "../../mirror/world";
import { artifact, pushTree } from "../../support/images";
import { ecrWorld, HASTY, REPOSITORY } from "./world";

const BUNDLE = "application/vnd.dev.sigstore.bundle+json;version=0.2";

/** An image with a signature that ECR takes, and a bundle that it does not. */
async function signed() {
    const world = await ecrWorld();
    const signature = artifact({ subject: world.app, seed: "signature" });
    const bundle = artifact({ subject: world.app, seed: "bundle", artifactType: BUNDLE });
    await pushTree(world.hub.host, "acme/app", signature);
    await pushTree(world.hub.host, "acme/app", bundle);
    return { ...world, signature, bundle, images: { app: { referrers: true } } };
}

describe("a referrer that ECR does not take", () => {
    it("is told as not carried, with its kind and ECR's words; the image passes, and so do the other referrers", async () => {
        const { ecr, catalog, images, signature, bundle } = await signed();
        const done = await sync(catalog(images), { environment: HASTY });
        expect([done.failures, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr consistent"]]);
        expect(done.warnings.map(({ code, message }) => [code, message])).toEqual([
            [
                "REFERRER_REFUSED",
                expect.stringMatching(
                    new RegExp(
                        `^app:1@ecr: the referrer ${bundle.root} \\(.*;version=0\\.2\\) of .* was left behind: .* takes no manifest with such media types, .*\\(405 UNSUPPORTED, .*aws/containers-roadmap#2306`,
                    ),
                ),
            ],
        ]);
        expect([await statusOf(ecr, REPOSITORY, signature.root), await statusOf(ecr, REPOSITORY, bundle.root)]).toEqual(
            [200, 404],
        );
    });

    it("is known to a check, which calls the image equal and the referrer no fault", async () => {
        const { catalog, images, bundle } = await signed();
        await sync(catalog(images), { environment: HASTY });
        const wanted = catalog(images);
        const pool = poolFor(wanted, HASTY);
        const circumstances = circumstancesOf(wanted);
        const judged = await look(wanted, listCopies(wanted), circumstances, pool);
        const { judged: after, findings } = await inspect(wanted, judged, circumstances, pool, { signatures: true });
        expect(verdictsOf({ judged: after })).toEqual(["app:1@hub consistent", "app:1@ecr consistent"]);
        expect(findings.map(({ code, severity }) => [code, severity])).toEqual([["REFERRERS_MISSING", "warning"]]);
        expect(findings[0]?.message).toContain(bundle.root);
        expect(findings[0]?.message).toContain("cannot be carried, while the image itself is whole");
    });

    it("of a kind that it does take is drift where it is missing, as everywhere", async () => {
        const { catalog, images, ecr, app, signature } = await signed();
        await pushTree(ecr.host, REPOSITORY, app, { tag: "1" });
        const wanted = catalog(images);
        const pool = poolFor(wanted, HASTY);
        const circumstances = circumstancesOf(wanted);
        const judged = await look(wanted, listCopies(wanted), circumstances, pool);
        const { findings } = await inspect(wanted, judged, circumstances, pool, { signatures: true });
        expect(findings.map(({ severity }) => severity)).toEqual(["drift", "warning"]);
        expect(findings[0]?.message).toContain(signature.root);
    });
});
