import { expect, it } from "vitest";
import { catalogFor, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { artifact, FAMILIES, type ImageTree, pushTree, sha256, singleImage } from "../support/images";
import { fleetInputs, newFleet } from "./stack";

/** An image whose first layer is at an address of its publisher. */
function withForeignLayer(): ImageTree {
    const tree = singleImage();
    const body = JSON.parse(tree.manifests[0]?.bytes.toString() ?? "") as { layers: object[] };
    const mediaType = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    const layer = { mediaType, digest: sha256(Buffer.from("base")), size: 4, urls: ["https://example.invalid/base"] };
    const bytes = Buffer.from(JSON.stringify({ ...body, layers: [layer, ...body.layers] }));
    const digest = sha256(bytes);
    return { ...tree, root: digest, manifests: [{ digest, bytes, mediaType: FAMILIES.oci.manifest }] };
}

it("a fleet tells of a referrer that a target refuses, and of layers that stayed where they are; both images arrive", async () => {
    const hub = await embedded();
    const [signed, base] = [singleImage(), withForeignLayer()];
    const signature = artifact({ subject: signed });
    await pushTree(hub.host, "acme/signed", signed, { tag: "1" });
    await pushTree(hub.host, "acme/signed", signature);
    await pushTree(hub.host, "acme/base", base, { tag: "1" });
    const target = await embedded({
        intercept: (request, response, { reference }) => {
            if (request.method !== "PUT" || reference !== signature.root) {
                return false;
            }
            request.resume();
            response.writeHead(405).end();
            return true;
        },
    });
    const image = (name: string) => ({
        source: `${hub.host}/acme/${name}`,
        tags: ["1"],
        targets: ["ghcr"],
        referrers: true,
    });
    const catalog = catalogFor({ hub, ghcr: target }, { signed: image("signed"), base: image("base") });
    const run = await newFleet().up(fleetInputs(catalog));
    expect(run.step).toBe("create");
    expect(run.lines).toEqual([
        "carried 2 tags, verified by digest",
        "1 non-distributable layer of base:1 left at its address",
        expect.stringMatching(`^warning: signed:1@ghcr: the referrer ${signature.root} .* was left behind: .*405`),
    ]);
    expect([
        await statusOf(target, "mirror/acme/signed", "1"),
        await statusOf(target, "mirror/acme/base", "1"),
    ]).toEqual([200, 200]);
});
