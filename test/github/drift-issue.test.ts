import { describe, expect, it } from "vitest";
import {
    DRIFT_LABEL,
    type DriftDocument,
    GitHubClient,
    keepDriftIssue,
    keepFailureIssue,
    readContext,
} from "../../core/github";
import type { JudgedCopy } from "../../core/mirror";
import { judgementDocument } from "../../core/report";
import { copy, present } from "../report/judged";
import { type LocalGitHub, type LocalIssue, localGitHub } from "../support/github";

const DAY = 24 * 3_600_000;
const NOTHING_CHOSEN = { selected: new Map(), failures: [] };
const EQUAL = [copy({ role: "source" }), copy()];
const different = (over: Partial<JudgedCopy> = {}): JudgedCopy =>
    copy({ verdict: "different", state: present("b"), reason: "the source has another digest", ...over });
const UNKNOWN = copy({
    tag: "9",
    registry: "ecr",
    verdict: "unknown",
    state: { status: "unknown", code: "UNAUTHORIZED", message: "401" },
});

function look(judged: readonly JudgedCopy[], over: Partial<DriftDocument> = {}): DriftDocument {
    const document = judgementDocument(judged, NOTHING_CHOSEN as never);
    return { ...document, environment: "prod", at: "2026-11-22T05:17:00.000Z", ...over };
}

async function told(github: LocalGitHub, document: DriftDocument, name?: string) {
    const context = readContext({ ...github.env(), GITHUB_RUN_ID: "7" });
    const client = new GitHubClient(context);
    try {
        return await keepDriftIssue(client, context, document, {
            now: () => github.now,
            ...(name === undefined ? {} : { name }),
        });
    } finally {
        await client.close();
    }
}

const states = ({ issues }: LocalGitHub): string[] => issues.map(({ state }) => state);

describe("The one issue on drift", () => {
    it("is opened, left alone while nothing changes, brought up to date, closed, and a new one after a while", async () => {
        const github = await localGitHub();
        expect(await told(github, look(EQUAL))).toEqual({ action: "none" });
        expect(github.issues).toEqual([]);

        const opened = await told(github, look([different()]));
        expect(opened).toEqual({ action: "opened", number: 1, url: "https://github.com/acme/images/issues/1" });
        expect(github.issues[0]).toMatchObject({
            title: "Container images drift (prod): 1 finding on 1 tag",
            labels: [{ name: DRIFT_LABEL }],
            body: expect.stringContaining(
                "| `vault:1` | `ghcr` | ✗ different: the source has another digest | `sha256:bbbbbbbbbbbb` | `sha256:aaaaaaaaaaaa` |",
            ),
        });
        expect(github.issues[0]?.body).toContain("by [this run](<https://github.com/acme/images/actions/runs/7>)");

        github.asked();
        const later = look([different()], { at: "2026-11-23T05:17:00.000Z" });
        expect(await told(github, later)).toMatchObject({ action: "unchanged", number: 1 });
        expect(github.asked()).toEqual(["GET /issues"]);

        const more = look([different(), different({ tag: "2" })]);
        expect(await told(github, more)).toMatchObject({ action: "updated", number: 1 });
        expect(github.asked()).toEqual(["GET /issues", "PATCH /issues/1", "POST /issues/1/comments"]);
        expect(github.issues[0]?.title).toContain("2 findings on 2 tags");
        expect(github.issues[0]?.comments).toEqual([
            expect.stringContaining("The drift changed: 1 new; now 2 findings."),
        ]);
        expect(github.issues[0]?.comments[0]).toContain("`vault:2`");
        expect(github.issues[0]?.comments[0]).not.toContain("`vault:1`");

        expect(await told(github, look([different({ tag: "2" })]))).toMatchObject({ action: "updated" });
        expect(github.issues[0]?.comments[1]).toBe("The drift changed: 1 no longer so; now 1 finding.");

        expect(await told(github, look(EQUAL))).toMatchObject({ action: "closed", number: 1 });
        expect(github.issues[0]).toMatchObject({ state: "closed", state_reason: "completed" });
        expect(github.issues[0]?.comments.at(-1)).toContain(
            "All copies are equal again: proven at 2026-11-22T05:17:00.000Z",
        );
        github.asked();
        expect(await told(github, look(EQUAL))).toEqual({ action: "none" });
        expect(github.asked()).toEqual(["GET /issues", "GET /issues"]);

        github.now += 3 * DAY;
        expect(await told(github, look([different()]))).toMatchObject({ action: "reopened", number: 1 });
        expect(github.issues[0]).toMatchObject({ state: "open", state_reason: "reopened" });
        expect(github.issues[0]?.comments.at(-1)).toContain("The drift is back");
        expect(await told(github, look(EQUAL))).toMatchObject({ action: "closed", number: 1 });

        github.now += 15 * DAY;
        expect(await told(github, look([different()]))).toMatchObject({ action: "opened", number: 2 });
        expect(states(github)).toEqual(["closed", "open"]);
    });

    it("is neither opened nor closed by a look that could not ask", async () => {
        const github = await localGitHub();
        expect(await told(github, look([...EQUAL, UNKNOWN]))).toEqual({ action: "left" });
        expect(github.log).toEqual([]);
        await told(github, look([different()]));
        expect(await told(github, look([...EQUAL, UNKNOWN]))).toEqual({ action: "left" });
        expect(states(github)).toEqual(["open"]);
    });

    it("says what could not be asked beside drift, and comments on drift only", async () => {
        const github = await localGitHub();
        await told(github, look([different()]));
        expect(await told(github, look([different(), UNKNOWN]))).toMatchObject({ action: "updated" });
        expect(github.issues[0]?.body).toContain("Besides, some copies could not be asked: 1 at `ecr`.");
        expect(github.issues[0]?.comments).toEqual([]);
    });

    it("is known by its hidden line, without its label and with another title, among hundreds of others", async () => {
        const github = await localGitHub();
        await told(github, look([different()]));
        Object.assign(github.issues[0] as LocalIssue, { title: "Please look", labels: [] });
        for (let index = 0; index < 250; index++) {
            github.addIssue({
                author_association: "OWNER",
                title: "Container images drift (prod): 1 finding on 1 tag",
            });
        }
        github.addIssue({ pull_request: {}, author_association: "OWNER", body: github.issues[0]?.body ?? null });
        expect(await told(github, look([different()]))).toMatchObject({ action: "unchanged", number: 1 });
        expect(await told(github, look(EQUAL))).toMatchObject({ action: "closed", number: 1 });
        expect(github.issues.filter(({ state }) => state === "closed")).toHaveLength(1);
    });

    it("is never a stranger's, who could hide drift by copying our words", async () => {
        const github = await localGitHub();
        await told(github, look([different()]));
        const body = github.issues[0]?.body ?? "";
        github.issues.splice(0);
        github.addIssue({ body, labels: [{ name: DRIFT_LABEL }], author_association: "CONTRIBUTOR" });
        expect(await told(github, look([different()]))).toMatchObject({ action: "opened", number: 2 });
        expect(await told(github, look(EQUAL))).toMatchObject({ action: "closed", number: 2 });
        expect(states(github)).toEqual(["open", "closed"]);
    });

    it("is one for each environment and name", async () => {
        const github = await localGitHub();
        await told(github, look([different()]));
        expect(await told(github, look(EQUAL, { environment: "dev" }))).toEqual({ action: "none" });
        expect(await told(github, look(EQUAL), "other/catalog.yaml")).toEqual({ action: "none" });
        expect(await told(github, look([different()], { environment: "dev" }))).toMatchObject({ number: 2 });
        expect(await told(github, look([different()]), "other/catalog.yaml")).toMatchObject({ number: 3 });
        expect(states(github)).toEqual(["open", "open", "open"]);
    });

    it("stays the oldest where there are two", async () => {
        const github = await localGitHub();
        await told(github, look([different()]));
        github.addIssue({ ...(github.issues[0] as LocalIssue), number: 2, comments: [] });
        expect(await told(github, look([different()]))).toMatchObject({ action: "unchanged", number: 1 });
        expect(github.issues[1]).toMatchObject({
            state: "closed",
            state_reason: "not_planned",
            comments: ["The same as #1, which goes on."],
        });
    });

    it("holds findings and empty selections, and nothing that is waived", async () => {
        const github = await localGitHub();
        const waived = { until: "2026-12-01T00:00:00Z", reason: "known" };
        const finding = {
            code: "NOT_PUBLIC",
            severity: "drift",
            image: "web",
            tag: "2",
            message: "web:2 asks for a login.",
        } as const;
        const document = judgementDocument([...EQUAL, different({ waived })], NOTHING_CHOSEN as never, [
            finding,
            { ...finding, tag: "3", waived },
        ]);
        const selections = [
            {
                image: "api",
                tags: [],
                problems: [
                    { status: "empty", registry: "hub", repository: "acme/api", code: "X", message: "nothing fits" },
                ],
            },
        ] as const;
        await told(github, look([], { ...document, selections } as Partial<DriftDocument>));
        const body = github.issues[0]?.body ?? "";
        expect(body).toContain("| `web:2` |  | web:2 asks for a login. |");
        expect(body).toContain("| `api` | `hub` | nothing fits |");
        expect(body).not.toContain("vault:1");
        expect(body).not.toContain("web:3");
    });

    it("calls nobody and breaks out of no cell, whatever a registry said", async () => {
        const github = await localGitHub();
        const reason = "@acme/admins | <img src=x> fixes #1 --> ``` owner/repo#2";
        await told(github, look([different({ reason, image: "a|b`c" })]));
        const body = github.issues[0]?.body ?? "";
        expect(body).not.toMatch(/@acme/);
        expect(body).not.toContain("<img");
        expect(body).not.toMatch(/[^\\&]#\d/);
        const row = body.split("\n").find((line) => line.includes("admins")) ?? "";
        expect(row.split("|")).toHaveLength(7);
        expect(await told(github, look([different({ reason, image: "a|b`c" })]))).toMatchObject({
            action: "unchanged",
        });
    });

    it("fits into what GitHub takes, with thousands of copies that drift", async () => {
        const github = await localGitHub();
        const many = (count: number) =>
            look(Array.from({ length: count }, (_, index) => different({ tag: `${index}`, reference: `${index}` })));
        expect(await told(github, many(3000))).toMatchObject({ action: "opened" });
        const body = github.issues[0]?.body ?? "";
        expect(body.length).toBeLessThan(65_536);
        expect(body).toMatch(/And \d+ more: the run's document has all of them\./);
        expect(await told(github, many(3000))).toMatchObject({ action: "unchanged" });
        expect(await told(github, many(500))).toMatchObject({ action: "updated" });
        expect(await told(github, many(900))).toMatchObject({ action: "updated" });
        expect(github.issues[0]?.comments.at(-1)).toContain("400 new; now 900 findings");
        expect(github.issues[0]?.comments.at(-1)).toContain("And 380 more");
    });
});

describe("The one issue on a run that could not look", () => {
    const failed = async (github: LocalGitHub, sentence: string, environment = "prod") => {
        const context = readContext({ ...github.env(), GITHUB_RUN_ID: "7" });
        const client = new GitHubClient(context);
        const document = { environment, sentences: [sentence], at: "2026-11-22T05:17:00.000Z" };
        try {
            return await keepFailureIssue(client, context, document, { now: () => github.now });
        } finally {
            await client.close();
        }
    };

    it("is the same as that on drift: opened once, told of another reason, and closed by a look that finds all well", async () => {
        const github = await localGitHub();
        expect(await failed(github, "catalog.yaml:1: @somebody <b>wrote</b> a wrong word")).toMatchObject({
            action: "opened",
        });
        expect(github.issues[0]).toMatchObject({ title: "Container images cannot be looked after (prod)" });
        expect(github.issues[0]?.body).not.toMatch(/[^\\`]@somebody|<b>/);
        expect(await failed(github, "catalog.yaml:1: @somebody <b>wrote</b> a wrong word")).toMatchObject({
            action: "unchanged",
        });
        expect(await failed(github, "another reason")).toMatchObject({ action: "updated", number: 1 });
        expect(github.issues[0]?.comments).toEqual([expect.stringContaining("for another reason")]);

        expect(await told(github, look([different()]))).toMatchObject({ action: "updated", number: 1 });
        expect(github.issues[0]?.title).toBe("Container images drift (prod): 1 finding on 1 tag");
        expect(await failed(github, "another reason", "dev")).toMatchObject({ action: "opened", number: 2 });
        expect(await told(github, look(EQUAL))).toMatchObject({ action: "closed", number: 1 });
        expect(await failed(github, "another reason")).toMatchObject({ action: "reopened", number: 1 });
        expect(states(github)).toEqual(["open", "open"]);
    });
});
