import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderPipeline, stateOf } from "../../core/workflows";
import { type GitRepository, gitRepository } from "../support/pipelines/git-repository";
import { gitlab, jobsOf, schemaProblems } from "../support/pipelines/gitlab";
import { describeWith } from "../support/require-program";
import { shellcheck } from "../support/workflow-validators";
import { EVERY_PLACE, EXPLORER, publishing } from "./world";

const EVERYTHING = publishing({
    on: {
        branches: ["main", "release/*"],
        tags: ["v*"],
        paths: ["src/**", "**.sql"],
        schedule: "17 5 * * 1",
        pullRequests: true,
    },
    runner: ["docker", "arm64"],
    image: `registry.example.com/ci@sha256:${"a".repeat(64)}`,
    deployment: "production",
    environment: "prod",
    cache: "registry",
});
const MIRROR = {
    kind: "mirror",
    catalog: "catalog.yaml",
    registries: EVERY_PLACE,
    schedule: "32 11 * * 1",
    page: "MIRRORS.md",
    where: { purpose: "ci" },
} as const;
const PROOF = { kind: "proof", catalog: "catalog.yaml", registries: EVERY_PLACE, schedule: "17 5 * * *" } as const;
const FILES = {
    publish: renderPipeline("gitlab", EVERYTHING),
    mirror: renderPipeline("gitlab", MIRROR),
    proof: renderPipeline("gitlab", PROOF),
};
type Job = Record<string, unknown> & { script?: string[]; before_script?: string[] };

/** Each script as the runner joins it. */
function scriptsOf(text: string): string[] {
    const jobs = parse(text) as Record<string, Job>;
    const shared = jobs[".transship-publish"]?.before_script ?? [];
    return Object.values(jobs).flatMap(({ before_script = shared, script }) =>
        script === undefined ? [] : [["#!/bin/sh", ...before_script, ...script].join("\n")],
    );
}

describe("A .gitlab-ci.yml", () => {
    it("is sealed, deterministic, and of GitLab's own schema, which finds what is wrong", async () => {
        expect(renderPipeline("gitlab", EVERYTHING)).toBe(FILES.publish);
        const ajv = new Ajv({ strict: false, validateFormats: false });
        for (const text of Object.values(FILES)) {
            expect(stateOf(text)).toBe("untouched");
            expect(stateOf(text.replace("interruptible", "interruptable"))).toBe("edited");
            expect(await schemaProblems(ajv, parse(text))).toEqual([]);
        }
        const broken = FILES.proof.replace("interruptible: false", "interruptible: maybe");
        expect(await schemaProblems(ajv, parse(broken))).toContainEqual(
            expect.stringContaining("/proof/interruptible"),
        );
    });

    it("has sound defaults, and asks clouds and signatures by the job's identity", () => {
        const jobs = parse(FILES.publish) as Record<string, Job>;
        expect(jobs[".transship-publish"]).toMatchObject({
            stage: "deploy",
            timeout: "60 minutes",
            interruptible: false,
            cache: [],
            tags: ["docker", "arm64"],
            image: EVERYTHING.image,
            environment: { name: "production", action: "access" },
            id_tokens: { SIGSTORE_ID_TOKEN: { aud: "sigstore" }, AWS_ID_TOKEN: { aud: "sts.amazonaws.com" } },
        });
        expect(jobs["publish explorer"]).toMatchObject({
            extends: ".transship-publish",
            resource_group: "transship-publish-explorer-prod",
        });
        const tried = jobs["try explorer"];
        expect(tried).toMatchObject({ interruptible: true });
        expect(JSON.stringify(tried)).not.toMatch(/id_tokens|environment|PASSWORD|SECRET|docker login|push=true/);
        expect(parse(FILES.proof)).toMatchObject({
            proof: {
                stage: "test",
                artifacts: { when: "always", paths: ["check.json", "report.html"], expire_in: "30 days" },
            },
        });
        expect(FILES.publish).toContain(
            "# CI/CD variables that the project must have, masked and protected: GHCR_USERNAME",
        );
        expect(FILES.proof).not.toContain("HARBOR_ROBOT");
    });

    it("pushes with the build's own login only, and logs in elsewhere afterwards", () => {
        const [script = ""] = (parse(FILES.publish) as Record<string, Job>)["publish explorer"]?.script ?? [];
        const at = (text: string) => script.indexOf(text);
        const order = [
            at("--password-stdin ghcr.io"),
            at("docker buildx build"),
            at("cosign sign"),
            at("--password-stdin docker.io"),
            at("transship publish"),
            at("transship check"),
        ];
        expect(order.every((place) => place > 0)).toBe(true);
        expect([...order].sort((a, b) => a - b)).toEqual(order);
    });
});

describeWith(["shellcheck"], "Its scripts", (programs) => {
    it("are POSIX shell without findings, and a broken one has some", () => {
        const scripts = Object.values(FILES).flatMap(scriptsOf);
        expect(scripts).toHaveLength(6);
        expect(scripts.flatMap((script) => shellcheck(script, programs, "sh"))).toEqual([]);
        expect(shellcheck("#!/bin/sh\necho $1 | read x[0]", programs, "sh")).not.toEqual([]);
    });
});

describeWith(["git", "rsync"], "Its rules, read by gitlab-ci-local,", () => {
    let repository: GitRepository;
    const change = (file: string) => {
        mkdirSync(dirname(join(repository.folder, file)), { recursive: true });
        writeFileSync(join(repository.folder, file), `${Math.random()}`);
        repository.git("add", ".");
    };

    beforeAll(async () => {
        const text = renderPipeline("gitlab", publishing({ on: EVERYTHING.on, builds: [EXPLORER] }));
        repository = await gitRepository(
            {
                ".gitlab-ci.yml": "include: [{ local: publish.yml }, { local: mirror.yml }]\n",
                "publish.yml": text,
                "mirror.yml": FILES.mirror,
                "src/a.ts": "",
            },
            "file",
        );
        repository.git("remote", "set-url", "origin", "git@gitlab.example.com:acme/explorer.git");
        change("src/deep/b.ts");
    });

    it.each<[Record<string, string>, readonly string[]]>([
        [{ CI_COMMIT_BRANCH: "main" }, ["publish explorer"]],
        [{ CI_COMMIT_BRANCH: "release/1.x" }, ["publish explorer"]],
        [{ CI_COMMIT_BRANCH: "release/1/2" }, []],
        [{ CI_COMMIT_BRANCH: "prerelease/1" }, []],
        [{ CI_COMMIT_BRANCH: "", CI_COMMIT_TAG: "v1.2.3" }, ["publish explorer"]],
        [{ CI_COMMIT_BRANCH: "", CI_COMMIT_TAG: "docs-v1" }, []],
        [{ CI_COMMIT_BRANCH: "", CI_PIPELINE_SOURCE: "merge_request_event" }, ["try explorer"]],
        [{ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "schedule" }, []],
        [{ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "schedule", TRANSSHIP: "publish" }, ["publish explorer"]],
        [{ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "schedule", TRANSSHIP: "mirror" }, ["mirror"]],
        [{ CI_COMMIT_BRANCH: "main", CI_PIPELINE_SOURCE: "web" }, ["publish explorer"]],
    ])("%j has the jobs %j", async (variables, jobs) => {
        expect(await jobsOf(repository.folder, variables)).toEqual(jobs);
    });

    it("refuse what is no pipeline", async () => {
        writeFileSync(join(repository.folder, "broken.yml"), FILES.mirror.replace("\n  script:", "\n  skript:"));
        const { code, log } = await gitlab(repository.folder, ["--list", "--file", "broken.yml"]);
        expect([code, log]).toEqual([1, expect.stringContaining("mirror must have script specified")]);
    });
});
