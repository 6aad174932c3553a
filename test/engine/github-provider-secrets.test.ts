import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CiSecrets } from "transship";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TestStack } from "../support/engine-stack";
import { LocalGitHub } from "../support/github";
import type { LocalSecret } from "../support/github/state";
import { describeWith, describeWithEngine } from "../support/require-program";

const REPOSITORIES = ["acme/explorer", "acme/mcp-server", "acme/docs"];
const APPS = ["actions", "dependabot", "codespaces"] as const;

describeWithEngine("secrets on the real engine", (engine) => {
    it("end the program in one sentence where a value that is known late is refused, and keep nobody waiting", async () => {
        const program = async () => {
            const value = pulumi.output(pulumi.secret(""));
            new CiSecrets("ci", { repositories: ["explorer"], credentials: { TOKEN: { kind: "secret", value } } });
        };
        const stack = await TestStack.open(engine, program, { config: { "github:owner": { value: "acme" } } });
        const run = await stack.preview();
        expect(run.ok).toBe(false);
        expect(run.text).toContain("the secret TOKEN has an empty value, which GitHub refuses");
    });
});

// GitHub's own plugin is in no package registry. What it does with a resource, no mock tells.
describeWith(
    ["pulumi-resource-github"],
    "secrets by GitHub's own plugin",
    ({ "pulumi-resource-github": plugin }) => {
        describeWithEngine("on the real engine", (engine) => {
            let github: LocalGitHub;
            let stack: TestStack;
            let password = "not-to-be-seen-1";
            let visibility: "selected" | "all" = "selected";

            const program = async () => {
                const pull = new CiSecrets("pull", {
                    repositories: REPOSITORIES,
                    apps: APPS,
                    credentials: {
                        HUB: { kind: "login", username: "kuzudb", password },
                        REGION: { kind: "variable", value: "eu-west-1" },
                    },
                });
                const shared = new CiSecrets("shared", {
                    organization: visibility === "all" ? { visibility } : { visibility, repositories: REPOSITORIES },
                    apps: APPS,
                    credentials: { TOKEN: { kind: "secret", value: password } },
                });
                return { pull: pull.updatedAt, shared: shared.updatedAt };
            };

            /** `explorer/actions/HUB_PASSWORD` -> the secret as GitHub has it. */
            const atGitHub = (): Map<string, LocalSecret> => {
                const { owners, repositories } = github.world;
                const places = [
                    ...[...repositories.values()].map((one) => [one.name, one.places] as const),
                    ...[...owners.values()].map((one) => [one.login, one.places] as const),
                ];
                return new Map(
                    places.flatMap(([where, { secrets }]) =>
                        [...secrets].flatMap(([app, inside]) =>
                            [...inside.values()].map((one) => [`${where}/${app}/${one.name}`, one] as const),
                        ),
                    ),
                );
            };
            const ofName = (name: string) => [...atGitHub()].filter(([place]) => place.endsWith(`/${name}`));

            beforeAll(async () => {
                github = await LocalGitHub.start();
                for (const name of REPOSITORIES) {
                    github.world.addRepository(name, { "README.md": "" });
                }
                const env = { PATH: `${dirname(plugin)}:${process.env.PATH}` };
                stack = await TestStack.open(engine, program, { config: github.config(), env });
            });

            afterAll(async () => {
                await github.close();
                expect(github.violations).toEqual([]);
            });

            it("are everywhere after one up, which a preview and a second up find as they are", async () => {
                const run = await stack.up();
                expect(run.text).not.toContain("deprecated");
                expect(run.ok).toBe(true);
                expect(ofName("HUB_PASSWORD")).toHaveLength(REPOSITORIES.length * APPS.length);
                expect(ofName("TOKEN")).toHaveLength(APPS.length);
                const ids = REPOSITORIES.map((name) => github.repository(name).id).sort();
                expect(ofName("TOKEN").map(([, { selected }]) => [...(selected ?? [])].sort())).toEqual([
                    ids,
                    ids,
                    ids,
                ]);
                github.asked();
                expect((await stack.preview()).changes).toEqual({ same: expect.any(Number) });
                expect((await stack.up()).changes).toEqual({ same: expect.any(Number) });
                expect(github.asked().filter((line) => !line.startsWith("GET"))).toEqual([]);
            });

            it("are written anew, each once and none lost, when one value changes", async () => {
                password = "not-to-be-seen-2";
                github.now += 60_000;
                const moment = new Date(github.now).toISOString().replace(".000Z", "Z");
                const before = [...atGitHub().keys()].sort();
                const run = await stack.up();
                expect(run.ok).toBe(true);
                expect([...atGitHub().keys()].sort()).toEqual(before);
                const times = [...ofName("HUB_PASSWORD"), ...ofName("TOKEN")].map(([, { updatedAt }]) => updatedAt);
                expect(new Set(times)).toEqual(new Set([moment]));
                expect(ofName("HUB_USERNAME").some(([, { updatedAt }]) => updatedAt === moment)).toBe(false);
                expect(ofName("TOKEN").map(([, { selected }]) => selected?.length)).toEqual([3, 3, 3]);
                expect(run.outputs.pull).toMatchObject({ "explorer/actions": { HUB_PASSWORD: moment } });
            });

            it("tell after a refresh when somebody else changed them", async () => {
                github.now += 60_000;
                const moment = new Date(github.now).toISOString().replace(".000Z", "Z");
                for (const [, secret] of ofName("HUB_PASSWORD")) {
                    secret.updatedAt = moment;
                }
                const run = await stack.up({ refresh: true });
                expect(run.ok).toBe(true);
                expect(run.outputs.pull).toMatchObject({
                    "explorer/actions": { HUB_PASSWORD: moment },
                    "explorer/dependabot": { HUB_PASSWORD: moment },
                    "explorer/codespaces": { HUB_PASSWORD: moment },
                });
            });

            it("can be for all repositories from then on", async () => {
                visibility = "all";
                const run = await stack.up();
                expect(run.ok ? "" : run.text).toBe("");
                expect(ofName("TOKEN").map(([, one]) => one.visibility)).toEqual(["all", "all", "all"]);
            });

            it("leave GitHub at destroy, and were never open in the state", async () => {
                expect(await stack.backendText()).not.toContain("not-to-be-seen");
                expect((await stack.destroy()).ok).toBe(true);
                expect([...atGitHub().keys()]).toEqual([]);
            });
        });
    },
    { optionalInCi: true },
);
