import { dirname } from "node:path";
import { defineCatalog, GhcrPublisher, type GhcrPublisherArgs, MirrorRepository } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestStack } from "../support/engine-stack";
import { LocalGitHub, mergePull, REPOSITORY } from "../support/github";
import { describeWith, describeWithEngine } from "../support/require-program";

const WORKFLOW = ".github/workflows/explorer.yml";
const MIRROR = "acme/ci-images";
const CATALOG = defineCatalog({
    version: 1,
    defaults: { targets: ["ghcr"] },
    registries: { ghcr: { host: "ghcr.io/acme", kind: "ghcr", credentials: { from: "docker" } } },
    images: {
        explorer: { policy: "keep", source: "ghcr.io/acme/explorer", tags: ["1"] },
        vault: { source: "quay.io/hashicorp/vault", tags: ["1.18"], purpose: "ci" },
    },
});

// GitHub's own plugin is in no package registry. What it does with a branch that is gone, no mock tells.
describeWith(
    ["pulumi-resource-github"],
    "deliveries by GitHub's own plugin",
    ({ "pulumi-resource-github": plugin }) => {
        describeWithEngine("on the real engine", (engine) => {
            let github: LocalGitHub;
            let stack: TestStack;
            let args: Partial<GhcrPublisherArgs> = {};

            const program = async () => {
                const publisher = new GhcrPublisher("explorer", {
                    catalog: CATALOG,
                    images: ["explorer"],
                    repository: REPOSITORY,
                    ...args,
                });
                const mirror = new MirrorRepository("ci-images", {
                    catalog: CATALOG,
                    images: ["vault"],
                    repository: MIRROR,
                    createRepository: {},
                    branchProtection: {},
                });
                return { publisher: publisher.pullRequest, mirror: mirror.pullRequest };
            };
            const pulls = (repository = REPOSITORY) => [...github.repository(repository).pulls.values()];
            const writes = () => github.asked().filter((line) => !line.startsWith("GET"));
            const SAME = { same: expect.any(Number) };

            /** As a person does, who has GitHub delete the branch. */
            const merge = (name: string) => {
                const repository = github.repository(name);
                const [pull] = pulls(name).filter(({ state }) => state === "open");
                if (pull === undefined) {
                    throw new Error(`${name} has no open pull request`);
                }
                mergePull(github, repository, pull);
                repository.git.refs.delete(`heads/${pull.head}`);
            };

            beforeAll(async () => {
                github = await LocalGitHub.start();
                const env = { PATH: `${dirname(plugin)}:${process.env.PATH}` };
                stack = await TestStack.open(engine, program, { config: github.config(), env });
            });

            afterAll(async () => {
                await github.close();
                expect(github.violations).toEqual([]);
            });

            it("open a pull request in a repository that is there, and in one that is made", async () => {
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect(run.outputs).toMatchObject({ publisher: { state: "open" }, mirror: { state: "open" } });
                expect(github.file(WORKFLOW, pulls()[0]?.head)).toContain("Publish explorer");
                expect(github.file(WORKFLOW)).toBeUndefined();
            });

            it("are as they are for a preview, an up and a refresh", async () => {
                github.asked();
                expect((await stack.preview()).changes).toEqual(SAME);
                expect((await stack.up({ refresh: true })).changes).toEqual(SAME);
                expect(writes()).toEqual([]);
            });

            it("stop at a hand's change, before anything is written, and write over it only if told", async () => {
                const head = pulls()[0]?.head ?? "";
                const written = github.file(WORKFLOW, head) ?? "";
                const edit = { [WORKFLOW]: written.replace("name: Publish explorer", "name: Mine") };
                github.world.commit(github.repository(), head, edit, "by hand");
                github.asked();
                const refused = await stack.up();
                expect(refused.text).toContain(`${WORKFLOW} in acme/images (${head}) was changed by hand`);
                expect([refused.ok, writes()]).toEqual([false, []]);
                args = { onEdited: "overwrite" };
                expect((await stack.up()).ok).toBe(true);
                expect(github.file(WORKFLOW, head)).toBe(written);
            });

            it("tell that they were merged, and write nothing to branches that are gone", async () => {
                merge(REPOSITORY);
                merge(MIRROR);
                args = {};
                github.asked();
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect(run.outputs).toMatchObject({ publisher: { state: "merged" }, mirror: { state: "merged" } });
                expect(writes()).toEqual([]);
            });

            it("come as another pull request with other content", async () => {
                args = { on: { branches: ["main"] } };
                expect((await stack.up()).outputs.publisher).toMatchObject({ state: "open", number: 2 });
                expect(pulls().map(({ state }) => state)).toEqual(["closed", "open"]);
            });

            it("stay at GitHub when the stack is destroyed", async () => {
                const before = pulls().map(({ state }) => state);
                github.asked();
                expect((await stack.destroy()).ok).toBe(true);
                expect(writes()).toEqual([]);
                expect(pulls().map(({ state }) => state)).toEqual(before);
                expect(github.repository(MIRROR).rulesets.size).toBe(1);
            });
        });
    },
    { optionalInCi: true },
);
