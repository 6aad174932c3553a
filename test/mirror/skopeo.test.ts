import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, it } from "vitest";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { type Family, imageIndex, pushTree, sha256 } from "../support/images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, rawManifest, sync, verdictsOf } from "./world";

describeWith(["skopeo", "docker-registry"], "skopeo and what is carried", (programs) => {
    let registry: DockerRegistry;

    beforeAll(async () => {
        registry = await startDockerRegistry(programs["docker-registry"]);
        return () => registry.close();
    });

    const skopeo = async (...args: string[]): Promise<Buffer> => {
        const all = ["--insecure-policy", ...args];
        return (await promisify(execFile)(programs.skopeo, all, { encoding: "buffer" })).stdout;
    };
    const inspect = async (reference: string) =>
        sha256(await skopeo("inspect", "--tls-verify=false", "--raw", `docker://${reference}`));

    it.each<Family>(["oci", "docker"])(
        "agrees on the digest at both ends, and pulls what was pushed (%s)",
        async (family) => {
            const hub = await embedded();
            const tree = imageIndex({ family, attestations: family === "oci" });
            await pushTree(hub.host, `acme/${family}`, tree, { tag: "1" });
            const done = await sync(
                catalogFor(
                    { hub, ghcr: registry },
                    { app: { source: `${hub.host}/acme/${family}`, tags: ["1"], targets: ["ghcr"] } },
                ),
            );
            expect(verdictsOf(done)).toEqual(["app:1@hub consistent", "app:1@ghcr consistent"]);
            expect(await inspect(`${hub.host}/acme/${family}:1`)).toBe(tree.root);
            expect(await inspect(`${registry.host}/mirror/acme/${family}:1`)).toBe(tree.root);

            const layout = join(await temporaryFolder(), "layout");
            const source = `docker://${registry.host}/mirror/acme/${family}:1`;
            const copy = ["copy", "--all", "--src-tls-verify=false"];
            // A folder keeps the bytes of either family; an OCI layout would convert Docker's.
            const folder = await temporaryFolder();
            await skopeo(...copy, source, `dir:${folder}`);
            expect(sha256(await readFile(join(folder, "manifest.json")))).toBe(tree.root);
            if (family === "oci") {
                await skopeo(...copy, "--preserve-digests", source, `oci:${layout}:1`);
            }
        },
    );

    it.each<Family>(["oci", "docker"])("pushes what is carried on to a third registry (%s)", async (family) => {
        const [first, last] = [await embedded(), await embedded()];
        const tree = imageIndex({ family });
        await pushTree(first.host, "acme/app", tree, { tag: "1" });
        const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
        const pushed = `${registry.host}/skopeo/${family}`;
        await skopeo(...copy, `docker://${first.host}/acme/app:1`, `docker://${pushed}:1`);
        const done = await sync(
            catalogFor({ hub: registry, ghcr: last }, { app: { source: pushed, tags: ["1"], targets: ["ghcr"] } }),
        );
        expect(done.failures).toEqual([]);
        expect((await rawManifest(last, `mirror/skopeo/${family}`, "1")).digest).toBe(tree.root);
        await resolveWholly(last.host, `mirror/skopeo/${family}`, "1");
    });
});
