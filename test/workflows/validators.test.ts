import { expect, it } from "vitest";
import { renderWorkflow } from "../../core/workflows";
import { describeWith } from "../support/require-program";
import { findingsOf, NO_FINDINGS, scriptsOf, VALIDATORS } from "../support/workflow-validators";

const GOOD = renderWorkflow({
    name: "Good",
    on: { workflowDispatch: true },
    concurrency: { group: "good" },
    jobs: {
        one: {
            name: "One",
            runsOn: ["ubuntu-24.04"],
            timeoutMinutes: 5,
            steps: [
                { name: "Check out", uses: "checkout" },
                { name: "Say", env: { NAME: "you" }, run: ['echo "hello $NAME"'] },
            ],
        },
    },
});

describeWith(VALIDATORS, "The validators that every workflow passes", (validators) => {
    it("find nothing in a good one, though they look at its scripts", async () => {
        expect(scriptsOf(GOOD)).toHaveLength(1);
        expect(await findingsOf(GOOD, validators, { persona: "auditor" })).toEqual(NO_FINDINGS);
    });

    it.each([
        [
            "actionlint",
            "an output that no step has",
            "NAME: you",
            `NAME: \${{ steps.nobody.outputs.x }}`,
            /property "nobody" is not defined/,
        ],
        ["actionlint", "a script's mistake, by shellcheck in it", '"hello $NAME"', "hello $NAME", /SC2086/],
        ["parser", "a key that does not exist", "timeout-minutes: 5", "time-out: 5", /Unexpected value 'time-out'/],
        ["zizmor", "an action by a tag", /@[0-9a-f]{40} # \S+/, "@v7", /unpinned-uses/],
        [
            "zizmor",
            "a stranger's words in a script",
            '"hello $NAME"',
            `"\${{ github.event.issue.title }}"`,
            /template-injection/,
        ],
        ["zizmor", "a token that stays on the disk", "persist-credentials: false", "fetch-depth: 1", /artipacked/],
        ["zizmor", "every permission", "permissions: {}", "permissions: write-all", /excessive-permissions/],
        ["shellcheck", "a variable without quotes", '"hello $NAME"', "hello $NAME", /SC2086/],
    ] as const)("%s finds %s", async (validator, _what, good, bad, finding) => {
        const broken = GOOD.replace(good, bad);
        expect(broken).not.toBe(GOOD);
        expect((await findingsOf(broken, validators))[validator]).toEqual(
            expect.arrayContaining([expect.stringMatching(finding)]),
        );
    });

    it("end with an error where a validator could not look", async () => {
        const nothing = { ...validators, zizmor: "/bin/false" };
        await expect(findingsOf(GOOD, nothing)).rejects.toThrow("/bin/false");
    });
});
