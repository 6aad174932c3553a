import { describe, expect, it } from "vitest";
import { GitHubClient, readContext } from "../../core/github";
import { type Intercept, type LocalGitHub, localGitHub, TOKEN } from "../support/github";

async function asking(intercept: Intercept | undefined, method: "GET" | "POST" = "GET") {
    const github = await localGitHub();
    github.intercept = intercept;
    return { github, ...(await ask(github, method)) };
}

async function ask(github: LocalGitHub, method: "GET" | "POST", env = github.env()) {
    const slept: number[] = [];
    const sleep = async (ms: number) => void slept.push(ms);
    const client = new GitHubClient(readContext(env), { sleep, now: () => 1_000_000 });
    const body = method === "POST" ? { title: "T" } : undefined;
    const about = { doing: "list the issues of acme/images", needs: "issues: write" };
    const asked = await client.send(method, "/repos/acme/images/issues", about, body).then(
        () => undefined,
        (error: unknown) => error as Error & { code: string },
    );
    await client.close();
    return { error: asked, slept };
}

/** The first answers, before the server answers itself. */
function first(...answers: [status: number, json: object, headers?: Record<string, string>][]): Intercept {
    return (_request, response) => {
        const [status, json, headers] = answers.shift() ?? [];
        if (status === undefined) {
            return false;
        }
        response.writeHead(status, headers).end(JSON.stringify(json));
        return true;
    };
}

const always =
    (status: number, message: string): Intercept =>
    (_request, response) => {
        response.writeHead(status).end(JSON.stringify({ message }));
        return true;
    };

describe("What GitHub refuses is one sentence with what to do", () => {
    it.each([
        [401, "Bad credentials", "GITHUB_UNAUTHORIZED", "check GITHUB_TOKEN: it is wrong, expired or revoked."],
        [403, "Resource not accessible by integration", "GITHUB_FORBIDDEN", '"permissions: issues: write"'],
        [404, "Not Found", "GITHUB_NOT_FOUND", "GITHUB_TOKEN may not see it"],
        [
            410,
            "Issues has been disabled in this repository.",
            "GITHUB_NOT_FOUND",
            "turn it on in the repository's settings",
        ],
        [422, "Validation Failed", "GITHUB_REFUSED", "please report it"],
        [502, "Bad Gateway", "GITHUB_UNAVAILABLE", "run it again later"],
    ])("%i %s", async (status, message, code, remedy) => {
        const { error, github } = await asking(always(status, message));
        expect(error).toMatchObject({ code });
        expect(error?.message).toContain(`Could not list the issues of acme/images: GitHub at 127.0.0.1:`);
        expect(error?.message).toContain(`said ${status}, "${message}"`);
        expect(error?.message).toContain(remedy);
        expect(error?.message).not.toContain(TOKEN);
        expect(github.log).toHaveLength(status === 502 ? 4 : 1);
    });

    it("no answer at all", async () => {
        const github = await localGitHub();
        const env = { ...github.env(), GITHUB_API_URL: "http://127.0.0.1:9" };
        expect((await ask(github, "GET", env)).error).toMatchObject({ code: "GITHUB_UNAVAILABLE" });
    });

    it("a proxy's page", async () => {
        const { error } = await asking((_request, response) => {
            response.writeHead(403).end("<html>\nno\n</html>");
            return true;
        });
        expect(error).toMatchObject({ code: "GITHUB_FORBIDDEN", message: expect.not.stringContaining("html") });
    });
});

describe("What GitHub limits is asked for again", () => {
    it.each<[string, [number, object, Record<string, string>?], number]>([
        ["after Retry-After", [403, { message: "secondary" }, { "retry-after": "7" }], 7_000],
        ["after the window's end", [403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1030" }], 30_000],
        [
            "after a minute where it does not say",
            [403, { message: "You have exceeded a secondary rate limit" }],
            60_000,
        ],
        ["after 429", [429, {}], 60_000],
    ])("%s", async (_title, answer, wait) => {
        const { error, slept } = await asking(first(answer));
        expect(error).toBeUndefined();
        expect(slept).toEqual([wait]);
    });

    it("also what would write, which was not done", async () => {
        const { error, github } = await asking(first([429, {}, { "retry-after": "1" }]), "POST");
        expect(error).toBeUndefined();
        expect(github.issues).toHaveLength(1);
    });

    it("but not where it would wait for long", async () => {
        const { error, github, slept } = await asking(first([403, {}, { "retry-after": "3600" }]));
        expect(error).toMatchObject({
            code: "GITHUB_RATE_LIMITED",
            message: expect.stringContaining("run it again in 60 minutes"),
        });
        expect([slept, github.log.length]).toEqual([[], 1]);
    });
});

describe("A fault of GitHub's", () => {
    it("is asked past where nothing is written", async () => {
        expect((await asking(first([503, {}], [500, {}]))).error).toBeUndefined();
    });

    it("ends what may have been written, and is never done twice", async () => {
        const { error, github } = await asking(first([502, {}]), "POST");
        expect(error).toMatchObject({ code: "GITHUB_UNAVAILABLE" });
        expect(github.log).toHaveLength(1);
    });

    it("in a list's link to another host gets no token", async () => {
        const other = await localGitHub();
        const github = await localGitHub();
        github.intercept = first([200, [] as object, { link: `<${other.api}/x>; rel="next"` }]);
        const client = new GitHubClient(readContext(github.env()));
        const read = async () => {
            for await (const page of client.pages("/repos/acme/images/issues", { doing: "list the issues" })) {
                expect(page).toEqual([]);
            }
        };
        await expect(read()).rejects.toMatchObject({
            code: "GITHUB_UNAVAILABLE",
            message: expect.stringContaining("has the list's next page at another address"),
        });
        await client.close();
        expect(other.log).toEqual([]);
    });
});

describe("The environment's variables", () => {
    const env = { GITHUB_TOKEN: "t", GITHUB_REPOSITORY: "acme/images" };

    it("are enough for github.com", () => {
        expect(readContext(env)).toEqual({
            api: "https://api.github.com",
            repository: "acme/images",
            token: "t",
            from: "GITHUB_TOKEN",
        });
    });

    it.each([
        [{ GITHUB_TOKEN: "" }, "GITHUB_TOKEN is not set"],
        [{ GITHUB_REPOSITORY: undefined }, "GITHUB_REPOSITORY is not set: write owner/name."],
        [{ GITHUB_REPOSITORY: "a/b/../c" }, '"a/b/../c" is no repository'],
        [{ GITHUB_API_URL: "ftp://x" }, "GITHUB_API_URL"],
    ])("are named where they are wrong: %o", (over, sentence) => {
        expect(() => readContext({ ...env, ...over })).toThrow(
            expect.objectContaining({ code: "USAGE", message: expect.stringContaining(sentence) }),
        );
    });
});
