import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { FAMILIES, type Family, imageIndex, pushTree, sha256 } from "../support/images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, rawManifest, sync, verdictsOf } from "./world";

const WANTED = ["linux/amd64", "linux/arm/v7"];

interface Child {
    readonly digest: string;
}

describeWith(["skopeo", "regctl", "docker-registry"], "a subset, read by others", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    const run = async (program: string, args: readonly string[]): Promise<Buffer> => {
        const env = { PATH: process.env.PATH, HOME: await temporaryFolder() };
        return (await promisify(execFile)(program, [...args], { encoding: "buffer", env })).stdout;
    };
    const regctl = (hub: EmbeddedRegistry, ...args: string[]) => {
        const hosts = [registry.host, hub.host].flatMap((host) => ["--host", `reg=${host},tls=disabled`]);
        return run(programs.regctl, [...hosts, ...args]);
    };

    it.each<Family>(["oci", "docker"])(
        "is pulled whole and by platform, and has the children that regctl chooses (%s)",
        async (family) => {
            const hub = await embedded();
            const platforms = ["linux/amd64", "linux/arm64", "linux/arm/v6", "linux/arm/v7"];
            await pushTree(hub.host, "acme/app", imageIndex({ family, platforms }), { tag: "1" });
            const repository = `mirror/acme/${family}`;
            const target = { registry: "ghcr", repository: `acme/${family}` };
            const app = { source: `${hub.host}/acme/app`, tags: ["1"], targets: [target], platforms: WANTED };
            const done = await sync(catalogFor({ hub, ghcr: registry }, { app }));
            expect(verdictsOf(done)[1]).toBe("app:1@ghcr subset");
            const ours = await rawManifest(registry, repository, "1");
            await resolveWholly(registry.host, repository, "1");
            const reference = `${registry.host}/${repository}@${ours.digest}`;

            const inspected = ["inspect", "--tls-verify=false", "--raw", `docker://${reference}`];
            expect(sha256(await run(programs.skopeo, inspected))).toBe(ours.digest);
            for (const [variant, arch] of [
                ["v7", "arm"],
                ["", "amd64"],
            ] as const) {
                const folder = await temporaryFolder();
                const chosen = ["--override-os=linux", `--override-arch=${arch}`, `--override-variant=${variant}`];
                const copy = [...chosen, "--insecure-policy", "copy", "--src-tls-verify=false"];
                await run(programs.skopeo, [...copy, `docker://${reference}`, `dir:${folder}`]);
            }
            const layout = await temporaryFolder();
            const all = ["--insecure-policy", "copy", "--all", "--src-tls-verify=false", `docker://${reference}`];
            await run(programs.skopeo, [...all, `dir:${layout}`]);

            const platform = ["image", "digest", "--platform", "linux/arm/v7", reference];
            const byPlatform = (await regctl(hub, ...platform)).toString().trim();
            const children = (JSON.parse(ours.bytes.toString()).manifests as Child[]).map(({ digest }) => digest);
            expect(byPlatform).toBe(children[1]);
            const wanted = WANTED.flatMap((one) => ["--platform", one]);
            const theirs = `${registry.host}/regctl/${family}:1`;
            await regctl(hub, "index", "create", theirs, "--ref", `${hub.host}/acme/app:1`, ...wanted);
            const made = await rawManifest(registry, `regctl/${family}`, "1");
            expect(made.mediaType).toBe(FAMILIES.oci.index);
            expect((JSON.parse(made.bytes.toString()).manifests as Child[]).map(({ digest }) => digest)).toEqual(
                children,
            );
        },
    );
});
