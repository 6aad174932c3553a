import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type MirrorParameters, mirrorWorkflow, registryAccess, renderWorkflow } from "../../core/workflows";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../support/workflow-validators";
import { scheduled } from "./parameters";
import { EVERY_PLACE, PLACES } from "./publish-parameters";

function mirror(over: Partial<MirrorParameters> = {}, pushed = EVERY_PLACE): string {
    const access = registryAccess(EVERY_PLACE, pushed);
    const parameters = { ...scheduled({ access }), page: "MIRRORS.md", ...over };
    return renderWorkflow(mirrorWorkflow(parameters).workflow);
}

describeWith(VALIDATORS, "Mirroring", (validators) => {
    it.each<[string, string]>([
        ["of everything to every kind of registry", mirror()],
        ["to ghcr.io alone", mirror({ schedule: "32 11 * * 1" }, [PLACES.ghcr])],
        [
            "of one purpose and environment, with a page and a catalogue elsewhere",
            mirror({
                where: { purpose: "ci" },
                environment: "prod",
                page: "docs/MIRRORS.md",
                catalog: "images/catalog.yaml",
                includes: ["images/teams/*.yaml"],
                branch: "trunk",
            }),
        ],
        [
            "by the repository's package.json",
            mirror(scheduled({ access: registryAccess(EVERY_PLACE, EVERY_PLACE) }, [], "npm-ci")),
        ],
    ])("passes every validator %s", async (_how, text) => {
        expect(await findingsOf(text, validators)).toEqual(NO_FINDINGS);
    });

    it("passes the sternest one where the secrets are a deployment environment's", async () => {
        const text = mirror({ deployment: "registries" });
        expect(await findingsOf(text, validators, { persona: "auditor" })).toEqual(NO_FINDINGS);
    });
});

describe("Mirroring", () => {
    it("runs on a schedule, by hand, and when the catalogue of its branch changes", () => {
        expect(parse(mirror({ includes: ["teams/*.yaml"], branch: "trunk" })).on).toEqual({
            schedule: [{ cron: "17 5 * * *" }],
            workflow_dispatch: null,
            push: { branches: ["trunk"], paths: ["catalog.yaml", "teams/*.yaml"] },
        });
        expect(parse(mirror()).concurrency).toEqual({ group: "transship-mirror", "cancel-in-progress": false });
    });

    it("gives the right to write files and issues to jobs that see no registry's credentials", () => {
        const { jobs } = parse(mirror({ deployment: "registries" }));
        const rights = Object.fromEntries(
            Object.entries<{ permissions: object }>(jobs).map(([id, { permissions }]) => [id, permissions]),
        );
        expect(rights).toEqual({
            carry: { contents: "read", packages: "write", "id-token": "write" },
            commit: { contents: "write" },
            issue: { issues: "write" },
        });
        for (const id of ["commit", "issue"]) {
            expect([id, JSON.stringify(jobs[id]).match(/secrets\.|vars\./)]).toEqual([id, null]);
            expect(jobs[id].environment).toBeUndefined();
        }
        expect(JSON.stringify(jobs.commit)).not.toMatch(/npx|npm/);
    });

    it("asks for credentials to push only where it pushes", () => {
        expect(mirror({}, [PLACES.ghcr])).not.toMatch(/HARBOR_ROBOT|HUB_PASSWORD/);
        expect(mirror()).toMatch(/HARBOR_ROBOT[\s\S]*HUB_PASSWORD|HUB_PASSWORD[\s\S]*HARBOR_ROBOT/);
        const pulling = registryAccess([PLACES.ghcr]);
        expect(parse(mirror({ access: pulling })).jobs.carry.permissions).toEqual({
            contents: "read",
            packages: "read",
        });
    });

    it("refuses what would be an expression", () => {
        const expression = `\${{ github.actor }}`;
        for (const over of [{ page: expression }, { where: { purpose: expression } }, { includes: [expression] }]) {
            expect(() => mirror(over)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
        }
    });
});
