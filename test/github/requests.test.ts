import { describe, expect, it } from "vitest";
import { GitHubClient } from "../../core/github";
import { FAULTS, type LocalGitHub, localGitHub } from "../support/github";

describe("What may have been done", () => {
    async function client(slept: number[] = []) {
        const github = await localGitHub();
        const sleep = async (ms: number) => void slept.push(ms);
        return { github, client: new GitHubClient(github.access(), { sleep, now: () => 0 }) };
    }
    const doing = "do it";
    const branch = (github: LocalGitHub) => ({
        ref: "refs/heads/new",
        sha: github.repository().git.refs.get("heads/main"),
    });

    it.each([
        ["an answer that was lost", { close: true, done: true }],
        ["a fault after it was done", { status: 502, done: true }],
    ])("is sent once where it is a POST: %s", async (_title, fault) => {
        const { client: asking, github } = await client();
        github.fail({ method: "POST", ...fault });
        const asked = asking.send("POST", "/repos/acme/images/git/refs", { doing }, branch(github));
        await expect(asked).rejects.toMatchObject({ code: "GITHUB_UNAVAILABLE" });
        expect(github.counts()).toEqual({ POST: 1 });
        expect(github.repository().git.refs.has("heads/new")).toBe(true);
    });

    it("is sent again where it is a PUT or a DELETE, and does the same twice", async () => {
        const slept: number[] = [];
        const { client: asking, github } = await client(slept);
        github.fail({ method: "PUT", close: true, done: true, times: 2 });
        await asking.send("PUT", "/repos/acme/images/environments/prod", { doing }, {});
        expect(github.counts()).toEqual({ PUT: 3 });
        expect(slept).toEqual([1_000, 2_000]);
        github.fail({ method: "DELETE", status: 503 });
        await asking.send("DELETE", "/repos/acme/images/environments/prod", { doing });
        expect(github.repository().environments.size).toBe(0);
    });

    it("is sent once where a PUT says that it makes something new", async () => {
        const { client: asking, github } = await client();
        github.fail({ method: "PUT", close: true, done: true });
        const file = { message: "Add it", content: Buffer.from("a").toString("base64") };
        const path = "/repos/acme/images/contents/a.txt";
        await expect(asking.send("PUT", path, { doing, repeatable: false }, file)).rejects.toMatchObject({
            code: "GITHUB_UNAVAILABLE",
            message: expect.stringContaining("gave no answer"),
        });
        expect(github.counts()).toEqual({ PUT: 1 });
    });

    it("is followed to a new name only where it stays the same request", async () => {
        const { client: asking, github } = await client();
        await asking.send("PATCH", "/repos/acme/images", { doing }, { name: "mirrors" });
        expect(await asking.find("/repos/acme/images/branches/main", { doing })).toMatchObject({ name: "main" });
        const posted = asking.send(
            "POST",
            "/repos/acme/images/git/refs",
            { doing },
            {
                ref: "refs/heads/new",
                sha: github.repository("acme/mirrors").git.refs.get("heads/main"),
            },
        );
        await expect(posted).rejects.toMatchObject({
            code: "GITHUB_MOVED",
            message: expect.stringContaining("write its new name"),
        });
    });
});

describe("A redirect to another address", () => {
    it("is not followed, and gets no token", async () => {
        const [github, other] = [await localGitHub(), await localGitHub()];
        github.fail({
            status: 301,
            message: "Moved Permanently",
            headers: { location: `${other.api}/repositories/1` },
        });
        const client = new GitHubClient(github.access());
        await expect(client.send("GET", "/repos/acme/images", { doing: "look" })).rejects.toMatchObject({
            code: "GITHUB_MOVED",
        });
        expect(other.log).toEqual([]);
    });

    it("is given up where it goes round in circles", async () => {
        const github = await localGitHub();
        github.fail({ status: 301, headers: { location: `${github.api}/repos/acme/images` }, times: 100 });
        const client = new GitHubClient(github.access());
        await expect(client.find("/repos/acme/images", { doing: "look" })).rejects.toMatchObject({
            code: "GITHUB_MOVED",
        });
        expect(github.log).toHaveLength(4);
    });
});

describe("Requests are made one at a time", () => {
    it("however many ask, and one that fails holds up none", async () => {
        const github = await localGitHub();
        const client = new GitHubClient(github.access());
        let [under, most] = [0, 0];
        github.intercept = (_request, response) => {
            under += 1;
            most = Math.max(most, under);
            setTimeout(() => {
                under -= 1;
                response.writeHead(github.log.length === 3 ? 422 : 200).end("{}");
            }, 5);
            return true;
        };
        const asked = Array.from({ length: 8 }, (_, n) => client.send("GET", `/repos/acme/r${n}`, { doing: "look" }));
        const settled = await Promise.allSettled(asked);
        expect(settled.map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(1);
        expect([most, github.log.length]).toEqual([1, 8]);
        expect(github.log.map(({ url }) => url)).toEqual(Array.from({ length: 8 }, (_, n) => `/repos/acme/r${n}`));
    });

    it("and many writes take a second each, as GitHub asks", async () => {
        const github = await localGitHub();
        const slept: number[] = [];
        const sleep = async (ms: number) => void slept.push(ms);
        const client = new GitHubClient(github.access(), { sleep, now: () => 5_000 });
        for (let n = 0; n < 13; n++) {
            await client.send("PUT", `/repos/acme/images/environments/e${n}`, { doing: "make it" }, {});
        }
        expect(slept).toEqual([1_000, 1_000, 1_000]);
    });
});

describe("Lists", () => {
    it("come page by page, and stop where the caller does", async () => {
        const github = await localGitHub();
        for (let n = 0; n < 230; n++) {
            github.addIssue({ title: `issue ${n}` });
        }
        const client = new GitHubClient(github.access());
        const about = { doing: "list the issues" };
        const sizes: number[] = [];
        for await (const page of client.pages("/repos/acme/images/issues", about)) {
            sizes.push(page.length);
        }
        expect(sizes).toEqual([100, 100, 30]);
        github.log.length = 0;
        for await (const page of client.pages("/repos/acme/images/issues?per_page=10&state=all", about)) {
            expect(page).toHaveLength(10);
            break;
        }
        expect(github.log.map(({ url }) => url)).toEqual(["/repos/acme/images/issues?per_page=10&state=all"]);
    });

    it("are never taken for short where a page in between fails", async () => {
        const github = await localGitHub();
        for (let n = 0; n < 130; n++) {
            github.addIssue();
        }
        github.fail({ url: "page=2", status: 403, message: "Forbidden" });
        const client = new GitHubClient(github.access());
        const read = async () => {
            for await (const _ of client.pages("/repos/acme/images/issues", { doing: "list the issues" })) {
                // Only the walk counts.
            }
        };
        await expect(read()).rejects.toMatchObject({ code: "GITHUB_FORBIDDEN" });
    });

    it("wait for GitHub's limits in the middle", async () => {
        const github = await localGitHub();
        for (let n = 0; n < 230; n++) {
            github.addIssue();
        }
        github.fail({ url: "page=2", ...FAULTS.secondaryLimit(9) });
        github.fail({ url: "page=3", ...FAULTS.primaryLimit(20) });
        const slept: number[] = [];
        const sleep = async (ms: number) => void slept.push(ms);
        const client = new GitHubClient(github.access(), { sleep, now: () => 0 });
        let count = 0;
        for await (const page of client.pages("/repos/acme/images/issues", { doing: "list the issues" })) {
            count += page.length;
        }
        expect([count, slept]).toEqual([230, [9_000, 20_000]]);
    });
});
