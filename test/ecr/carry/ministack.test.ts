import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogFor, sync } from "../../mirror/world";
import { type AwsEmulator, startMinistack } from "../../support/aws/emulator";
import { embeddedForFile, temporaryFolderForFile } from "../../support/embedded";
import { type ImageTree, imageIndex, pushTree, sha256 } from "../../support/images";
import { describeWith } from "../../support/require-program";

const REPOSITORY = "mirror/acme/app";
const TYPE = "application/vnd.oci.image.manifest.v1+json";

describeWith(["ministack", "crane", "regctl", "skopeo"], "What is carried to an ECR", (found) => {
    let aws: AwsEmulator;
    let app: ImageTree;
    let home: string;
    const environment = () => ({ PATH: process.env.PATH, HOME: home });
    const output = async (program: string, ...args: string[]): Promise<Buffer> =>
        (await promisify(execFile)(program, args, { encoding: "buffer", env: environment() })).stdout;

    beforeAll(async () => {
        aws = await startMinistack(found.ministack);
        home = await temporaryFolderForFile();
        const client = new ECRClient(aws.client);
        await client.send(new CreateRepositoryCommand({ repositoryName: REPOSITORY, imageTagMutability: "IMMUTABLE" }));
        client.destroy();
        const hub = await embeddedForFile();
        app = imageIndex({ seed: "app", attestations: true });
        await pushTree(hub.host, "acme/app", app, { tag: "1" });
        const images = { app: { source: `${hub.host}/acme/app`, tags: ["1"], targets: ["ecr"] } };
        const done = await sync(catalogFor({ hub, ecr: { host: aws.host } }, images, { ecr: { kind: "ecr" } }));
        expect(done.failures).toEqual([]);
    });

    afterAll(() => aws?.close());

    it.each<["crane" | "regctl" | "skopeo", (reference: string) => string[]]>([
        ["crane", (reference) => ["manifest", "--insecure", reference]],
        [
            "regctl",
            (reference) => [
                "manifest",
                "get",
                "--host",
                `reg=${aws.host},tls=disabled`,
                "--format",
                "raw-body",
                reference,
            ],
        ],
        ["skopeo", (reference) => ["inspect", "--tls-verify=false", "--raw", `docker://${reference}`]],
    ])("%s reads the same bytes as the source has", async (program, args) => {
        const bytes = await output(found[program], ...args(`${aws.host}/${REPOSITORY}:1`));
        expect(sha256(bytes)).toBe(app.root);
    });

    it("skopeo pulls it whole, every platform and every layer", async () => {
        const folder = join(home, "copy");
        await mkdir(folder);
        const from = `docker://${aws.host}/${REPOSITORY}:1`;
        await output(
            found.skopeo,
            "copy",
            "--all",
            "--src-tls-verify=false",
            "--preserve-digests",
            from,
            `dir:${folder}`,
        );
    });

    describe("ministack differs from ECR, which is why the rest is played", () => {
        const url = () => `http://${aws.host}/v2/${REPOSITORY}`;
        const put = (reference: string, body: object) =>
            fetch(`${url()}/manifests/${reference}`, {
                method: "PUT",
                headers: { "content-type": TYPE },
                body: JSON.stringify(body),
            });
        const manifest = (layer: string, more: object = {}) => ({
            schemaVersion: 2,
            mediaType: TYPE,
            config: { mediaType: "application/vnd.oci.empty.v1+json", digest: layer, size: 2 },
            layers: [],
            ...more,
        });

        it("takes a manifest whose layers it does not have", async () => {
            expect((await put("incomplete", manifest(`sha256:${"0".repeat(64)}`))).status).toBe(201);
        });

        it("takes a media type with a parameter", async () => {
            const artifactType = "application/vnd.dev.sigstore.bundle+json;version=0.2";
            expect((await put("bundle", manifest(`sha256:${"0".repeat(64)}`, { artifactType }))).status).toBe(201);
        });

        it("has no referrers API", async () => {
            expect((await fetch(`${url()}/referrers/${app.root}`)).status).not.toBe(200);
        });

        it("gives every page of tags without a Link, and as long as it is asked for", async () => {
            const answer = await fetch(`${url()}/tags/list?n=1`);
            expect([answer.status, answer.headers.get("link")]).toEqual([200, null]);
            expect((await fetch(`${url()}/tags/list?n=5000`)).status).toBe(200);
        });

        it("asks nobody for a token, and mounts whatever the account's setting", async () => {
            const other = "mirror/acme/other";
            const client = new ECRClient(aws.client);
            await client.send(new CreateRepositoryCommand({ repositoryName: other }));
            client.destroy();
            const [blob = ""] = app.blobs.keys();
            const query = `mount=${encodeURIComponent(blob)}&from=${encodeURIComponent(REPOSITORY)}`;
            const mounted = await fetch(`http://${aws.host}/v2/${other}/blobs/uploads/?${query}`, { method: "POST" });
            expect(mounted.status).toBe(201);
        });

        it("takes the same digest at an immutable tag, and any tag where only some may move", async () => {
            const [root] = app.manifests.filter(({ digest }) => digest === app.root);
            const again = await fetch(`${url()}/manifests/1`, {
                method: "PUT",
                headers: { "content-type": app.mediaType },
                body: new Uint8Array(root?.bytes ?? []),
            });
            expect(again.status).toBe(201);
            const client = new ECRClient(aws.client);
            const imageTagMutabilityExclusionFilters = [{ filterType: "WILDCARD" as const, filter: "latest*" }];
            const imageTagMutability = "IMMUTABLE_WITH_EXCLUSION" as const;
            const some = { repositoryName: "mirror/acme/some", imageTagMutability, imageTagMutabilityExclusionFilters };
            await client.send(new CreateRepositoryCommand(some));
            client.destroy();
            for (const digit of ["1", "2"]) {
                const moved = await fetch(`http://${aws.host}/v2/mirror/acme/some/manifests/1`, {
                    method: "PUT",
                    headers: { "content-type": TYPE },
                    body: JSON.stringify(manifest(`sha256:${digit.repeat(64)}`)),
                });
                expect(moved.status).toBe(201);
            }
        });

        it("refuses an immutable tag in words of its own, which are understood as well", async () => {
            const answer = await put("1", manifest(`sha256:${"1".repeat(64)}`));
            expect([answer.status, await answer.json()]).toEqual([
                400,
                { errors: [expect.objectContaining({ code: "TAG_INVALID", message: "tag '1' is immutable" })] },
            ]);
        });
    });
});
