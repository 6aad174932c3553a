import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ACTIONS, type Job, renderWorkflow, type Step, type Workflow } from "../../core/workflows";

const SAY: Step = { name: "Say", run: ["echo hello"] };

function workflow(job: Partial<Job> = {}, rest: Partial<Workflow> = {}): Workflow {
    const one: Job = { name: "One", runsOn: ["ubuntu-24.04"], timeoutMinutes: 5, steps: [SAY], ...job };
    return {
        name: "W",
        on: { workflowDispatch: true },
        concurrency: { group: "w" },
        jobs: { one },
        ...rest,
    };
}

const withStep = (step: Partial<Step> & { name?: string }): Workflow =>
    workflow({ steps: [{ ...SAY, ...step } as Step] });
const expression = (text: string): string => `\${{ ${text} }}`;

describe("A workflow as YAML", () => {
    it("is the same text for the same workflow, with what no workflow may leave out", () => {
        const one = workflow({
            permissions: { contents: { access: "read", why: "to check out" } },
            steps: [{ name: "Check out", uses: "checkout", with: { "fetch-depth": 0 } }, SAY],
        });
        expect(renderWorkflow(one)).toBe(renderWorkflow(structuredClone(one)));
        expect(renderWorkflow(one)).toBe(`name: W

on:
  workflow_dispatch:

permissions: {}

concurrency:
  group: w
  cancel-in-progress: false

defaults:
  run:
    shell: bash

jobs:
  one:
    name: One
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # to check out
    steps:
      - name: Check out
        uses: actions/checkout@${ACTIONS.checkout.commit} # ${ACTIONS.checkout.version}
        with:
          fetch-depth: 0
          persist-credentials: false

      - name: Say
        run: |
          set -euo pipefail
          echo hello
`);
    });

    it("says the same as what was given, whatever characters that has", () => {
        const name = `a: "b" # 'c' \\ é – ${"long ".repeat(60)}end`;
        const read = parse(renderWorkflow(workflow({ name, env: { YES: "yes", NUMBER: "08", EMPTY: "" } })));
        expect(read.jobs.one).toMatchObject({ name, env: { YES: "yes", NUMBER: "08", EMPTY: "" } });
    });

    it("has a job's matrix, whose jobs do not end each other", () => {
        const matrix = { axes: { shard: [1, 2] }, maxParallel: 1 };
        const read = parse(renderWorkflow(workflow({ matrix, runsOn: [expression("matrix.runner")] })));
        expect(read.jobs.one.strategy).toEqual({ "fail-fast": false, "max-parallel": 1, matrix: { shard: [1, 2] } });
    });
});

describe("A workflow is refused", () => {
    it.each<[string, Workflow, string]>([
        [
            "an expression in a script",
            withStep({ run: [`echo ${expression("inputs.name")}`] }),
            'The step "Say" of the job one has an expression in its script: hand the value over by env.',
        ],
        ["half of one", withStep({ run: ["echo ${{"] }), "hand the value over by env"],
        ["two lines in one", withStep({ run: ["a\nb"] }), "a line break"],
        ["an empty script", withStep({ run: [] }), "runs nothing"],
        [
            "a stranger's words in a variable",
            withStep({ env: { T: expression("github.event.issue.title") } }),
            `a stranger may choose: ${expression("github.event.issue.title")}`,
        ],
        [
            "a branch's name in a variable",
            withStep({ env: { T: expression("github.head_ref") } }),
            "a stranger may choose",
        ],
        ["a stranger's words in a condition", withStep({ if: "github.event.x == 1" }), "a stranger may choose"],
        ["a variable that no shell can read", withStep({ env: { "A-B": "" } }), '"A-B", which no shell can read'],
        ["no time limit", workflow({ timeoutMinutes: Number.NaN }), "take 1 to 360"],
        [
            "seven hours",
            workflow({ timeoutMinutes: 420 }),
            "The job one has a time limit of 420 minutes: take 1 to 360.",
        ],
        ["no runner", workflow({ runsOn: [] }), "names no runner"],
        ["a runner by any expression", workflow({ runsOn: [expression("vars.RUNNER")] }), "is no label of a runner"],
        ["a job before it that is not there", workflow({ needs: ["two"] }), "needs the job two, which is not there"],
        [
            "two steps of one id",
            workflow({
                steps: [
                    { ...SAY, id: "a" },
                    { ...SAY, id: "a" },
                ],
            }),
            "two steps of one id",
        ],
        [
            "a matrix that GitHub refuses",
            workflow({ matrix: { axes: { shard: Array.from({ length: 257 }, (_, i) => i) } } }),
            "more than 256 jobs",
        ],
        ["no jobs", workflow({}, { jobs: {} }), "has no jobs"],
        [
            "a schedule of six fields",
            workflow({}, { on: { schedule: ["0 17 5 * * *"] } }),
            'The schedule "0 17 5 * * *" is not understood: it has 6 fields and not five (minute',
        ],
        [
            "a token that stays",
            withStep({ run: undefined, uses: "checkout", with: { "persist-credentials": true } }),
            "sets persist-credentials, which is the same in every workflow",
        ],
        [
            "an input that the action does not have",
            withStep({ run: undefined, uses: "checkout", with: { fetchDepth: 0 } }),
            "our table of actions/checkout does not name",
        ],
    ])("for %s", (_what, given, sentence) => {
        expect(() => renderWorkflow(given)).toThrow(
            expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(sentence) }),
        );
    });
});

describe("The table of actions", () => {
    it.each(Object.entries(ACTIONS))(
        "has %s at one commit, with its version",
        (_name, { commit, repository, version }) => {
            expect(commit).toMatch(/^[0-9a-f]{40}$/);
            expect(version).toMatch(/^v\d+\.\d+\.\d+$/);
            expect(repository).toMatch(/^[\w-]+\/[\w-]+$/);
        },
    );
});
