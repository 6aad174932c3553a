import { join } from "node:path";
import { GhcrPublisher, MirrorRepository } from "transship";
import { beforeAll, expect, it } from "vitest";
import type { PullRequest as PullRequestClass } from "../../components/ghcr/pull-request";
import type { RepositoryGuard as RepositoryGuardClass } from "../../components/ghcr/repository-guard";
import { ciCatalog, kuzuCatalog } from "../components/ghcr/catalogs";
import { digests, ours, WORKFLOW, Writer } from "../lifecycle/delivery/delivery-world";
import { TestStack } from "../support/engine-stack";
import { LocalGitHub } from "../support/github";
import { describeWithEngine } from "../support/require-program";

/** As built: Pulumi writes the text of a provider's functions into state, which no test runner may have changed. */
const built = (file: string) => require(join(__dirname, "..", "..", "dist", "components", "ghcr", file));
const { RepositoryGuard } = built("repository-guard.js") as { RepositoryGuard: typeof RepositoryGuardClass };
const { PullRequest } = built("pull-request.js") as { PullRequest: typeof PullRequestClass };

const FILES = { [WORKFLOW]: ours("name: Publish") };

describeWithEngine("a delivery", (engine) => {
    let github: LocalGitHub;
    let writer: Writer;
    let stack: TestStack;
    /** What a program could read in each run, also in a preview. */
    const heads: string[] = [];
    let isWritten = false;

    beforeAll(async () => {
        github = await LocalGitHub.start();
        writer = new Writer(github);
        stack = await TestStack.open(engine, program, { project: "delivery", config: github.config() });
        return async () => {
            await writer.close();
            await github.close();
            expect(github.violations).toEqual([]);
        };
    });

    const program = async () => {
        const guard = new RepositoryGuard(
            "files-guard",
            {
                repository: "acme/images",
                delivery: "pull-request",
                deliverer: "files",
                branch: undefined as unknown as string,
                headPrefix: "transship/files",
                files: digests(FILES),
                onEdited: "refuse",
                created: false,
            },
            {},
        );
        guard.head.apply((head) => heads.push(head));
        const outputs = { base: guard.base, head: guard.head, ownerKind: guard.ownerKind };
        if (!isWritten) {
            return outputs;
        }
        const request: PullRequestClass = new PullRequest(
            "files-pull-request",
            {
                repository: "acme/images",
                base: guard.base,
                head: guard.head,
                title: "Publish images",
                body: "What comes in.",
                files: digests(FILES),
            },
            { dependsOn: [guard] },
        );
        return { ...outputs, state: request.state, number: request.number, url: request.url };
    };

    it("is looked at in a preview, which knows the branches already, and opens its pull request at up", async () => {
        const preview = await stack.preview();
        expect(preview.ok, preview.text).toBe(true);
        expect(heads).toEqual([expect.stringMatching(/^transship\/files-[0-9a-f]{12}$/)]);
        expect(github.counts()).toEqual({ GET: github.log.length });
        // What GitHub's provider does between the two.
        await writer.write(FILES, heads[0]);
        isWritten = true;
        const run = await stack.up();
        expect(run.outputs, run.text).toMatchObject({ base: "main", head: heads[0], state: "open", number: 1 });
        expect(github.repository().pulls.get(1)).toMatchObject({ head: heads[0], title: "Publish images" });
    });

    it("is refused in one sentence, before anything is written, where a file was changed by hand", async () => {
        await writer.write({ [WORKFLOW]: `${FILES[WORKFLOW]}# by hand\n` });
        github.log.splice(0);
        const preview = await stack.preview();
        expect(preview.ok).toBe(false);
        expect(preview.text).toMatch(
            new RegExp(
                `${WORKFLOW} in acme/images \\(main\\) was changed by hand since Transship wrote it: .*onEdited`,
            ),
        );
        expect(preview.text).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
        expect(github.counts()).toEqual({ GET: github.log.length });
        // Nobody's token is in what the engine keeps.
        expect(await stack.backendText()).not.toContain(github.config()["github:token"]?.value);
    });

    it("leaves branch, files and pull request at destroy", async () => {
        github.log.splice(0);
        const run = await stack.destroy();
        expect(run.ok, run.text).toBe(true);
        expect(github.log.filter(({ method }) => method !== "GET")).toEqual([]);
        expect(github.repository().pulls.get(1)).toMatchObject({ state: "open" });
        expect(github.file(WORKFLOW, heads[0])).toBe(FILES[WORKFLOW]);
    });
});

describeWithEngine("files that are only rendered", (engine) => {
    it("are outputs, and no resource but the component is made", async () => {
        const stack = await TestStack.open(engine, async () => {
            const [catalog, repository] = [kuzuCatalog(), "kuzudb/explorer"];
            const publisher = new GhcrPublisher("explorer", {
                catalog,
                images: ["explorer"],
                repository,
                delivery: "render",
            });
            const mirror = new MirrorRepository("ci", {
                catalog: ciCatalog(),
                where: { purpose: "ci" },
                repository: "getsops/ci-container-images",
                delivery: "render",
            });
            return { publisher: publisher.files, mirror: mirror.files, secrets: publisher.secrets };
        });
        const run = await stack.up();
        expect(run.changes, run.text).toEqual({ create: 3 });
        expect(run.outputs).toMatchObject({
            publisher: { ".github/workflows/explorer.yml": expect.stringContaining("name: Publish explorer") },
            mirror: {
                "README.md": expect.stringContaining("# ci-container-images"),
                "catalog.yaml": expect.any(String),
            },
            secrets: ["HUB_USER", "HUB_TOKEN"],
        });
    });
});
