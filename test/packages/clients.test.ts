import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { cleanPackages } from "../../core/packages";
import { embedded, temporaryFolder } from "../support/embedded";
import { LocalGhcr } from "../support/ghcr";
import { imageIndex, pushTree, sha256 } from "../support/images";
import { describeWith } from "../support/require-program";
import { catalogFor, lookAt, toolsFor } from "./world";

const PLATFORMS = ["linux/amd64", "linux/arm64", "linux/386"];

describeWith(["regctl", "crane", "skopeo"], "a clean-up of what real clients pushed", (programs) => {
    const run = async (program: string, args: readonly string[], env: object = {}): Promise<string> =>
        (await promisify(execFile)(program, args, { env: { ...process.env, ...env } })).stdout.trim();

    it("leaves every image that stays to be pulled whole by each of them, and nothing else", async () => {
        const [hub, ghcr] = [await embedded(), await LocalGhcr.start()];
        const home = await temporaryFolder();
        const regctl = (...args: string[]) => {
            const hosts = [hub.host, ghcr.registry.host].flatMap((host) => ["--host", `reg=${host},tls=disabled`]);
            return run(programs.regctl, [...hosts, ...args], { HOME: home });
        };
        const explorer = `${ghcr.registry.host}/acme/explorer`;
        const releases = new Map<string, string>();
        const signature = join(home, "signature");
        for (const tag of ["0.9.0", "0.10.0", "0.11.0"]) {
            const image = imageIndex({ seed: tag, platforms: PLATFORMS, attestations: true });
            await pushTree(hub.host, "acme/explorer", image, { tag });
            releases.set(tag, image.root);
        }
        // Three clients, three ways to push the same kind of image.
        const plain = ["--insecure-policy", "copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false"];
        await regctl("image", "copy", `${hub.host}/acme/explorer:0.9.0`, `${explorer}:0.9.0`);
        await run(programs.crane, ["copy", "--insecure", `${hub.host}/acme/explorer:0.10.0`, `${explorer}:0.10.0`]);
        await run(programs.skopeo, [
            ...plain,
            `docker://${hub.host}/acme/explorer:0.11.0`,
            `docker://${explorer}:0.11.0`,
        ]);
        for (const [tag, root] of releases) {
            await writeFile(signature, `signature of ${root}`);
            // By the subject: without the API regctl keeps the list under the fallback tag itself.
            await regctl(
                ...["artifact", "put", "--artifact-type", "application/vnd.example.sig", "--file", signature],
                ...["--subject", `${explorer}:${tag}`],
            );
            // As cosign before its version 3.
            await regctl(
                ...["artifact", "put", "--artifact-type", "application/vnd.example.sig", "--file", signature],
                `${explorer}:${root.replace(":", "-")}.sig`,
            );
        }
        // The moving tag of a build takes the place of another one, and leaves it without a tag.
        await ghcr.record("explorer");
        await run(programs.crane, ["tag", "--insecure", `${explorer}:0.11.0`, "0.9.0"]);
        await ghcr.record("explorer");

        const catalog = catalogFor(ghcr, ["0.11.0"]);
        const tools = toolsFor(ghcr, catalog);
        const look = await lookAt(ghcr, { retention: {} }, catalog, tools);
        const due = look.retention?.plan.delete.map(({ digest }) => digest) ?? [];
        expect(due[0]).toBe(releases.get("0.9.0"));
        const [cleaned] = await cleanPackages([look], tools);
        expect(cleaned?.carried).toMatchObject({ left: 0, refused: [] });
        // An index, three platforms and their attestations, a signature in each way, and the list of the first.
        expect(cleaned?.deletions).toHaveLength(10);
        expect(await ghcr.left("explorer")).toHaveLength(20);

        for (const tag of ["0.10.0", "0.11.0"]) {
            const root = releases.get(tag);
            const [folder, layout] = [await temporaryFolder(), join(await temporaryFolder(), "layout")];
            const pull = ["--insecure-policy", "copy", "--all", "--src-tls-verify=false"];
            await run(programs.skopeo, [...pull, `docker://${explorer}:${tag}`, `dir:${folder}`]);
            expect(sha256(await readFile(join(folder, "manifest.json")))).toBe(root);
            await regctl(
                "image",
                "copy",
                "--referrers",
                "--digest-tags",
                `${explorer}:${tag}`,
                `ocidir://${layout}:${tag}`,
            );
            expect(await regctl("image", "digest", `ocidir://${layout}:${tag}`)).toBe(root);
            const listed = await regctl("artifact", "list", "--format", "{{json .Descriptors}}", `${explorer}:${tag}`);
            expect(JSON.parse(listed)).toHaveLength(1);
            for (const platform of PLATFORMS) {
                const config = ["config", "--insecure", "--platform", platform, `${explorer}:${tag}`];
                expect(JSON.parse(await run(programs.crane, config))).toMatchObject({
                    architecture: platform.split("/")[1],
                });
            }
        }
        await expect(regctl("manifest", "head", `${explorer}@${releases.get("0.9.0")}`)).rejects.toThrow();
    });
});
