import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckDocument } from "../../cli/documents";
import { digestAt, world } from "../cli/world";
import { runWorkflow } from "../support/actions/runner";
import { type LocalGitHub, localGitHub, TOKEN } from "../support/github";
import { pushTree, singleImage } from "../support/images";

/** The proof of a world's catalogue, and how to run it as GitHub would. */
async function scheduledProof(options: Parameters<typeof world>[0] = {}, args: readonly string[] = []) {
    const [here, github] = [await world(options), await localGitHub()];
    const { code, stdout, stderr } = await here.run(["workflow", "proof", ...args]);
    expect([code, stderr]).toEqual([0, ""]);
    const prove = (secrets: Record<string, string> = {}) =>
        runWorkflow(stdout, {
            repository: here.folder,
            env: runnerEnv(github),
            secrets,
            github: { token: TOKEN, actor: "octocat" },
        });
    return { ...here, github, prove };
}

/** GITHUB_TOKEN is no variable of a runner: a step has it only where the workflow hands it over. */
function runnerEnv(github: LocalGitHub): Record<string, string> {
    const { GITHUB_TOKEN: _token, ...env } = github.env();
    return { ...env, GITHUB_RUN_ID: "42" };
}

const outcome = (jobs: Awaited<ReturnType<typeof runWorkflow>>["jobs"]) =>
    Object.fromEntries(Object.entries(jobs).map(([id, { result }]) => [id, result]));

function documentIn(artifacts: ReadonlyMap<string, string>): CheckDocument {
    return JSON.parse(readFileSync(join(artifacts.get("transship-proof") ?? "", "check.json"), "utf8"));
}

describe("The proof, run as GitHub would", () => {
    it("opens one issue on drift, keeps it while it lasts, and closes it once it is repaired", async () => {
        const { github, prove, run, target } = await scheduledProof();
        expect((await run(["sync"])).code).toBe(0);

        const equal = await prove();
        expect(outcome(equal.jobs)).toEqual({ check: "success", issue: "success" });
        expect(equal.jobs.issue?.log).toContain("GitHub: no issue is open, and none is needed");
        expect(github.issues).toEqual([]);

        const other = singleImage({ seed: "somebody's" });
        await pushTree(target.host, "mirror/acme/vault", other, { tag: "1.18" });
        const drifted = await prove();
        expect(outcome(drifted.jobs)).toEqual({ check: "failure", issue: "success" });
        expect(drifted.jobs.check?.outputs).toEqual({ "exit-code": "1" });
        expect(github.issues).toEqual([
            expect.objectContaining({ state: "open", title: "Container images drift: 1 finding on 1 tag" }),
        ]);
        expect(github.issues[0]?.body).toContain(other.root.slice(0, 19));
        const document = JSON.parse(
            readFileSync(join(drifted.artifacts.get("transship-proof") ?? "", "check.json"), "utf8"),
        );
        expect(document).toMatchObject({ command: "check", outcome: "drift" });

        await prove();
        expect(github.issues).toHaveLength(1);
        expect(github.issues[0]?.comments).toEqual([]);

        expect((await run(["sync"])).code).toBe(1);
        await fetch(`http://${target.host}/v2/mirror/acme/vault/manifests/1.18`, { method: "DELETE" });
        expect((await run(["sync"])).code).toBe(0);
        expect(await digestAt(target.host, "mirror/acme/vault", "1.18")).toBeDefined();
        const repaired = await prove();
        expect(outcome(repaired.jobs)).toEqual({ check: "success", issue: "success" });
        expect(github.issues).toEqual([expect.objectContaining({ state: "closed", state_reason: "completed" })]);
    });

    it("is red and touches no issue where a registry could not be asked", async () => {
        const { github, prove, run, target } = await scheduledProof();
        expect((await run(["sync"])).code).toBe(0);
        await target.close();
        const { jobs } = await prove();
        expect(outcome(jobs)).toEqual({ check: "failure", issue: "success" });
        expect(jobs.check?.outputs).toEqual({ "exit-code": "3" });
        expect(jobs.issue?.log).toContain("is left as it is");
        expect(github.log).toEqual([]);
    });

    it("says nothing of images where the catalogue is wrong", async () => {
        const { github, prove, folder } = await scheduledProof();
        writeFileSync(join(folder, "catalog.yaml"), "version: 2\n");
        const { jobs } = await prove();
        expect(outcome(jobs)).toEqual({ check: "failure", issue: "skipped" });
        expect(jobs.check?.outputs).toEqual({ "exit-code": "2" });
        expect(github.log).toEqual([]);
    });

    it("is red where the issue could not be written", async () => {
        const { github, prove } = await scheduledProof();
        github.intercept = (request, response) => {
            if (request.method !== "POST") {
                return false;
            }
            response.writeHead(403).end(JSON.stringify({ message: "Resource not accessible by integration" }));
            return true;
        };
        const { jobs } = await prove();
        expect(outcome(jobs)).toEqual({ check: "failure", issue: "failure" });
        expect(jobs.issue?.log).toContain('give the job "permissions: issues: write"');
    });

    it("hands the catalogue's credentials to the step that asks the registries, and prints none", async () => {
        const { prove } = await scheduledProof({
            registries: { hub: { credentials: { from: "env", username: "HUB_USER", password: "HUB_TOKEN" } } },
            source: { auth: { kind: "basic", users: { robot: "top-secret" } } },
        });
        const hubOf = async (secrets?: Record<string, string>) => {
            const { artifacts, jobs } = await prove(secrets);
            expect(JSON.stringify(jobs)).not.toContain("top-secret");
            return documentIn(artifacts).copies.find(({ registry }) => registry === "hub")?.status;
        };
        expect(await hubOf()).toBe("unknown");
        expect(await hubOf({ HUB_USER: "robot", HUB_TOKEN: "top-secret" })).toBe("missing");
    });
});
