import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import { circumstancesOf, look } from "../../core/mirror";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embeddedForFile, temporaryFolder } from "../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree, sha256, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, type Host, poolFor } from "./world";

const SHAPES: Readonly<Record<string, ImageTree>> = {
    "docker-list": imageIndex({ family: "docker" }),
    "docker-manifest": singleImage({ family: "docker" }),
    "oci-index": imageIndex(),
    "oci-index-attested": imageIndex({ attestations: true }),
    "oci-manifest": singleImage(),
    artifact: artifact(),
};

describeWith(["docker-registry", "regctl", "crane", "skopeo"], "the digests that a look reports", (programs) => {
    let registry: DockerRegistry;
    const hosts = new Map<string, Host>();

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        const plain = await embeddedForFile();
        const silent = await embeddedForFile({ quirks: { noDigestHeader: true } });
        hosts.set("docker-registry", registry);
        hosts.set("embedded", plain);
        hosts.set("embedded, which tells no digest", silent);
        for (const [, { host }] of hosts) {
            for (const [name, tree] of Object.entries(SHAPES)) {
                await pushTree(host, `acme/${name}`, tree, { tag: "1" });
            }
        }
    });

    afterAll(() => registry?.close());

    async function run(program: string, args: readonly string[]): Promise<Buffer> {
        const home = await temporaryFolder();
        const env = { PATH: process.env.PATH, HOME: home };
        return (await promisify(execFile)(program, [...args], { env, encoding: "buffer" })).stdout;
    }

    /** What each peer says of one tag. */
    async function peers(reference: string, host: string): Promise<Record<string, string>> {
        const regctl = ["--host", `reg=${host},tls=disabled`, "image", "digest", reference];
        const skopeo = ["inspect", "--tls-verify=false", "--raw", `docker://${reference}`];
        const [one, two, three] = await Promise.all([
            run(programs.regctl, regctl),
            run(programs.crane, ["digest", "--insecure", reference]),
            run(programs.skopeo, skopeo),
        ]);
        return { regctl: String(one).trim(), crane: String(two).trim(), skopeo: sha256(three) };
    }

    describe.each(["docker-registry", "embedded", "embedded, which tells no digest"])("at %s", (title) => {
        it.each(Object.keys(SHAPES))("are those of regctl, crane and skopeo for %s", async (shape) => {
            const { host } = hosts.get(title) as Host;
            const images = { app: { policy: "keep", source: `${host}/acme/${shape}`, tags: ["1"] } };
            const catalog = catalogFor({ hub: { host } }, images);
            const [copy] = await look(catalog, listCopies(catalog), circumstancesOf(catalog), poolFor(catalog));
            const ours = copy?.state.status === "present" ? copy.state.digest : copy?.reason;
            expect(copy?.verdict).toBe("consistent");
            expect(ours).toBe(SHAPES[shape]?.root);
            expect(await peers(`${host}/acme/${shape}:1`, host)).toEqual({ regctl: ours, crane: ours, skopeo: ours });
        });
    });
});
