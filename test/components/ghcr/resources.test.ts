import * as pulumi from "@pulumi/pulumi";
import { GhcrPublisher, type GhcrPublisherArgs, MirrorRepository, type MirrorRepositoryArgs } from "transship";
import { expect, it } from "vitest";
import type { ResourceGraph, ResourceRecord } from "../../../scripts/graphs/graph";
import { recordGraph } from "../../../scripts/graphs/record";
import { ciCatalog, kuzuCatalog } from "./catalogs";

function publish(changes: Partial<GhcrPublisherArgs> = {}): Promise<ResourceGraph> {
    return recordGraph(() => {
        const args = { catalog: kuzuCatalog(), images: ["explorer", "mcp-server"], repository: "KuzuDB/explorer" };
        const made = new GhcrPublisher("explorer", { ...args, ...changes });
        const { branch, files, packages, pullRequest, secrets, settings, variables, workflowUrl } = made;
        return { branch, files, packages, pullRequest, secrets, settings, variables, workflowUrl };
    });
}

function mirror(changes: Partial<MirrorRepositoryArgs> = {}): Promise<ResourceGraph> {
    return recordGraph(() => {
        const args = { catalog: ciCatalog(), where: { purpose: "ci" }, repository: "getsops/ci-container-images" };
        const made = new MirrorRepository("ci", { ...args, ...changes } as MirrorRepositoryArgs);
        const { branch, files, packages, pullRequest, secrets, variables, workflowUrl } = made;
        return { branch, files, packages, pullRequest, secrets, variables, workflowUrl };
    });
}

const COMPONENT = "transship:ghcr:GhcrPublisher::explorer";
const FILE = "github:index/repositoryFile:RepositoryFile";

/** By name, without the texts of files, which other tests look at. */
function named({ resources }: ResourceGraph, name: string): ResourceRecord | undefined {
    return resources.find((resource) => resource.name === name);
}

function names({ resources }: ResourceGraph): string[] {
    return resources.map(({ name, type }) => `${type.slice(type.lastIndexOf(":") + 1)} ${name}`);
}

it("brings files by a branch, a file each and a pull request, which destroy all leaves", async () => {
    const graph = await publish();
    expect(names(graph)).toEqual([
        "Branch explorer-branch",
        "RepositoryFile explorer-catalog",
        "RepositoryFile explorer-workflow",
        "PullRequest explorer-pull-request",
        "RepositoryGuard explorer-guard",
        "GhcrPublisher explorer",
    ]);
    expect(graph.resources.filter(({ parent }) => parent !== COMPONENT).map(({ name }) => name)).toEqual(["explorer"]);
    const written = graph.resources.filter(({ type }) => type.startsWith("github:"));
    expect(written.map(({ options }) => options?.retainOnDelete)).toEqual([true, true, true]);
});

it("looks before it writes: what the guard gets", async () => {
    expect(named(await publish({ branch: "dev", onEdited: "keep" }), "explorer-guard")).toEqual({
        type: "pulumi-nodejs:dynamic/transship:RepositoryGuard",
        name: "explorer-guard",
        parent: COMPONENT,
        inputs: {
            repository: "KuzuDB/explorer",
            delivery: "pull-request",
            deliverer: "explorer",
            branch: "dev",
            headPrefix: "transship/explorer",
            files: {
                ".github/transship/explorer.yaml": expect.stringMatching(/^[0-9a-f]{64}$/),
                ".github/workflows/explorer.yml": expect.stringMatching(/^[0-9a-f]{64}$/),
            },
            onEdited: "keep",
            created: false,
        },
    });
});

it("makes the branch from the base that the guard saw, anew for other content", async () => {
    expect(named(await publish(), "explorer-branch")).toEqual({
        type: "github:index/branch:Branch",
        name: "explorer-branch",
        parent: COMPONENT,
        dependencies: ["pulumi-nodejs:dynamic/transship:RepositoryGuard::explorer-guard"],
        options: { replaceOnChanges: ["branch"], retainOnDelete: true },
        inputs: { branch: "transship/explorer-0123456789ab", repository: "explorer", sourceBranch: "main" },
    });
});

it("writes file after file onto the branch, after the guard", async () => {
    const graph = await publish();
    const guard = "pulumi-nodejs:dynamic/transship:RepositoryGuard::explorer-guard";
    expect(named(graph, "explorer-workflow")).toEqual({
        type: FILE,
        name: "explorer-workflow",
        parent: COMPONENT,
        dependencies: ["github:index/branch:Branch::explorer-branch", `${FILE}::explorer-catalog`, guard],
        options: { replaceOnChanges: ["content"], replacementTrigger: 0, retainOnDelete: true },
        inputs: {
            branch: "transship/explorer-0123456789ab",
            commitMessage: "Write .github/workflows/explorer.yml by Transship",
            content: expect.anything(),
            file: ".github/workflows/explorer.yml",
            overwriteOnCreate: true,
            repository: "explorer",
        },
    });
});

it("opens the pull request when the files are there, and says in it what is to be set", async () => {
    const graph = await publish();
    const guarded = named(graph, "explorer-guard")?.inputs as { readonly files: object } | undefined;
    expect(named(graph, "explorer-pull-request")).toMatchObject({
        dependencies: expect.arrayContaining([`${FILE}::explorer-catalog`, `${FILE}::explorer-workflow`]),
        inputs: {
            repository: "KuzuDB/explorer",
            base: "main",
            head: "transship/explorer-0123456789ab",
            title: "Publish explorer, mcp-server",
            files: guarded?.files,
        },
    });
});

it("says what was made, and what only people can do", async () => {
    expect((await publish()).outputs).toMatchObject({
        branch: "transship/explorer-0123456789ab",
        packages: { explorer: "ghcr.io/kuzudb/explorer", "mcp-server": "ghcr.io/kuzudb/mcp-server" },
        pullRequest: { state: "open", number: 1, url: "https://github.com/KuzuDB/explorer/pull/1" },
        settings: {
            explorer: "https://github.com/orgs/kuzudb/packages/container/explorer/settings",
            "mcp-server": "https://github.com/orgs/kuzudb/packages/container/mcp-server/settings",
        },
        secrets: ["HUB_USER", "HUB_TOKEN"],
        variables: [],
        workflowUrl: "https://github.com/KuzuDB/explorer/actions/workflows/explorer.yml",
    });
});

it("commits onto the branch that the guard saw, without a branch and a pull request of its own", async () => {
    const graph = await publish({ delivery: "commit" });
    expect(names(graph)).toEqual([
        "RepositoryFile explorer-catalog",
        "RepositoryFile explorer-workflow",
        "RepositoryGuard explorer-guard",
        "GhcrPublisher explorer",
    ]);
    expect(named(graph, "explorer-workflow")?.inputs).toMatchObject({ branch: "main" });
    expect(graph.outputs).toMatchObject({ branch: "main" });
});

it("renders without any resource, and with the same files", async () => {
    const rendered = await publish({ delivery: "render" });
    expect(names(rendered)).toEqual(["GhcrPublisher explorer"]);
    expect(rendered.outputs).toMatchObject({
        files: ((await publish()).outputs as { files: object }).files,
        settings: { explorer: "https://github.com/KuzuDB/explorer/pkgs/container/explorer" },
    });
});

it("makes the repository where it is told to, and never lets it be deleted", async () => {
    const createRepository = {
        visibility: "public",
        description: "A browser for graphs",
        homepageUrl: "https://kuzudb.com",
        topics: ["graph"],
        hasIssues: false,
        deleteBranchOnMerge: false,
        protect: true,
    } as const;
    const graph = await publish({ createRepository: { ...createRepository, topics: ["graph"] } });
    expect(named(graph, "explorer-repository")).toEqual({
        type: "github:index/repository:Repository",
        name: "explorer-repository",
        parent: COMPONENT,
        options: { protect: true, retainOnDelete: true },
        inputs: {
            name: "explorer",
            visibility: "public",
            description: "A browser for graphs",
            homepageUrl: "https://kuzudb.com",
            topics: ["graph"],
            hasIssues: false,
            deleteBranchOnMerge: false,
            autoInit: true,
        },
    });
    expect(named(graph, "explorer-guard")).toMatchObject({
        dependencies: ["github:index/repository:Repository::explorer-repository"],
        inputs: { created: true },
    });
    const least = named(await publish({ createRepository: {} }), "explorer-repository");
    expect(least?.inputs).toEqual({
        name: "explorer",
        visibility: "private",
        hasIssues: true,
        deleteBranchOnMerge: true,
        autoInit: true,
    });
});

it("brings a mirror's workflow, catalogue, README and code owners, and not what the workflow writes", async () => {
    const graph = await mirror({ codeOwners: ["@getsops/maintainers"], branchProtection: {} });
    expect(names(graph).filter((name) => !/RepositoryFile|Mirror/.test(name))).toEqual([
        "Branch ci-branch",
        "RepositoryRuleset ci-protection",
        "PullRequest ci-pull-request",
        "RepositoryGuard ci-guard",
    ]);
    const files = graph.resources.filter(({ type }) => type === FILE);
    expect(files.map(({ inputs }) => (inputs as { file: string }).file).sort()).toEqual([
        ".github/CODEOWNERS",
        ".github/workflows/mirror.yml",
        "README.md",
        "catalog.yaml",
    ]);
    expect(graph.outputs).toMatchObject({
        packages: {
            alpine: ["ghcr.io/getsops/ci-container-images/alpine"],
            vault: ["ghcr.io/getsops/ci-container-images/hashicorp/vault"],
        },
        secrets: [],
    });
});

it("protects a mirror's default branch by a ruleset of its own, which lets the workflow commit", async () => {
    const plain = named(await mirror({ branchProtection: {} }), "ci-protection");
    expect(plain).toMatchObject({
        type: "github:index/repositoryRuleset:RepositoryRuleset",
        options: { retainOnDelete: true },
        inputs: {
            name: "Transship ci",
            repository: "ci-container-images",
            target: "branch",
            enforcement: "active",
            conditions: { refName: { includes: ["~DEFAULT_BRANCH"], excludes: [] } },
            rules: { deletion: true, nonFastForward: true },
        },
    });
    expect(plain?.inputs).not.toHaveProperty("bypassActors");
    const reviewed = await mirror({ branchProtection: { approvals: 2, codeOwnerReview: true } });
    expect(named(reviewed, "ci-protection")?.inputs).toMatchObject({
        rules: { pullRequest: { requiredApprovingReviewCount: 2, requireCodeOwnerReview: true } },
        bypassActors: [{ actorId: 15368, actorType: "Integration", bypassMode: "always" }],
    });
});

it("takes every argument as an Output, too", async () => {
    const plain = {
        images: ["explorer"],
        repository: "kuzudb/explorer",
        branch: "main",
        onEdited: "overwrite",
        builds: { explorer: { context: "app", buildArgs: { VERSION: "1" }, platforms: ["linux/arm64"] } },
        on: { branches: ["main"], paths: ["app/**"] },
        tags: ["type=sha"],
        sign: false,
        provenance: "min",
        sbom: false,
        cache: "registry",
        runner: ["self-hosted"],
        deployment: "release",
        install: "npm-ci",
        timeoutMinutes: 30,
        maxParallel: 2,
        workflowPath: ".github/workflows/images.yml",
        catalogPath: "images.yaml",
    } as const satisfies Partial<GhcrPublisherArgs> | object;
    const later = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, pulumi.output(value)]));
    expect(await publish(later as Partial<GhcrPublisherArgs>)).toEqual(
        await publish(plain as unknown as Partial<GhcrPublisherArgs>),
    );
});
