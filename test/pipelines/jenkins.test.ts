import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renderPipeline, stateOf } from "../../core/workflows";
import { temporaryFolder } from "../support/embedded";
import { JENKINS_PROGRAMS, type JenkinsWorld, jenkinsRuns } from "../support/pipelines/jenkins";
import { describeWith } from "../support/require-program";
import { EVERY_PLACE, EXPLORER, publishing } from "./world";

const ON = {
    branches: ["main", "release/*"],
    tags: ["v*"],
    paths: ["src/**", "**.sql"],
    schedule: "17 5 * * 1",
    pullRequests: true,
};
const TEXT = renderPipeline("jenkins", publishing({ on: ON, builds: [EXPLORER], runner: ["docker", "arm64"] }));

describe("A Jenkinsfile", () => {
    it("is sealed by comments of Groovy's, deterministic, and without a string that is interpolated", () => {
        expect(renderPipeline("jenkins", publishing({ on: ON, builds: [EXPLORER], runner: ["docker", "arm64"] }))).toBe(
            TEXT,
        );
        expect(TEXT.startsWith("// Publishes explorer")).toBe(true);
        expect(stateOf(TEXT)).toBe("untouched");
        expect(stateOf(TEXT.replace("time: 60", "time: 90"))).toBe("edited");
    });

    it("says which credentials it takes, and asks a key or an identity for the signature", () => {
        expect(TEXT).toContain("transship-harbor-push (username with password)");
        expect(TEXT).toContain("The agent's own identity is used for AWS");
        expect(TEXT).toContain('cosign sign --yes --key "$COSIGN_KEY"');
        const keyless = renderPipeline("jenkins", publishing({ signWith: "keyless" }));
        expect(keyless).toContain("string(credentialsId: 'transship-sigstore-token', variable: 'SIGSTORE_ID_TOKEN')");
        expect(keyless).not.toContain("COSIGN_KEY");
    });

    it.each<[Parameters<typeof publishing>[0], string]>([
        [
            { deployment: "production" },
            'Jenkins has no environments that hold secrets, and so nothing for "production"',
        ],
        [{ runner: ["a || true"] }, '"a || true" is no label of a machine'],
        [{ image: "node:22" }, `The jobs' image "node:22" is not pinned`],
        [{ on: {} }, "Nothing would ever start it"],
        [{ on: { branches: ["main' || true"] } }, "is no pattern for branches or tags here"],
        [{ on: { branches: ["main"], paths: ["$HOME/*"] } }, "is no pattern for paths here"],
        [{ on: { branches: ["main"], schedule: "@daily" } }, 'The schedule "@daily" is not understood'],
        [{ timeoutMinutes: 0 }, "The time limit is 0 minutes"],
        [{ builds: [] }, "There is nothing to build"],
        [{ builds: [EXPLORER, EXPLORER] }, "explorer is built twice"],
        [{ registries: [] }, "ghcr.io/kuzudb/explorer is at no registry of the catalogue"],
        [
            { registries: EVERY_PLACE.map(({ credentials: _, ...rest }) => rest) },
            "Docker cannot push ghcr.io/kuzudb/explorer: the registry ghcr has no credentials",
        ],
    ])("is not written with %j", (over, sentence) => {
        expect(() => renderPipeline("jenkins", publishing(over))).toThrow(sentence);
    });
});

describeWith([...JENKINS_PROGRAMS], "A Jenkinsfile, read by Jenkins' Groovy,", (programs) => {
    const PUSHED = ["Build explorer"];
    const CASES: readonly (readonly [Pick<JenkinsWorld, "env" | "causes" | "changes">, readonly string[]])[] = [
        [{ env: { BRANCH_NAME: "main" }, changes: ["src/deep/a.ts"] }, PUSHED],
        [{ env: { BRANCH_NAME: "main" }, changes: ["a/b.sql"] }, PUSHED],
        [{ env: { BRANCH_NAME: "main" }, changes: ["docs/a.md"] }, []],
        [{ env: { BRANCH_NAME: "main" }, causes: ["UserIdCause"] }, PUSHED],
        [{ env: { BRANCH_NAME: "release/1.x" }, changes: ["src/a.ts"] }, PUSHED],
        [{ env: { BRANCH_NAME: "release/1/2" }, changes: ["src/a.ts"] }, []],
        [{ env: { BRANCH_NAME: "topic" }, changes: ["src/a.ts"] }, []],
        [{ env: { BRANCH_NAME: "v1.2.3", TAG_NAME: "v1.2.3" } }, PUSHED],
        [{ env: { BRANCH_NAME: "docs-v1", TAG_NAME: "docs-v1" } }, []],
        [
            { env: { BRANCH_NAME: "main", BRANCH_IS_PRIMARY: "true" }, causes: ["TimerTrigger"] },
            ["Note the schedule", ...PUSHED],
        ],
        [{ env: { BRANCH_NAME: "release/1.x" }, causes: ["TimerTrigger"] }, ["Note the schedule"]],
        [{ env: { BRANCH_NAME: "main", CHANGE_ID: "7" }, changes: ["src/a.ts"] }, ["Try explorer"]],
    ];

    it("runs for what it names, and for nothing else", { timeout: 60_000 }, async () => {
        const workspace = await temporaryFolder();
        // Without credentials and docker no stage comes to its end: which were begun is the question.
        const worlds = CASES.map(([world]) => ({ ...world, workspace, env: { PATH: "/usr/bin:/bin", ...world.env } }));
        const runs = await jenkinsRuns(TEXT, worlds, programs);
        const begun = runs.map(({ stages }) =>
            stages
                .filter(({ name, status }) => status !== "skipped" && !name.startsWith("Publish"))
                .map(({ name }) => name),
        );
        expect(begun).toEqual(CASES.map(([, names]) => names));
        expect(runs[0]).toMatchObject({
            agent: { label: "docker && arm64" },
            triggers: ["TZ=UTC\n17 5 * * 1"],
            options: expect.arrayContaining(["disableConcurrentBuilds", { timeout: { time: 60, unit: "MINUTES" } }]),
        });
    });

    const BROKEN: readonly (readonly [string, (text: string) => string, string])[] = [
        ["an unknown word", (text) => text.replace("triggers {", "trigger {"), "trigger is no word of pipeline"],
        [
            "a word in the wrong section",
            (text) => text.replace("disableConcurrentBuilds()", "sh('id')"),
            "sh is no word of options",
        ],
        [
            "a string that is interpolated",
            (text) => text.replace("'catalog.yaml'", `"\${BRANCH_NAME}"`),
            "GStringExpression",
        ],
        ["a statement", (text) => text.replace("pipeline {", "def x = 1\nif (x) { }\npipeline {"), "not allowed"],
        [
            "a stage of the same name",
            (text) => text.replace("stage('Carry explorer')", "stage('Check explorer')"),
            "Duplicate stage name",
        ],
        ["no agent", (text) => text.replace(/agent \{[^}]*\}/, ""), 'Missing required section "agent"'],
        ["a missing brace", (text) => text.trimEnd().slice(0, -1), "expecting '}'"],
    ];

    it("is refused where it is none", { timeout: 60_000 }, async () => {
        const workspace = join(await temporaryFolder(), "work");
        const login = { kind: "username with password", username: "u", password: "p" } as const;
        const env = { PATH: "/usr/bin:/bin", BRANCH_NAME: "v1", TAG_NAME: "v1" };
        const world = { workspace, env, credentials: { "transship-ghcr": login } };
        const texts = BROKEN.map(([_what, change]) => change(TEXT));
        expect(texts).not.toContain(TEXT);
        const runs = await jenkinsRuns(
            TEXT,
            texts.map((text) => ({ ...world, text })),
            programs,
        );
        for (const [index, [what, , sentence]] of BROKEN.entries()) {
            const { log, result } = runs[index] ?? {};
            expect([what, result, log]).toEqual([what, "REFUSED", expect.stringContaining(sentence)]);
        }
    });
});
