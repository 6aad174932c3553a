import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type RegionsParameters, regionsWorkflow, renderWorkflow } from "../../core/workflows";
import { world } from "../cli/world";
import { runWorkflow } from "../support/actions/runner";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";
import { cloned } from "./cloned";
import { EVERY_REGISTRY, scheduled } from "./parameters";

const REGIONS = [
    { region: "eu-west", runner: "ubuntu-24.04" },
    { region: "us-east", runner: "us.runner" },
];

function regions(over: Partial<RegionsParameters> = {}): string {
    const parameters = {
        ...scheduled({}, EVERY_REGISTRY),
        regions: REGIONS,
        anonymous: false,
        publish: "commit",
        ...over,
    } as const;
    return renderWorkflow(regionsWorkflow(parameters).workflow);
}

describeWith(VALIDATORS, "The probes from several regions", (validators) => {
    it.each<[string, Partial<RegionsParameters>]>([
        ["by default", {}],
        ["as a stranger", { anonymous: true, publish: "artifact" }],
        [
            "of one environment, by the repository's package.json",
            { ...scheduled({ environment: "prod" }, EVERY_REGISTRY, "npm-ci") },
        ],
    ])("pass every validator %s", async (_how, over) => {
        expect(await findingsOf(regions(over), validators, { labels: ["us.runner"] })).toEqual(NO_FINDINGS);
    });

    it("give the right to write to one job, which sees no secret and runs nobody's code", () => {
        const { jobs } = parse(regions({ deployment: "registries" }));
        const writers = Object.entries<{ permissions: object }>(jobs).filter(([, { permissions }]) =>
            JSON.stringify(permissions).includes('contents":"write'),
        );
        expect(writers.map(([id]) => id)).toEqual(["commit"]);
        expect(JSON.stringify(jobs.commit)).not.toMatch(/secrets\.|npx|npm/);
        expect(jobs.commit.environment).toBeUndefined();
    });

    it("give runners nothing where they probe as a stranger", () => {
        const { probe } = parse(regions({ anonymous: true, deployment: "registries" })).jobs;
        expect(probe.permissions).toEqual({ contents: "read" });
        expect(JSON.stringify(probe)).not.toContain("secrets.");
        expect(probe.environment).toBeUndefined();
    });
});

describe("The probes, run as GitHub would", () => {
    it("commit the page and the history, which grows from run to run", async () => {
        const here = await world();
        expect((await here.run(["sync"])).code).toBe(0);
        const git = await cloned(here);
        const { stdout } = await here.run([
            "workflow",
            "regions",
            "--regions",
            "eu-west=ubuntu-24.04,us-east=us.runner",
        ]);
        const run = () =>
            runWorkflow(stdout, {
                repository: here.folder,
                env: { GITHUB_SERVER_URL: "https://github.com" },
                github: { token: "t" },
            });

        const { jobs } = await run();
        expect(Object.entries(jobs).map(([id, { result }]) => [id, result])).toEqual([
            ["probe (eu-west, ubuntu-24.04)", "success"],
            ["probe (us-east, us.runner)", "success"],
            ["collect", "success"],
            ["commit", "success"],
        ]);
        git("pull", "--quiet");
        expect(git("log", "-1", "--format=%an: %s")).toBe("github-actions[bot]: MIRRORS.md: proven and probed again\n");
        expect(git("show", "--stat", "--format=", "HEAD").match(/\S+(?= +\|)/g)).toEqual([
            "MIRRORS.md",
            "availability.json",
        ]);
        const resultsOf = () => JSON.parse(git("show", "HEAD:availability.json")).results as { region: string }[];
        expect([...new Set(resultsOf().map(({ region }) => region))].sort()).toEqual(["eu-west", "us-east"]);
        expect(git("show", "HEAD:MIRRORS.md")).toContain("eu-west");
        const first = resultsOf().length;

        await run();
        git("pull", "--quiet");
        expect(resultsOf()).toHaveLength(2 * first);
    });

    it("go on where a region's runner is lost, and fail where all are", async () => {
        const here = await world();
        const { stdout } = await here.run(["workflow", "regions", "--regions", "a=x,b=y", "--publish", "artifact"]);
        const run = (lost: string[]) => runWorkflow(stdout, { repository: here.folder, lost });
        const { artifacts, jobs } = await run(["probe-b"]);
        expect([jobs["probe (b, y)"]?.result, jobs.collect?.result]).toEqual(["failure", "success"]);
        expect(jobs.commit).toBeUndefined();
        expect(existsSync(join(artifacts.get("transship-regions") ?? "", "MIRRORS.md"))).toBe(true);
        expect((await run(["probe-a", "probe-b"])).jobs.collect?.result).toBe("failure");
    });
});
