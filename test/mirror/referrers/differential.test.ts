import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { type DockerRegistry, startDockerRegistry } from "../../support/docker-registry";
import { embedded, embeddedForFile, temporaryFolder } from "../../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree, singleImage } from "../../support/images";
import { describeWith } from "../../support/require-program";
import { catalogFor, type Host, sync } from "../world";
import { snapshot } from "./snapshot";

const noApi = { quirks: { noReferrersApi: true } };

describeWith(["regctl", "docker-registry"], "beside regctl image copy --digest-tags --referrers", (programs) => {
    let distribution: DockerRegistry;

    beforeAll(async () => {
        distribution = await startDockerRegistry(programs["docker-registry"]);
        return () => distribution.close();
    });

    /** The real tool, without this machine's settings. */
    const regctl = async (hosts: readonly Host[], ...args: string[]): Promise<string> => {
        const plain = hosts.flatMap(({ host }) => ["--host", `reg=${host},tls=disabled`]);
        const env = { PATH: process.env.PATH, HOME: await temporaryFolder() };
        const running = promisify(execFile)(programs.regctl, [...args, ...plain], { env });
        running.child.stdin?.end(args.includes("put") ? `content of ${args.join(" ")}` : "");
        return (await running).stdout.trim();
    };

    /** A referrer as its users make them; returns its digest. */
    const attach = (at: Host, repository: string, subject: string, type: string, note: string): Promise<string> => {
        const what = ["--artifact-type", type, "--annotation", `org.example.note=${note}`];
        const name = `${at.host}/${repository}@${subject}`;
        return regctl(
            [at],
            "artifact",
            "put",
            ...what,
            "--subject",
            name,
            "--format",
            "{{ .Manifest.GetDescriptor.Digest }}",
        );
    };

    /** A signed image as the wild has it: both forms, on the index and on a child, and a referrer of a referrer. */
    async function publish(at: Host, repository: string): Promise<ImageTree> {
        const tree = imageIndex({ attestations: true });
        await pushTree(at.host, repository, tree, { tag: "1" });
        const child = tree.manifests[0]?.digest ?? "";
        const sbom = await attach(at, repository, tree.root, "application/spdx+json", "<b> & more");
        await attach(at, repository, tree.root, "application/vnd.example.signature", "second");
        await attach(at, repository, child, "application/vnd.cyclonedx+json", "of a child");
        const signature = await attach(at, repository, sbom, "application/vnd.example.signature", "of the SBOM");
        await attach(at, repository, signature, "application/vnd.example.timestamp", "of the signature");
        for (const [digest, suffix] of [
            [tree.root, ".sig"],
            [tree.root, ".att"],
            [tree.root, ".sbom"],
            [child, ".sig"],
            [sbom, ".sig"],
            [tree.root, ".of-somebody"],
        ] as const) {
            const seed = `${digest}${suffix}`;
            await pushTree(at.host, repository, artifact({ seed }), { tag: digest.replace(":", "-") + suffix });
        }
        await pushTree(at.host, repository, singleImage(), { tag: "another" });
        return tree;
    }

    const places: Record<string, () => Promise<Host>> = {
        "a registry with the API": () => embeddedForFile(),
        "one without": () => embeddedForFile(noApi),
        distribution: async () => distribution,
    };

    describe.each(Object.keys(places))("from %s", (from) => {
        const repository = `acme/${from.replaceAll(" ", "-").toLowerCase()}`;
        let source: Host;
        let tree: ImageTree;

        beforeAll(async () => {
            source = await (places[from] as () => Promise<Host>)();
            tree = await publish(source, repository);
        });

        it.each(Object.keys(places))("leaves the very same repository at %s", async (to) => {
            const target = await (places[to] as () => Promise<Host>)();
            const copy = ["image", "copy", "--digest-tags", "--referrers"];
            const theirs = `${target.host}/regctl/${repository}:1`;
            await regctl([source, target], ...copy, `${source.host}/${repository}:1`, theirs);
            const app = { source: `${source.host}/${repository}`, tags: ["1"], targets: ["ghcr"], referrers: true };
            const done = await sync(catalogFor({ hub: source, ghcr: target }, { app }));
            expect(done.failures).toEqual([]);
            expect(done.results).toMatchObject([{ warnings: [], referrers: 11 }]);
            const ours = await snapshot(target, `mirror/${repository}`);
            expect(ours).toEqual(await snapshot(target, `regctl/${repository}`));
            // What was compared is not nothing.
            expect(ours.tags["1"]).toBe(tree.root);
            expect(ours.tags.another).toBeUndefined();
            expect(Object.keys(ours.referrers)).toHaveLength(4);
            expect(Object.keys(ours.tags).filter((tag) => tag.includes(".s"))).toHaveLength(4);
        });
    });

    it("copies the fallback tag of a source that has the API too, as regctl does", async () => {
        const [source, target] = [await embedded(), await embedded()];
        const tree = await publish(source, "acme/app");
        const left = imageIndex({ seed: "an old list" });
        await pushTree(source.host, "acme/app", left, { tag: tree.root.replace(":", "-") });
        await regctl(
            [source, target],
            "image",
            "copy",
            "--digest-tags",
            "--referrers",
            `${source.host}/acme/app:1`,
            `${target.host}/regctl/acme/app:1`,
        );
        const app = { source: `${source.host}/acme/app`, tags: ["1"], targets: ["ghcr"], referrers: true };
        const done = await sync(catalogFor({ hub: source, ghcr: target }, { app }));
        expect(done.failures).toEqual([]);
        expect((await snapshot(target, "mirror/acme/app")).tags).toEqual(
            (await snapshot(target, "regctl/acme/app")).tags,
        );
    });
});
