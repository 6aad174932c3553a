import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { ImageBuild, PublishParameters } from "../../core/workflows";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, scriptsOf, shellcheck, VALIDATORS } from "../support/workflow-validators";
import { EVERY_PLACE, EXPLORER, PLACES, publishing, rendered, SERVER } from "./publish-parameters";

interface YamlStep {
    readonly name: string;
    readonly uses?: string;
    readonly with?: Record<string, unknown>;
    readonly env?: Record<string, string>;
    readonly if?: string;
}

const jobsOf = (parameters: PublishParameters) => parse(rendered(parameters)).jobs;
const stepsOf = (parameters: PublishParameters): YamlStep[] => jobsOf(parameters).publish.steps;
const expression = (text: string): string => `\${{ ${text} }}`;

const SETS: readonly [string, PublishParameters][] = [
    ["of one image to ghcr.io alone", publishing()],
    [
        "of several images to every kind of registry",
        publishing({ builds: [EXPLORER, SERVER], maxParallel: 1 }, EVERY_PLACE),
    ],
    [
        "that tries pull requests, with a cache",
        publishing({ on: { branches: ["main"], pullRequests: true, paths: ["**.ts"] }, cache: "registry" }),
    ],
    ["of releases to Docker Hub", publishing({ on: { releases: true } }, [PLACES.hub])],
    ["to ECR by a role", publishing({ on: { schedule: "17 3 * * 1" } }, [PLACES.ecr])],
    [
        "to Harbor, of one environment, by the repository's package.json",
        publishing({ environment: "prod", deployment: "registries" }, [PLACES.harbor], "npm-ci"),
    ],
    ["without signature, provenance or SBOM", publishing({ sign: false, provenance: false, sbom: false, on: {} })],
    ["on a runner for arm64", publishing({ runner: ["ubuntu-24.04-arm"], builds: [SERVER] })],
];

describeWith(VALIDATORS, "Publishing", (validators) => {
    it.each(SETS)("passes every validator %s", async (_how, parameters) => {
        expect(await findingsOf(rendered(parameters), validators)).toEqual(NO_FINDINGS);
    });

    it("passes the sternest one where the secrets are a deployment environment's", async () => {
        const parameters = publishing({ deployment: "registries", builds: [EXPLORER, SERVER] }, EVERY_PLACE);
        expect(await findingsOf(rendered(parameters), validators, { persona: "auditor" })).toEqual(NO_FINDINGS);
    });

    it("has scripts that a plain POSIX shell understands", () => {
        const own = scriptsOf(rendered(publishing())).map((script) => script.replace("set -euo pipefail\n", ""));
        expect(own).toHaveLength(4);
        expect(own.flatMap((script) => shellcheck(`# shellcheck shell=sh\n${script}`, validators))).toEqual([]);
    });
});

describe("Publishing", () => {
    it("builds once for all platforms and pushes once, by digest, before any tag", () => {
        const { publish } = jobsOf(publishing());
        const builds = (publish.steps as YamlStep[]).filter(({ uses }) =>
            uses?.startsWith("docker/build-push-action@"),
        );
        expect(builds.map((step) => step.with)).toEqual([
            {
                context: ".",
                platforms: "linux/amd64,linux/arm64",
                labels: expression("steps.meta.outputs.labels"),
                annotations: expression("steps.meta.outputs.annotations"),
                outputs: "type=image,name=ghcr.io/kuzudb/explorer,push-by-digest=true,name-canonical=true,push=true",
                provenance: "mode=max",
                sbom: true,
            },
        ]);
        expect(publish.steps.map(({ name }: YamlStep) => name)).toEqual([
            "Check out",
            "Emulate other platforms",
            "Set up BuildKit",
            "Log in to ghcr.io",
            "Decide tags and labels",
            "Demand a tag",
            "Build and push by digest",
            "Install cosign",
            "Sign the digest",
            "Set up Node.js",
            "Carry it everywhere, tags last",
            "Check every place",
        ]);
    });

    it("has the rights that it needs, each with its reason, and no other", () => {
        const { permissions } = jobsOf(publishing()).publish;
        expect(permissions).toEqual({ contents: "read", packages: "write", "id-token": "write" });
        expect(jobsOf(publishing({ sign: false })).publish.permissions).toEqual({
            contents: "read",
            packages: "write",
        });
        const text = rendered(publishing({}, [PLACES.ecr]));
        expect(text).toContain(
            "id-token: write # to sign by this workflow's identity, without a key; to prove this workflow's identity to the cloud, instead of a stored key\n",
        );
        expect(text).toContain("packages: write # to push to ghcr.io\n");
    });

    it("builds before it has any credentials but the job's own token", () => {
        const steps = stepsOf(publishing({}, EVERY_PLACE));
        const build = steps.findIndex(({ uses }) => uses?.startsWith("docker/build-push-action@"));
        expect(JSON.stringify(steps.slice(0, build + 1))).not.toMatch(/secrets\.|vars\./);
        const after = JSON.stringify(steps.slice(build + 1));
        for (const name of ["HUB_USERNAME", "HUB_PASSWORD", "HARBOR_ROBOT", "HARBOR_SECRET"]) {
            expect(after).toContain(`secrets.${name} `);
        }
        expect(after).toContain("vars.AWS_ROLE_ARN ");
        expect(steps.filter(({ name }) => name === "Log in to ghcr.io")).toHaveLength(1);
    });

    it("tries pull requests in a job without secrets, without a right to write, and without a push", () => {
        const parameters = publishing({ on: { branches: ["main"], pullRequests: true } }, EVERY_PLACE);
        const { jobs, concurrency, on } = parse(rendered(parameters));
        expect(on.pull_request).toEqual({ branches: ["main"] });
        expect(jobs.try.if).toBe(expression("github.event_name == 'pull_request'"));
        expect(jobs.publish.if).toBe(expression("github.event_name != 'pull_request'"));
        expect(jobs.try.permissions).toEqual({ contents: "read" });
        expect(JSON.stringify(jobs.try)).not.toMatch(/secrets\.|vars\.|push=true|login-action|github\.token/);
        expect(concurrency).toEqual({
            group: `transship-publish-${expression("github.ref")}`,
            "cancel-in-progress": expression("github.event_name == 'pull_request'"),
        });
    });

    it("waits for the run before it of the same branch or tag, and ends none", () => {
        const { concurrency } = parse(rendered(publishing({ name: "Publish Nightly!", environment: "prod" })));
        expect(concurrency).toEqual({
            group: `transship-publish-publish-nightly-prod-${expression("github.ref")}`,
            "cancel-in-progress": false,
        });
    });

    it("has triggers for branches, tags, releases, a schedule and paths, and always by hand", () => {
        const triggersOf = (on: PublishParameters["on"]) => parse(rendered(publishing({ on }))).on;
        expect(triggersOf({})).toEqual({ workflow_dispatch: null });
        expect(triggersOf({ branches: ["main"], tags: ["v*"], paths: ["src/**"], schedule: "17 3 * * 1" })).toEqual({
            schedule: [{ cron: "17 3 * * 1" }],
            workflow_dispatch: null,
            push: { branches: ["main"], paths: ["src/**"], tags: ["v*"] },
        });
        expect(triggersOf({ releases: true, pullRequests: true })).toEqual({
            workflow_dispatch: null,
            pull_request: null,
            release: { types: ["published"] },
        });
    });

    it("has a job for each image, which differ only where they must", () => {
        const { publish } = jobsOf(publishing({ builds: [EXPLORER, SERVER], maxParallel: 1 }));
        expect(publish.strategy["max-parallel"]).toBe(1);
        const [first, second] = publish.strategy.matrix.include;
        expect(first).toMatchObject({ image: "explorer", platforms: "linux/amd64,linux/arm64", emulated: "arm64" });
        expect(second).toMatchObject({
            image: "mcp-server",
            "build-args": "VERSION=1.2.3\nTITLE=an MCP server",
            emulated: "",
            annotated: "manifest",
            flavor: "latest=false",
        });
        const same = { ...SERVER, image: "other", repository: "ghcr.io/kuzudb/other" };
        expect(Object.keys(jobsOf(publishing({ builds: [SERVER, same] })).publish.strategy.matrix.include[0])).toEqual([
            "image",
            "repository",
        ]);
    });

    it.each<[string, ImageBuild["platforms"], string[], string | undefined]>([
        ["nothing on its own processor", ["linux/amd64", "linux/386"], ["ubuntu-24.04"], undefined],
        [
            "the others, each once",
            ["linux/amd64", "linux/arm/v7", "linux/arm/v6", "linux/s390x"],
            ["ubuntu-24.04"],
            "arm,s390x",
        ],
        ["amd64 on a runner for arm64", ["linux/amd64", "linux/arm64"], ["ubuntu-24.04-arm"], "amd64"],
    ])("emulates %s", (_what, platforms, runner, emulated) => {
        const steps = stepsOf(publishing({ runner, builds: [{ ...EXPLORER, platforms }] }));
        const qemu = steps.find(({ uses }) => uses?.startsWith("docker/setup-qemu-action@"));
        expect(qemu?.with?.platforms).toBe(emulated);
    });

    it("remembers builds in the image's own repository, if at all, and pull requests only read that", () => {
        const parameters = publishing({ cache: "registry", on: { pullRequests: true } });
        const withOf = (job: string) =>
            (jobsOf(parameters)[job].steps as YamlStep[]).find(({ uses }) => uses?.startsWith("docker/build-push"))
                ?.with;
        const read = { "cache-from": "type=registry,ref=ghcr.io/kuzudb/explorer:buildcache" };
        expect(withOf("publish")).toMatchObject({ ...read, "cache-to": expect.stringContaining("mode=max") });
        expect(withOf("try")).toMatchObject(read);
        expect(withOf("try")).not.toHaveProperty("cache-to");
        expect(rendered(publishing())).not.toMatch(/cache-(?:from|to)/);
    });
});

describe("Publishing is refused", () => {
    const build = (over: Partial<ImageBuild>) => ({ builds: [{ ...EXPLORER, ...over }] });
    it.each<[string, Partial<PublishParameters>, string]>([
        ["without an image", { builds: [] }, "There is no image to publish: name at least one."],
        ["of one image twice", { builds: [EXPLORER, EXPLORER] }, "The image explorer is to be built twice"],
        [
            "for an upper-case owner",
            build({ repository: "ghcr.io/KuzuDB/explorer" }),
            '"ghcr.io/KuzuDB/explorer" is no repository to push explorer to: ghcr.io takes lower case only: write ghcr.io/kuzudb/explorer.',
        ],
        [
            "with a tag",
            build({ repository: "ghcr.io/kuzudb/explorer:1" }),
            "write ghcr.io/OWNER/explorer, without a tag.",
        ],
        [
            "at another host, which would get the job's token",
            build({ repository: "docker.io/a/b" }),
            "write ghcr.io/OWNER/explorer",
        ],
        [
            "twice for one release",
            { on: { tags: ["v*"], releases: true } },
            "it would be built twice, to two digests; take one of both.",
        ],
        ["of another folder", build({ context: "../other" }), 'The context "../other" of explorer is no path below'],
        ["of an address", build({ context: "https://example.com/x.git" }), "is no path below the repository's root"],
        [
            "of a Dockerfile elsewhere",
            build({ file: "/etc/Dockerfile" }),
            'The Dockerfile "/etc/Dockerfile" of explorer',
        ],
        ["for no platform", build({ platforms: [] }), "explorer has no platform: write linux/amd64"],
        [
            "for half a platform",
            build({ platforms: ["amd64"] }),
            '"amd64" of explorer is no platform: write linux/amd64',
        ],
        ["without a rule for tags", build({ tags: [] }), "explorer has no rule for tags"],
        ["with two rules in one", build({ tags: ["type=sha\ntype=edge"] }), "has a line break: write two rules."],
        [
            "with an expression",
            build({ tags: [`type=raw,value=${expression("github.actor")}`] }),
            "would be an expression in a workflow",
        ],
        [
            "with an argument of two lines",
            build({ buildArgs: { A: "1\nB=2" } }),
            'The build argument "A" of explorer will not do',
        ],
        ["at six fields", { on: { schedule: "0 17 3 * * 1" } }, "has 6 fields and not five"],
    ])("%s", (_what, over, sentence) => {
        expect(() => rendered(publishing(over))).toThrow(
            expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(sentence) }),
        );
    });
});
