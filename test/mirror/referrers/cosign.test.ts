import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { type DockerRegistry, startDockerRegistry } from "../../support/docker-registry";
import { embeddedForFile } from "../../support/embedded";
import { type ImageTree, imageIndex, pushTree } from "../../support/images";
import { describeWith } from "../../support/require-program";
import { catalogFor, type Host, sync } from "../world";

/** The two ways in which cosign stores a signature: a bundle that refers to the image, and a tag of its digest. */
const FORMS = { "as a bundle": true, "under its digest's tag": false };

describeWith(["cosign", "docker-registry"], "a signature of cosign's own", (programs) => {
    let distribution: DockerRegistry;
    let keys: string;

    beforeAll(async () => {
        keys = await mkdtemp(join(tmpdir(), "transship-test-"));
        await cosign("generate-key-pair");
        distribution = await startDockerRegistry(programs["docker-registry"]);
        return async () => {
            await distribution.close();
            await rm(keys, { recursive: true });
        };
    });

    /** The real tool with a key of ours: neither a transparency log nor anything else outside is asked. */
    const cosign = async (...args: string[]): Promise<string> => {
        const env = { PATH: process.env.PATH, HOME: keys, COSIGN_PASSWORD: "of the test" };
        return (await promisify(execFile)(programs.cosign, args, { cwd: keys, env })).stdout;
    };
    const sign = (reference: string, bundle: boolean) => {
        const offline = ["--tlog-upload=false", "--use-signing-config=false", `--new-bundle-format=${bundle}`];
        return cosign("sign", "--yes", "--key", "cosign.key", "--allow-http-registry", ...offline, reference);
    };
    const verify = async (reference: string, bundle: boolean, key = "cosign.pub") => {
        const offline = ["--insecure-ignore-tlog=true", `--new-bundle-format=${bundle}`];
        const found = await cosign("verify", "--key", key, "--allow-http-registry", ...offline, reference);
        return JSON.parse(found) as { critical: { image: { "docker-manifest-digest": string } } }[];
    };

    const places: Record<string, () => Promise<Host>> = {
        "a registry with the API": () => embeddedForFile(),
        "one without": () => embeddedForFile({ quirks: { noReferrersApi: true } }),
        distribution: async () => distribution,
    };

    describe.each(Object.entries(FORMS))("%s", (form, bundle) => {
        const repository = `acme/${form.split(" ").at(-1)}`;
        const tree: ImageTree = imageIndex({ attestations: true });
        let source: Host;

        beforeAll(async () => {
            source = await embeddedForFile();
            await pushTree(source.host, repository, tree, { tag: "1" });
            await sign(`${source.host}/${repository}@${tree.root}`, bundle);
        });

        const carry = (target: Host, referrers: boolean) => {
            const app = { source: `${source.host}/${repository}`, tags: ["1"], targets: ["ghcr"], referrers };
            return sync(catalogFor({ hub: source, ghcr: target }, { app }));
        };

        it.each(Object.keys(places))("is verified by cosign at %s that the image was carried to", async (name) => {
            const target = await (places[name] as () => Promise<Host>)();
            const done = await carry(target, true);
            expect([done.failures, done.warnings]).toEqual([[], []]);
            const [verified] = await verify(`${target.host}/mirror/${repository}@${tree.root}`, bundle);
            expect(verified?.critical.image["docker-manifest-digest"]).toBe(tree.root);
        });

        it("is missed by cosign where the image was carried without what refers to it", async () => {
            const target = await embeddedForFile();
            expect((await carry(target, false)).failures).toEqual([]);
            const copy = `${target.host}/mirror/${repository}@${tree.root}`;
            await expect(verify(copy, bundle)).rejects.toThrow(/no (matching )?(signatures|attestations)/i);
        });

        it("is not taken for another key's", async () => {
            const others = join(keys, `of-another-${repository.split("/")[1]}`);
            await cosign("generate-key-pair", "--output-key-prefix", others);
            const reference = `${source.host}/${repository}@${tree.root}`;
            expect(await verify(reference, bundle)).toHaveLength(1);
            await expect(verify(reference, bundle, `${others}.pub`)).rejects.toThrow(
                /no matching (signatures|attestations)/,
            );
        });
    });
});
