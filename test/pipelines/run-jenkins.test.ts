import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { type CiPipelineParameters, renderPipeline } from "../../core/workflows";
import { digestAt, mirrored, world } from "../cli/world";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { gitRepository } from "../support/pipelines/git-repository";
import { JENKINS_PROGRAMS, type JenkinsCredential, type JenkinsWorld, jenkins } from "../support/pipelines/jenkins";
import { KEY_PASSWORD, machine } from "../support/pipelines/programs";
import { describeWith } from "../support/require-program";
import { localPlaces, publishing } from "./world";

const USER = { kind: "username with password", username: "robot", password: "a-registry-password" } as const;
const BASIC = { auth: { kind: "basic", users: { [USER.username]: USER.password } } } as const;

describeWith(
    ["cosign", "git", ...JENKINS_PROGRAMS],
    "A Jenkinsfile, run by Jenkins' Groovy",
    ({ cosign, ...programs }) => {
        /** A job for a repository with this pipeline, and how to run it. */
        async function job(parameters: CiPipelineParameters, files: Readonly<Record<string, string>>) {
            const on = await machine(cosign);
            const repository = await gitRepository({ ...files, Dockerfile: "FROM scratch\n" });
            const text = renderPipeline("jenkins", parameters);
            const env = { ...on.env, PATH: [on.path, process.env.PATH].join(delimiter), GIT_COMMIT: repository.commit };
            const run = (over: Partial<JenkinsWorld>) =>
                jenkins(text, { workspace: repository.folder, ...over, env: { ...env, ...over.env } }, programs);
            return { on, repository, run };
        }

        it("builds once, signs, carries by digest and proves: all places show one digest", {
            timeout: 60_000,
        }, async () => {
            const registries = [await embedded(BASIC), await embedded(BASIC), await embedded(BASIC)];
            const local = localPlaces(registries.map(({ host }) => host));
            const { on, run } = await job(publishing({ ...local, version: undefined }), { "catalog.yaml": local.text });
            const credentials: Record<string, JenkinsCredential> = {
                "transship-place0": USER,
                "transship-place1": USER,
                "transship-place2": USER,
                "transship-cosign-key": { kind: "secret file", path: on.key },
                "transship-cosign-password": { kind: "secret text", secret: KEY_PASSWORD },
            };
            const ended = await run({ credentials, env: { BRANCH_NAME: "main", BRANCH_IS_PRIMARY: "true" } });
            expect([ended.result, ended.log]).toEqual(["SUCCESS", expect.stringContaining("3 copies: 3 consistent")]);
            expect(ended.stages.map(({ name }) => name)).toEqual([
                "Build explorer",
                "Sign explorer",
                "Carry explorer",
                "Check explorer",
                "Publish explorer",
            ]);
            const digests = await Promise.all(
                local.places.map((place) => digestAt(...place, "main", `${USER.username}:${USER.password}`)),
            );
            expect(digests[0]).toMatch(/^sha256:/);
            expect(new Set(digests).size).toBe(1);
            expect(on.dockerCalls().filter(([, verb]) => verb === "build")).toHaveLength(1);
            expect(JSON.stringify([on.dockerCalls(), ended.log])).not.toContain(USER.password);
            expect(on.dockerCalls().at(-1)).toEqual(["buildx", "rm", "--force", "brave_builder"]);

            const { "transship-cosign-key": _, ...others } = credentials;
            const unsigned = await run({ credentials: others, env: { BRANCH_NAME: "main" } });
            expect([unsigned.result, unsigned.stages.at(-1)]).toEqual([
                "FAILURE",
                { name: "Publish explorer", status: "failure" },
            ]);
            expect(unsigned.log).toContain("'transship-cosign-key' of the kind secret file");
            expect(await digestAt(...(local.places[0] ?? ["", ""]), "main", `${USER.username}:${USER.password}`)).toBe(
                digests[0],
            );
        });

        it("mirrors, commits the page and the lock file, and is red where an image could not be carried", {
            timeout: 60_000,
        }, async () => {
            const here = await world({ images: (host) => ({ vault: mirrored(`${host}/acme/vault`) }) });
            const catalog = readFileSync(join(here.folder, "catalog.yaml"), "utf8");
            const parameters = {
                kind: "mirror",
                catalog: "catalog.yaml",
                registries: [],
                schedule: "32 11 * * 1",
                page: "MIRRORS.md",
            } as const;
            const { repository, run } = await job(parameters, { "catalog.yaml": catalog });
            const credentials = { "transship-git": USER };

            const ended = await run({ credentials, env: { GIT_BRANCH: "origin/main" } });
            expect([ended.result, ended.log]).toEqual(["SUCCESS", expect.stringContaining("vault")]);
            expect(ended.triggers).toEqual(["TZ=UTC\n32 11 * * 1"]);
            expect(await digestAt(here.target.host, "mirror/acme/vault", "1.18")).toBe(here.vault.root);
            expect(repository.published("MIRRORS.md")).toContain(here.vault.root.slice(0, 19));
            expect(repository.published("catalog.lock.yaml")).toContain(here.vault.root);

            await pushTree(here.target.host, "mirror/acme/vault", singleImage({ seed: "somebody's" }), { tag: "1.18" });
            const failed = await run({ credentials, env: { GIT_BRANCH: "origin/main" } });
            expect(failed.stages.map(({ name, status }) => `${name}: ${status}`)).toEqual([
                "Carry: success",
                "Commit the page: success",
                "Result: failure",
            ]);
            expect(failed.result).toBe("FAILURE");
        });

        it("proves, and keeps the document and the page", { timeout: 60_000 }, async () => {
            const here = await world();
            const catalog = readFileSync(join(here.folder, "catalog.yaml"), "utf8");
            const { repository, run } = await job(
                { kind: "proof", catalog: "catalog.yaml", registries: [], schedule: "17 5 * * *" },
                { "catalog.yaml": catalog },
            );
            const missing = await run({});
            expect([missing.result, missing.archived]).toEqual(["FAILURE", ["check.json, report.html"]]);
            expect(JSON.parse(readFileSync(join(repository.folder, "check.json"), "utf8"))).toMatchObject({
                outcome: "drift",
            });
            expect((await here.run(["sync"])).code).toBe(0);
            expect((await run({})).result).toBe("SUCCESS");
        });
    },
);
