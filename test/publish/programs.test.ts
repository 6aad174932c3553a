import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import type { Catalog } from "../../core/catalog";
import { Hold, originOf, parseOrigin, publish, withOrigin } from "../../core/publish";
import { catalogFor, poolFor } from "../mirror/world";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { type ImageTree, imageIndex, pushTree } from "../support/images";
import { describeWith } from "../support/require-program";

describeWith(["docker-registry", "skopeo", "regctl"], "what skopeo pushes as an OCI layout", (programs) => {
    let hub: DockerRegistry;

    beforeAll(async () => {
        hub = await startDockerRegistry(programs["docker-registry"]);
        return () => hub.close();
    });

    const run = async (program: string, ...args: string[]): Promise<string> => {
        const env = { PATH: process.env.PATH, HOME: await temporaryFolder() };
        return (await promisify(execFile)(program, args, { env })).stdout.trim();
    };
    const skopeo = (...args: string[]) => run(programs.skopeo, "--insecure-policy", ...args);
    const regctl = (host: string, ...args: string[]) =>
        run(programs.regctl, "--host", `reg=${host},tls=disabled`, ...args);

    /** A layout as buildx leaves it, pushed by digest alone. */
    async function pushLayout(tree: ImageTree, to: string): Promise<void> {
        const builder = await embedded();
        await pushTree(builder.host, "layout", tree, { tag: "built" });
        const layout = `oci:${await temporaryFolder()}/layout:built`;
        const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
        await skopeo(...copy, `docker://${builder.host}/layout:built`, layout);
        await skopeo(...copy, layout, `docker://${to}@${tree.root}`);
    }

    function publishFrom(written: Catalog, from: string, tags: readonly string[]) {
        const origin = parseOrigin(from);
        const catalog = withOrigin(written, origin);
        const hold = new Hold(new AbortController().signal);
        const known = () => ({ all: new Set<string>() });
        const wish = { image: "explorer", origin: originOf(catalog, origin), tags, known, hold };
        return publish(catalog, poolFor(catalog, { signal: hold.signal }), wish);
    }

    it("is of one digest at every place afterwards, by regctl, tags and signature too", async () => {
        const [ghcr, ecr] = [await embedded(), await embedded({ quirks: { noReferrersApi: true } })];
        const catalog = catalogFor(
            { hub, ghcr, ecr },
            {
                explorer: {
                    policy: "dual",
                    source: `${hub.host}/kuzudb/explorer`,
                    targets: ["ghcr", "ecr"],
                    tags: [{ glob: "*" }],
                    referrers: true,
                },
            },
        );
        const places = [
            [hub.host, "kuzudb/explorer"],
            [ghcr.host, "mirror/kuzudb/explorer"],
            [ecr.host, "mirror/kuzudb/explorer"],
        ] as const;
        const tree = imageIndex({ attestations: true });
        const built = `${ghcr.host}/mirror/kuzudb/explorer`;
        await pushLayout(tree, built);
        const signature = ["artifact", "put", "--artifact-type", "application/vnd.example.signature"];
        const signing = regctl(ghcr.host, ...signature, "--subject", `${built}@${tree.root}`, "--file", __filename);
        await signing;
        const done = await publishFrom(catalog, `${built}@${tree.root}`, ["0.11.0", "latest"]);
        expect(done).toMatchObject({ failures: [], warnings: [] });
        for (const [host, path] of places) {
            for (const tag of ["0.11.0", "latest"]) {
                expect(await regctl(host, "image", "digest", `${host}/${path}:${tag}`)).toBe(tree.root);
            }
            const format = ["--format", "{{ range .Descriptors }}{{ .ArtifactType }}\n{{ end }}"];
            expect(await regctl(host, "artifact", "list", ...format, `${host}/${path}:latest`)).toBe(
                "application/vnd.example.signature",
            );
            const folder = await temporaryFolder();
            await skopeo("copy", "--all", "--src-tls-verify=false", `docker://${host}/${path}:0.11.0`, `dir:${folder}`);
        }
        expect((await publishFrom(catalog, `${built}@${tree.root}`, ["latest"])).places).toMatchObject([
            { digest: "present", referrers: 0, tags: [{ status: "unchanged" }] },
            { digest: "origin", tags: [{ status: "unchanged" }] },
            { digest: "present", referrers: 0, tags: [{ status: "unchanged" }] },
        ]);
    });

    it("goes back from a distribution registry by tag, where another place refuses; a new tag stays, and is told", async () => {
        let isRefused = false;
        const ghcr = await embedded({
            intercept: (request, response, { reference = "" }) => {
                const isMine = isRefused && request.method === "PUT" && ["latest", "0.12.0"].includes(reference);
                if (isMine) {
                    request.resume();
                    response.writeHead(403).end();
                }
                return isMine;
            },
        });
        const image = { policy: "dual", source: `${hub.host}/kuzudb/other`, targets: ["ghcr"], tags: [{ glob: "*" }] };
        const catalog = catalogFor({ hub, ghcr }, { explorer: image });
        const [first, second] = [imageIndex(), imageIndex()];
        const built = `${ghcr.host}/mirror/kuzudb/other`;
        await pushTree(ghcr.host, "mirror/kuzudb/other", first);
        await pushTree(ghcr.host, "mirror/kuzudb/other", second);
        expect((await publishFrom(catalog, `${built}@${first.root}`, ["latest"])).failures).toEqual([]);
        isRefused = true;
        const back = await publishFrom(catalog, `${built}@${second.root}`, ["latest"]);
        expect(back.places[0]?.tags[0]).toMatchObject({ status: "put-back", before: first.root });
        expect(await regctl(hub.host, "image", "digest", `${hub.host}/kuzudb/other:latest`)).toBe(first.root);
        const astray = await publishFrom(catalog, `${built}@${second.root}`, ["0.12.0"]);
        // Distribution 2.8 deletes by digest only: to take the image away with the tag is not ours to do.
        expect(astray.failures.map(({ code, registry }) => [code, registry])).toEqual([
            ["DENIED", "ghcr"],
            ["NOT_PUT_BACK", "hub"],
        ]);
        expect(astray.places[0]?.tags[0]).toMatchObject({ status: "astray", shows: second.root });
    });
});
