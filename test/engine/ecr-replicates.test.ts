import { CreateRepositoryCommand, ECRClient } from "@aws-sdk/client-ecr";
import { defineCatalog, ImageFleet } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type AwsApiRecorder, recordAwsApi } from "../support/aws/api-recorder";
import { type AwsEmulator, EMULATED_REGION, startMinistack } from "../support/aws/emulator";
import { copyImage } from "../support/copy-image";
import { TestStack } from "../support/engine-stack";
import { describeWith, describeWithEngine } from "../support/require-program";
import { digestAt, pushImage } from "../support/two-registries";

const REPOSITORY = "apps/web";
const HEADERS = { "content-type": "application/x-amz-json-1.1" };

describeWithEngine("The real engine", (engine) => {
    describeWith(["ministack"], "waits for ECR's own replication", (found) => {
        let [hub, spoke]: AwsEmulator[] = [];
        let api: AwsApiRecorder;
        let stack: TestStack;
        let status: "replicates" | "fails" = "replicates";
        let copied: "no" | "under way" | "yes" = "no";
        let wanted = "";

        // No emulator replicates: this one answer is ours, and the image is carried when it is first asked for.
        const statusNow = () => {
            if (status === "fails") {
                return { status: "FAILED", failureCode: "AccessDenied" };
            }
            if (copied === "no") {
                copied = "under way";
                const places = [hub, spoke].map((one) => ({ host: one?.host ?? "", repository: REPOSITORY }));
                const [from, to] = places as [(typeof places)[0], (typeof places)[0]];
                void copyImage(from, to, "1").then(() => {
                    copied = "yes";
                });
            }
            return { status: copied === "yes" ? "COMPLETE" : "IN_PROGRESS" };
        };
        const asked = () => api.calls.filter(({ operation }) => operation === "DescribeImageReplicationStatus").length;

        beforeAll(async () => {
            [hub, spoke] = await Promise.all([1, 2].map(() => startMinistack(found.ministack)));
            for (const emulator of [hub, spoke]) {
                for (const credentials of [
                    emulator?.client.credentials,
                    { accessKeyId: "test", secretAccessKey: "test" },
                ]) {
                    const client = new ECRClient({ ...emulator?.client, ...(credentials && { credentials }) });
                    await client
                        .send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }))
                        .catch(() => undefined);
                    client.destroy();
                }
            }
            wanted = (await pushImage({ host: hub?.host ?? "" }, REPOSITORY, "1")).root;
            api = await recordAwsApi(({ operation }) => {
                const region = { region: "us-east-1", registryId: "222222222222" };
                return operation === "DescribeImageReplicationStatus"
                    ? {
                          status: 200,
                          headers: HEADERS,
                          body: JSON.stringify({ replicationStatuses: [{ ...region, ...statusNow() }] }),
                      }
                    : undefined;
            }, hub?.url);
            const ecr = (emulator: AwsEmulator | undefined, credentials: object) => ({
                host: emulator?.host,
                kind: "ecr",
                insecure: true,
                credentials,
            });
            const program = async () => {
                const catalog = defineCatalog({
                    version: 1,
                    registries: {
                        hub: ecr(hub, { from: "aws", region: EMULATED_REGION }),
                        spoke: { ...ecr(spoke, { from: "anonymous" }), replicateWith: "ecr" },
                    },
                    images: {
                        web: {
                            source: `${hub?.host}/${REPOSITORY}`,
                            tags: ["1"],
                            targets: ["spoke"],
                            referrers: false,
                        },
                    },
                } as never);
                return { refs: new ImageFleet("images", { catalog }).refs };
            };
            const env = { ...hub?.env, AWS_ENDPOINT_URL: api.url };
            stack = await TestStack.open(engine, program, { env });
        }, 60_000);
        afterAll(async () => {
            await Promise.all([hub, spoke].map((emulator) => emulator?.close()));
            await api?.close();
        });

        it("and proves what it brought by its digest", async () => {
            const run = await stack.up();
            expect(run.ok, run.text).toBe(true);
            expect(run.text).toContain("ECR carried 1 tag, verified by digest");
            expect(await digestAt({ host: spoke?.host ?? "" }, REPOSITORY, "1")).toBe(wanted);
            expect(asked()).toBeGreaterThan(1);
        });

        it("asks for nothing where all is there", async () => {
            const before = asked();
            expect((await stack.up()).changes).toEqual({ same: 3 });
            expect(asked()).toBe(before);
        });

        it("and fails with the image and ECR's code, which the next up repairs", async () => {
            wanted = (await pushImage({ host: hub?.host ?? "" }, REPOSITORY, "1")).root;
            [status, copied] = ["fails", "no"];
            const failed = await stack.up();
            expect(failed.ok).toBe(false);
            expect(failed.text).toContain(
                "could not carry web:1@spoke: ECR's replication of apps/web to spoke is FAILED (AccessDenied); it has sha256:",
            );
            status = "replicates";
            const mended = await stack.up();
            expect(mended.ok, mended.text).toBe(true);
            expect(await digestAt({ host: spoke?.host ?? "" }, REPOSITORY, "1")).toBe(wanted);
        });
    });
});
