import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type CiPipelineParameters, renderPipeline } from "../../core/workflows";
import { digestAt, mirrored, world } from "../cli/world";
import { embedded } from "../support/embedded";
import { gitRepository } from "../support/pipelines/git-repository";
import { gitlab } from "../support/pipelines/gitlab";
import { KEY_PASSWORD, type Machine, machine } from "../support/pipelines/programs";
import { describeWith } from "../support/require-program";
import { localPlaces, publishing } from "./world";

const USER = { username: "robot", password: "a-registry-password" };
const BASIC = { auth: { kind: "basic", users: { [USER.username]: USER.password } } } as const;
const LOGINS = {
    PLACE0_USERNAME: USER.username,
    PLACE0_PASSWORD: USER.password,
    PLACE2_USERNAME: USER.username,
    PLACE2_PASSWORD: USER.password,
    ONE_USER: USER.username,
    ONE_SECRET: USER.password,
};

/** A project at GitLab with this pipeline, and how to run it. */
async function project(parameters: CiPipelineParameters, files: Readonly<Record<string, string>>, on: Machine) {
    const content = renderPipeline("gitlab", parameters);
    const repository = await gitRepository({ ...files, ".gitlab-ci.yml": content });
    // What GitLab is asked for there goes to the bare repository.
    repository.git("config", `url.${repository.origin}.insteadOf`, "https://gitlab.example.com/acme/explorer.git");
    repository.git("remote", "set-url", "origin", "git@gitlab.example.com:acme/explorer.git");
    const path = [on.path, process.env.PATH].join(delimiter);
    return {
        repository,
        run: (variables: Readonly<Record<string, string>> = {}) =>
            gitlab(repository.folder, [], { ...on.env, PATH: path, ...variables }),
    };
}

describeWith(["cosign", "git", "rsync"], "A .gitlab-ci.yml, run by gitlab-ci-local", ({ cosign }) => {
    it("builds once, signs, carries by digest and proves: all places show one digest", {
        timeout: 60_000,
    }, async () => {
        const registries = [await embedded(BASIC), await embedded(BASIC), await embedded(BASIC)];
        const local = localPlaces(registries.map(({ host }) => host));
        const on = await machine(cosign);
        const parameters = publishing({ ...local, version: undefined, signWith: "key" });
        const { run } = await project(parameters, { "catalog.yaml": local.text, Dockerfile: "FROM scratch\n" }, on);

        const { code, log } = await run({ ...LOGINS, COSIGN_KEY: on.key, COSIGN_PASSWORD: KEY_PASSWORD });
        expect([code, log]).toEqual([0, expect.stringContaining("1 image, 1 tag, 3 copies: 3 consistent")]);
        const digests = await Promise.all(
            local.places.map((place) => digestAt(...place, "main", `${USER.username}:${USER.password}`)),
        );
        expect(digests[0]).toMatch(/^sha256:/);
        expect(new Set(digests).size).toBe(1);
        for (const [host, repository] of local.places) {
            const image = `${host}/${repository}@${digests[0]}`;
            const login = ["--registry-username", USER.username, "--registry-password", USER.password];
            const verify = [
                "verify",
                "--key",
                on.key.replace(/key$/, "pub"),
                "--insecure-ignore-tlog",
                "--allow-http-registry",
            ];
            const { stdout } = await promisify(execFile)(cosign, [...verify, ...login, image]);
            expect(stdout).toContain(digests[0]);
        }

        const builds = on.dockerCalls().filter(([, verb]) => verb === "build");
        expect(builds).toHaveLength(1);
        expect(builds[0]).toEqual(
            expect.arrayContaining(["--provenance", "mode=max", "--sbom", "true", "linux/amd64,linux/arm64"]),
        );
        expect(JSON.stringify([on.dockerCalls(), log])).not.toContain(USER.password);
        const work = /"([^"]+)\/build\.json"/.exec(JSON.stringify(builds))?.[1] ?? "";
        expect([work.startsWith("/"), existsSync(work)]).toEqual([true, false]);
    });

    it("pushes nothing where a variable is not there, and says which", async () => {
        const registries = [await embedded(BASIC), await embedded(BASIC)];
        const local = localPlaces(registries.map(({ host }) => host));
        const on = await machine(cosign);
        const { run } = await project(publishing({ ...local, sign: false }), { "catalog.yaml": local.text }, on);
        const { PLACE0_PASSWORD: _, ...others } = LOGINS;
        const { code, log } = await run(others);
        expect(code).toBe(1);
        expect(log).toContain("PLACE0_PASSWORD: is a CI/CD variable that the project must have");
        expect(on.dockerCalls()).toEqual([]);
    });

    it("mirrors on its schedule, and commits the page and the lock file", { timeout: 60_000 }, async () => {
        const here = await world({ images: (host) => ({ vault: mirrored(`${host}/acme/vault`) }) });
        const on = await machine(cosign);
        const catalog = readFileSync(join(here.folder, "catalog.yaml"), "utf8");
        const parameters = {
            kind: "mirror",
            catalog: "catalog.yaml",
            registries: [],
            schedule: "32 11 * * 1",
            page: "MIRRORS.md",
        } as const;
        const { repository, run } = await project(parameters, { "catalog.yaml": catalog }, on);

        expect((await run()).log).not.toContain("carried");
        const { code, log } = await run({
            CI_PIPELINE_SOURCE: "schedule",
            TRANSSHIP: "mirror",
            CI_JOB_TOKEN: "a-job-token",
        });
        expect([code, log]).toEqual([0, expect.stringContaining("vault")]);
        expect(await digestAt(here.target.host, "mirror/acme/vault", "1.18")).toBe(here.vault.root);
        expect(repository.published("MIRRORS.md")).toContain(here.vault.root.slice(0, 19));
        expect(repository.published("catalog.lock.yaml")).toContain(here.vault.root);
        expect(log).not.toContain("a-job-token");
    });
});
