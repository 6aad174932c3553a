import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accessTokenHooks } from "../../core/lifecycle/rotation/access-token";
import type { AccessTokenInputs, AccessTokenState } from "../../core/lifecycle/rotation/types";
import { ACCOUNT, DockerHub } from "../support/docker-hub";
import { TalkingSession } from "./stack";

const DAY = 86_400_000;
const START = Date.parse("2026-11-23T10:00:00Z");

describe("An access token of Docker Hub", () => {
    let hub: DockerHub;
    let now: number;
    let inputs: AccessTokenInputs;
    let session: TalkingSession;

    beforeAll(async () => {
        hub = await DockerHub.start();
    });
    beforeEach(() => {
        process.env.DOCKERHUB_USERNAME = ACCOUNT.username;
        process.env.DOCKERHUB_PASSWORD = ACCOUNT.password;
        hub.fault = undefined;
        hub.tokens.length = 0;
        hub.asked();
        now = START;
        session = new TalkingSession(() => new Date(now));
        inputs = { url: hub.url, label: "ci", scopes: ["repo:read"], credentials: "dockerhub", rotateAfter: "30d" };
    });

    const hooks = () => accessTokenHooks(() => session);
    const checked = async (olds: Partial<AccessTokenInputs>, news: AccessTokenInputs) =>
        (await hooks().check(olds, news)).inputs;
    async function made(): Promise<{ id: string; state: AccessTokenState }> {
        const { id, outs } = await hooks().create(await checked({}, inputs));
        return { id, state: outs };
    }

    it("is made with a label that says when", async () => {
        const { id, outs } = await hooks().create(await checked({}, inputs));
        const [token] = hub.tokens;
        expect(token).toMatchObject({ id, label: "ci 2026-11-23T10:00:00Z", scopes: ["repo:read"] });
        expect(outs.username).toBe("acme");
        expect(outs.token).toBe(token?.token);
    });

    it("is an organisation's where one is named, which is its user name too", async () => {
        const resources = [{ type: "TYPE_REPO", path: "acme-org/*", scopes: ["scope-image-pull"] }] as const;
        const { scopes: _scopes, ...rest } = inputs;
        const { outs } = await hooks().create(await checked({}, { ...rest, organization: "acme-org", resources }));
        expect(outs.username).toBe("acme-org");
        expect(hub.tokens[0]).toMatchObject({ organization: "acme-org", scopes: resources });
    });

    it("is the same while nothing is due, and replaced, never updated, once it is", async () => {
        const { id, state } = await made();
        now += 29 * DAY;
        expect(await hooks().diff(id, state, await checked(state, inputs))).toEqual({ changes: false });
        expect(session.lines).toEqual([]);
        now += DAY;
        const due = await checked(state, inputs);
        expect(session.lines).toEqual([
            "ci: rotation due since 2026-12-23T10:00:00Z: a new access token takes the old one's place",
        ]);
        expect(await hooks().diff(id, state, due)).toEqual({
            changes: true,
            replaces: ["rotation"],
            deleteBeforeReplace: false,
        });
        const next = await hooks().create(due);
        expect(hub.tokens.map(({ label }) => label)).toEqual(["ci 2026-11-23T10:00:00Z", "ci 2026-12-23T10:00:00Z"]);
        await hooks().delete(id, state);
        expect(hub.tokens.map((token) => token.id)).toEqual([next.id]);
    });

    it.each([
        ["another scope", { scopes: ["repo:write"] }, "scopes"],
        ["another label", { label: "cd" }, "label"],
        ["a changed `rotate`", { rotate: 2 }, "rotation"],
    ])("is replaced for %s", async (_what, change, why) => {
        const { id, state } = await made();
        const news = await checked(state, { ...inputs, ...change });
        expect(await hooks().diff(id, state, news)).toMatchObject({ changes: true, replaces: [why] });
    });

    it("is updated in the state alone where only the time of the next one changes", async () => {
        const { id, state } = await made();
        const news = await checked(state, { ...inputs, rotateAfter: "60d" });
        expect(await hooks().diff(id, state, news)).toEqual({ changes: true });
        const { outs } = await hooks().update(id, state, news);
        expect(outs).toMatchObject({ token: state.token, rotation: { due: "2027-01-22T10:00:00Z" } });
        expect(hub.tokens).toHaveLength(1);
    });

    it("is replaced where somebody deleted it, told where somebody deactivated it, kept where Hub cannot be asked", async () => {
        const { id, state } = await made();
        const news = await checked(state, inputs);
        Object.assign(hub.tokens[0] ?? {}, { active: false });
        expect(await hooks().diff(id, state, news)).toEqual({ changes: false });
        expect(session.lines.pop()).toMatch(/somebody deactivated this access token at Docker Hub: activate it there/);
        hub.fault = (_request, response) => {
            response.writeHead(503).end();
            return true;
        };
        expect(await hooks().diff(id, state, news)).toEqual({ changes: false });
        expect(session.lines.pop()).toMatch(/Docker Hub said 503: run it again later/);
        expect((await hooks().read(id, state)).id).toBe(id);
        hub.fault = undefined;
        hub.tokens.length = 0;
        expect(await hooks().diff(id, state, news)).toMatchObject({ changes: true, replaces: ["rotation"] });
        expect((await hooks().read(id, state)).id).toBe("");
    });

    it("is deleted only while it is called as this stack called it", async () => {
        const { id, state } = await made();
        await expect(hooks().delete(id, { ...state, tokenLabel: "another" })).rejects.toThrow(
            /is called "ci 2026-11-23T10:00:00Z", not "another" as this stack called it: delete it there by hand/,
        );
        expect(hub.tokens).toHaveLength(1);
        await hooks().delete(id, state);
        await hooks().delete(id, state);
        expect(hub.tokens).toHaveLength(0);
    });

    it("that was made without an answer is named, so that somebody deletes it", async () => {
        hub.fault = (request, response, work) => {
            if (request.url !== "/v2/access-tokens") {
                return false;
            }
            work();
            response.destroy();
            return true;
        };
        const failed = await made().catch((error) => error);
        expect(failed.message).toMatch(
            /settings show an access token "ci 2026-11-23T10:00:00Z", delete it: nobody has/,
        );
        expect(failed.message).not.toContain(hub.tokens[0]?.token);
    });

    it.each([
        ["no login", {}, { DOCKERHUB_PASSWORD: "" }, /transship:credentials\["dockerhub"\]\.password/],
        ["no scopes", { scopes: undefined }, {}, /an account's token needs scopes/],
        ["an organisation without resources", { scopes: undefined, organization: "o" }, {}, /needs resources/],
        ["an organisation with scopes", { organization: "o", resources: [] }, {}, /has no scopes: it has resources/],
        ["too long a label", { label: "x".repeat(80) }, {}, /label has more than 79 characters/],
    ])("is refused for %s before anything is asked", async (_what, change, env, sentence) => {
        Object.assign(process.env, env);
        const { failures } = await hooks().check({}, { ...inputs, ...change });
        expect(failures?.map(({ reason }) => reason).join("\n")).toMatch(sentence);
        expect(hub.asked()).toEqual([]);
    });
});
