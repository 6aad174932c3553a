import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckDocument } from "../../cli/documents";
import { defineCatalog, shardsFor } from "../../core/catalog";
import { renderWorkflow, shardsWorkflow } from "../../core/workflows";
import { mirrored, world } from "../cli/world";
import { runWorkflow, type WorkflowResult } from "../support/actions/runner";
import { localGitHub, TOKEN } from "../support/github";
import { pushTree, singleImage } from "../support/images";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";
import { EVERY_REGISTRY, scheduled } from "./parameters";

describeWith(VALIDATORS, "The proof in shards", (validators) => {
    it.each([
        ["by default", scheduled()],
        ["with every kind of credentials", scheduled({ deployment: "registries" }, EVERY_REGISTRY)],
        ["by the repository's package.json", scheduled({ environment: "prod" }, EVERY_REGISTRY, "npm-ci")],
    ])("passes every validator %s", async (_how, parameters) => {
        const text = renderWorkflow(shardsWorkflow({ ...parameters, shards: 8 }).workflow);
        expect(await findingsOf(text, validators)).toEqual(NO_FINDINGS);
    });
});

describe("The number of shards", () => {
    const catalogOf = (count: number) =>
        defineCatalog({
            version: 1,
            registries: { a: { host: "a.example.com", kind: "other" }, b: { host: "b.example.com", kind: "other" } },
            defaults: { policy: "mirror", targets: ["a", "b"] },
            images: Object.fromEntries(
                Array.from({ length: count }, (_, index) => [
                    `i${index}`,
                    { source: `docker.io/acme/i${index}`, tags: ["1", "2"] },
                ]),
            ),
        });

    it.each([
        [1, 2],
        [1000, 3],
        [3000, 9],
    ])("of %i images with 6 copies each is %i", (images, shards) => {
        expect(shardsFor(catalogOf(images))).toBe(shards);
    });
});

describe("The shards, run as GitHub would", () => {
    it("are one document and one issue, and never consistent where one got lost", async () => {
        const images = ["a", "b", "c", "d"];
        const [here, github] = [
            await world({
                images: (source) =>
                    Object.fromEntries(images.map((name) => [name, mirrored(`${source}/acme/${name}`)])),
            }),
            await localGitHub(),
        ];
        for (const name of images) {
            await pushTree(here.source.host, `acme/${name}`, singleImage({ seed: name }), { tag: "1.18" });
        }
        expect((await here.run(["sync"])).code).toBe(0);
        const { stdout } = await here.run(["workflow", "shards", "--shards", "3"]);
        const { GITHUB_TOKEN: _token, ...env } = github.env();
        const prove = (lost: string[] = []) =>
            runWorkflow(stdout, { repository: here.folder, env, lost, github: { token: TOKEN } });

        const equal = await prove();
        expect(resultsOf(equal)).toEqual({
            "check (1)": "success",
            "check (2)": "success",
            "check (3)": "success",
            merge: "success",
            issue: "success",
        });
        expect(documentOf(equal)).toMatchObject({
            command: "report",
            outcome: "consistent",
            summary: { images: 4, copies: 8 },
        });
        expect([...equal.artifacts.keys()]).toEqual(["shard-1", "shard-2", "shard-3", "transship-proof"]);
        expect(equal.jobs["check (1)"]?.summary).toBe("");
        expect(equal.jobs.merge?.summary).not.toBe("");

        const lost = await prove(["shard-2"]);
        expect(lost.jobs.merge).toMatchObject({ result: "failure", outputs: { "exit-code": "3" } });
        expect(documentOf(lost)).toMatchObject({ outcome: "unknown" });

        await pushTree(here.target.host, "mirror/acme/c", singleImage({ seed: "other" }), { tag: "1.18" });
        const drifted = await prove();
        expect(drifted.jobs.merge).toMatchObject({ result: "failure", outputs: { "exit-code": "1" } });
        expect(Object.values(resultsOf(drifted)).filter((result) => result === "failure")).toHaveLength(2);
        expect(github.issues).toEqual([
            expect.objectContaining({ title: "Container images drift: 1 finding on 1 tag" }),
        ]);
    });
});

function resultsOf({ jobs }: WorkflowResult): Record<string, string> {
    return Object.fromEntries(Object.entries(jobs).map(([id, { result }]) => [id, result]));
}

function documentOf({ artifacts }: WorkflowResult): CheckDocument {
    return JSON.parse(readFileSync(join(artifacts.get("transship-proof") ?? "", "check.json"), "utf8"));
}
