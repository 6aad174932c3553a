import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { debianImage } from "../support/debian-image";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { embedded, temporaryFolder } from "../support/embedded";
import { FAMILIES, type Family, type ImageTree, pushTree, sha256 } from "../support/images";
import { describeWith } from "../support/require-program";

/** Header of an ELF file: 64 bits, little endian, and the machine (elf.h: 62 is x86-64, 183 is AArch64). */
const MACHINES = { amd64: 62, arm64: 183 } as const;

const PROGRAMS = ["apt-get", "dpkg-deb", "docker-registry", "skopeo", "tar"] as const;

describeWith(PROGRAMS, "an image made of Debian's busybox for two platforms", (programs) => {
    const images = {} as Record<Family, ImageTree>;
    let docker: DockerRegistry;

    beforeAll(async () => {
        images.oci = await debianImage("oci");
        images.docker = await debianImage("docker");
        docker = await startDockerRegistry(programs["docker-registry"]);
    });
    afterAll(() => docker?.close());

    const skopeo = async (...args: string[]) => {
        const options = { encoding: "buffer" as const, maxBuffer: 64 << 20 };
        return (await promisify(execFile)(programs.skopeo, ["--insecure-policy", ...args], options)).stdout;
    };
    const inspect = (reference: string, ...more: string[]) =>
        skopeo("inspect", "--tls-verify=false", ...more, `docker://${reference}`);

    it("is what it says: two platforms, real gzip layers, a busybox for each machine", async () => {
        const index = JSON.parse(images.oci.manifests.at(-1)?.bytes.toString() ?? "");
        expect(index.manifests.map(({ platform }: { platform: unknown }) => platform)).toEqual([
            { architecture: "amd64", os: "linux" },
            { architecture: "arm64", os: "linux" },
        ]);
        for (const { digest, platform } of index.manifests) {
            const child = images.oci.manifests.find((manifest) => manifest.digest === digest);
            const { layers } = JSON.parse(child?.bytes.toString() ?? "");
            const tar = gunzipSync(images.oci.blobs.get(layers[0].digest) ?? "");
            const extract = promisify(execFile)(programs.tar, ["-xO", "--wildcards", "*bin/busybox"], {
                encoding: "buffer",
                maxBuffer: 64 << 20,
            });
            extract.child.stdin?.end(tar);
            const { stdout: busybox } = await extract;
            expect(busybox.subarray(0, 4).toString("latin1")).toBe("\x7fELF");
            expect(busybox.readUInt16LE(18)).toBe(MACHINES[platform.architecture as keyof typeof MACHINES]);
            expect(busybox.length).toBeGreaterThan(1_000_000);
        }
    });

    it.each(["oci", "docker"] as const)(
        "goes whole, in the %s family, from either registry to the other",
        async (family) => {
            const tree = images[family];
            const ours = (await embedded()).host;
            await pushTree(ours, "debian/busybox", tree, { tag: family });
            await pushTree(docker.host, "debian/busybox", tree, { tag: family });
            for (const host of [ours, docker.host]) {
                expect(sha256(await inspect(`${host}/debian/busybox:${family}`, "--raw"))).toBe(tree.root);
            }
            const copy = ["copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
            for (const [from, to] of [
                [ours, docker.host],
                [docker.host, ours],
            ]) {
                const source = `docker://${from}/debian/busybox:${family}`;
                await skopeo(...copy, source, `docker://${to}/copied/${family}:1`);
                expect(sha256(await inspect(`${to}/copied/${family}:1`, "--raw"))).toBe(tree.root);
            }
        },
    );

    it("is pulled for one platform, unpacked layers and all", async () => {
        const { host } = await embedded();
        await pushTree(host, "debian/busybox", images.oci, { tag: "1" });
        const folder = await temporaryFolder();
        const target = `oci:${join(folder, "layout")}:1`;
        const platform = ["--override-os", "linux", "--override-arch", "arm64"];
        await skopeo(...platform, "copy", "--src-tls-verify=false", `docker://${host}/debian/busybox:1`, target);
        const layout = JSON.parse(await readFile(join(folder, "layout", "index.json"), "utf8"));
        const children = images.oci.manifests.filter(({ mediaType }) => mediaType === FAMILIES.oci.manifest);
        expect(layout.manifests[0].digest).toBe(children[1]?.digest);
        const shown = JSON.parse((await skopeo("inspect", "--config", target)).toString());
        expect(shown).toMatchObject({ architecture: "arm64", os: "linux" });
    });
});
