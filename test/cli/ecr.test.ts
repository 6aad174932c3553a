import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CreateRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { type AwsEmulator, EMULATED_REGION, startMinistack } from "../support/aws/emulator";
import { embeddedForFile, temporaryFolderForFile } from "../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";
import { putManifests } from "../support/many-images";
import { describeWith } from "../support/require-program";
import { resolveWholly } from "../support/resolve-wholly";
import { digestAt } from "../support/two-registries";
import { transship } from "./command";

/** The SDK tells on standard error how long it will go on with this version of Node. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };
const [APP, TOOL] = ["mirror/acme/app", "mirror/acme/tool"];

/** The tests tell one story, each goes on where the one before has ended. */
describeWith(["ministack"], "The command and an ECR", (found) => {
    let aws: AwsEmulator;
    let client: ECRClient;
    let hub: EmbeddedRegistry;
    let folder: string;
    let app: ImageTree;
    let tool: ImageTree;

    const registries = (credentials: object) => ({
        hub: { host: hub.host, kind: "distribution", insecure: true },
        ecr: { host: `${aws.host}/mirror`, kind: "ecr", insecure: true, credentials },
    });
    const run = (...args: string[]) =>
        transship(args, { cwd: folder, env: { ...aws.env, ...QUIET, NAME: "AWS", WORD: "word" } });
    const catalog = (
        images: object,
        credentials: object = { from: "aws", region: EMULATED_REGION },
        more: object = {},
    ): void => {
        const document = { version: 1, registries: registries(credentials), images, ...more };
        writeFileSync(join(folder, "catalog.yaml"), JSON.stringify(document));
    };
    const images = () => ({
        app: { source: `${hub.host}/acme/app`, targets: ["ecr"], tags: ["1.18"] },
        tool: { source: `${hub.host}/acme/tool`, targets: ["ecr"], tags: ["latest"] },
    });
    const create = (repositoryName: string, imageTagMutability: "MUTABLE" | "IMMUTABLE" = "MUTABLE") =>
        client.send(new CreateRepositoryCommand({ repositoryName, imageTagMutability }));

    beforeAll(async () => {
        aws = await startMinistack(found.ministack);
        client = new ECRClient(aws.client);
        hub = await embeddedForFile({ allowMissing: true });
        folder = await temporaryFolderForFile();
        app = imageIndex({ seed: "app", attestations: true });
        tool = singleImage({ seed: "tool" });
        await pushTree(hub.host, "acme/app", app, { tag: "1.18" });
        await pushTree(hub.host, "acme/app", artifact({ subject: app, seed: "signature" }));
        await pushTree(hub.host, "acme/app", artifact({ seed: "cosign" }), { tag: `sha256-${app.root.slice(7)}.sig` });
        await pushTree(hub.host, "acme/tool", tool, { tag: "latest" });
        catalog(images());
    });

    afterAll(async () => {
        client?.destroy();
        await aws?.close();
    });

    it("without its repositories is one sentence for each image, which says how they are created", async () => {
        const dry = await run("sync", "--dry-run");
        expect([dry.code, dry.stdout.match(/would carry/g)?.length]).toEqual([1, 2]);
        const done = await run("sync");
        expect([done.code, done.stderr]).toEqual([1, ""]);
        for (const repository of [APP, TOOL]) {
            const sentence = `The repository ${aws.host}/${repository} is not there`;
            expect(done.stdout.split(sentence)).toHaveLength(2);
            expect(done.stdout).toContain(`aws ecr create-repository --repository-name ${repository}`);
        }
        expect(done.stdout).not.toMatch(/^\s+at .*:\d+:\d+/m);
    });

    it("with them carries all that there is, which ECR's own API knows by its digest", async () => {
        await create(APP, "IMMUTABLE");
        await create(TOOL);
        const { code, stdout, stderr } = await run("sync");
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
        expect(stdout).toContain(`carried ${app.root}`);
        const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName: APP }));
        const tagged = imageDetails.filter(({ imageTags = [] }) => imageTags.length > 0);
        expect(tagged.map(({ imageTags, imageDigest }) => [imageTags, imageDigest])).toContainEqual([
            ["1.18"],
            app.root,
        ]);
        // The children and what refers to the image are there by digest alone.
        const digests = imageDetails.map(({ imageDigest }) => imageDigest);
        expect(digests).toEqual(expect.arrayContaining(app.manifests.map(({ digest }) => digest)));
        await resolveWholly(aws.host, APP, "1.18");
        await resolveWholly(aws.host, TOOL, "latest");
    });

    it("is checked down to its blobs, and a second sync does nothing", async () => {
        const check = await run("check", "--depth", "blobs");
        expect([check.code, check.stdout]).toEqual([0, expect.stringContaining("4 consistent")]);
        // ministack has no referrers API, and says neither yes nor no: so nobody knows, and it is no drift.
        const signatures = await run("check", "--signatures");
        expect([signatures.code, signatures.stdout]).toEqual([
            3,
            expect.stringContaining("it could not be asked what refers to it"),
        ]);
        expect(signatures.stdout).toContain("4 consistent");
        const again = await run("sync");
        expect([again.code, again.stdout.includes("carried")]).toEqual([0, false]);
    });

    it("has its digests in the lock and in the report", async () => {
        const lock = await run("lock");
        expect(lock.code).toBe(0);
        expect(readFileSync(join(folder, "catalog.lock.yaml"), "utf8")).toContain(app.root);
        writeFileSync(join(folder, "check.json"), (await run("check", "--json")).stdout);
        const report = await run("report", "check.json");
        expect([report.code, report.stdout]).toEqual([0, expect.stringContaining("4 consistent")]);
    });

    it("whose tag somebody has moved is drift, and is repaired", async () => {
        const other = singleImage({ seed: "other" });
        await pushTree(aws.host, TOOL, other, { tag: "latest" });
        const check = await run("check");
        expect([check.code, check.stdout]).toEqual([1, expect.stringContaining(other.root)]);
        catalog(images(), undefined, { defaults: { onForeignDigest: "overwrite" } });
        expect((await run("sync")).code).toBe(0);
        expect(await digestAt(aws, TOOL, "latest")).toBe(tool.root);
    });

    it("whose immutable tag has another digest is one sentence with what to change, and the others are carried", async () => {
        const [nextApp, nextTool] = [imageIndex({ seed: "next" }), singleImage({ seed: "next" })];
        await pushTree(hub.host, "acme/app", nextApp, { tag: "1.18" });
        await pushTree(hub.host, "acme/tool", nextTool, { tag: "latest" });
        const { code, stdout } = await run("sync");
        expect(code).toBe(1);
        expect(stdout.split("is immutable and has another digest")).toHaveLength(2);
        expect(stdout).toContain("let EcrRepositories list 1.18 in mutableTags");
        expect([await digestAt(aws, APP, "1.18"), await digestAt(aws, TOOL, "latest")]).toEqual([
            app.root,
            nextTool.root,
        ]);
    });

    it("tells the same verdicts by DescribeImages as by a HEAD for each tag, for less requests", async () => {
        const tags = Array.from({ length: 60 }, (_, index) => `v${index}`);
        const at = (repository: string, nameOf: (tag: string) => string | undefined) =>
            tags.flatMap((tag) => {
                const name = nameOf(tag);
                return name === undefined ? [] : [{ repository, tag, name }];
            });
        await create("mirror/acme/many");
        await putManifests(
            hub.host,
            at("acme/many", (tag) => tag),
        );
        await putManifests(
            aws.host,
            at("mirror/acme/many", (tag) => (tag === "v7" ? "stranger" : tag)),
        );
        const many = { many: { source: `${hub.host}/acme/many`, targets: ["ecr"], tags } };
        const look = async (credentials?: object) => {
            catalog(many, credentials);
            const { stdout } = await run("check", "--json");
            const { copies, requests } = JSON.parse(stdout);
            // The size of a manifest is what a listing does not tell.
            return { copies: copies.map((copy: object) => ({ ...copy, size: 0 })), requests: requests.ecr };
        };
        const [probed, told] = [await look({ from: "env", username: "NAME", password: "WORD" }), await look()];
        expect(told.copies).toEqual(probed.copies);
        expect([probed.requests >= 60, told.requests < 10]).toEqual([true, true]);
    });
});
