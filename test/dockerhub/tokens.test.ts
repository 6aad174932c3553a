import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DockerHubClient, type DockerHubError } from "../../core/dockerhub";
import { ACCOUNT, DockerHub } from "../support/docker-hub";

const WISH = { label: "ci", scopes: ["repo:write"] };

describe("Docker Hub's access tokens", () => {
    let hub: DockerHub;
    let client: DockerHubClient;

    beforeAll(async () => {
        hub = await DockerHub.start();
    });
    beforeEach(() => {
        hub.fault = undefined;
        hub.asked();
        client = new DockerHubClient({ url: hub.url, ...ACCOUNT }, { sleep: async () => undefined });
    });

    it("of an account are made, read without their value, and deleted, by one login", async () => {
        const made = await client.createToken(WISH);
        expect(made).toMatchObject({ label: "ci", active: true, token: expect.stringMatching(/^dckr_pat_/) });
        const { token: _value, ...known } = made;
        expect(await client.token(made.id, undefined)).toEqual(known);
        await client.deleteToken(made.id, undefined);
        expect(await client.token(made.id, undefined)).toBeUndefined();
        await client.deleteToken(made.id, undefined);
        expect(hub.asked()).toEqual([
            "POST /v2/auth/token",
            "POST /v2/access-tokens",
            `GET /v2/access-tokens/${made.id}`,
            `DELETE /v2/access-tokens/${made.id}`,
            `GET /v2/access-tokens/${made.id}`,
            `DELETE /v2/access-tokens/${made.id}`,
        ]);
    });

    it("of an organisation are made for resources, at its own address", async () => {
        const resources = [{ type: "TYPE_REPO", path: "acme-org/*", scopes: ["scope-image-pull"] }] as const;
        const { id, token } = await client.createToken({ label: "ci", organization: "acme-org", resources });
        expect(token).toMatch(/^dckr_oat_/);
        expect(await client.token(id, "acme-org")).toMatchObject({ id, label: "ci" });
        expect(await client.token(id, undefined)).toBeUndefined();
    });

    it("are asked for with a new login where the last one has ended", async () => {
        const { id } = await client.createToken(WISH);
        hub.bearer = "bearer-2";
        expect(await client.token(id, undefined)).toMatchObject({ id });
        expect(hub.asked().filter((line) => line === "POST /v2/auth/token")).toHaveLength(2);
    });

    it("are not made twice: what may have been done is not sent again", async () => {
        hub.fault = (request, response, work) => {
            if (request.url !== "/v2/access-tokens") {
                return false;
            }
            work();
            response.destroy();
            return true;
        };
        const before = hub.tokens.length;
        await expect(client.createToken(WISH)).rejects.toMatchObject({ mayBeDone: true });
        expect(hub.tokens.length - before).toBe(1);
    });

    it("wait for a limit as Hub tells it, and tell a longer one", async () => {
        const waits: number[] = [];
        let until = 1_003;
        const sleep = async (ms: number) => void waits.push(ms);
        const patient = new DockerHubClient({ url: hub.url, ...ACCOUNT }, { sleep, now: () => 1_000_000 });
        hub.fault = (_request, response) => {
            if (waits.length > 0 && until === 1_003) {
                return false;
            }
            response.writeHead(429, { "x-retry-after": String(until) }).end();
            return true;
        };
        await patient.createToken(WISH);
        expect(waits).toEqual([3_000]);
        until = 2_000;
        await expect(patient.createToken(WISH)).rejects.toMatchObject({ code: "DOCKERHUB_RATE_LIMITED" });
    });

    it.each([
        [
            "a wrong password",
            () => new DockerHubClient({ url: hub.url, username: "acme", password: "wrong-77" }).createToken(WISH),
            /^DOCKERHUB_UNAUTHORIZED Could not log in as acme: Docker Hub said 401, "Incorrect authentication credentials": check the user/,
        ],
        [
            "somebody else's organisation",
            () => client.createToken({ label: "ci", organization: "other", resources: [] }),
            /^DOCKERHUB_FORBIDDEN Could not make the access token "ci": Docker Hub said 403, "forbidden": an organisation's tokens are made by its owners/,
        ],
        [
            "scopes that are none",
            () => client.createToken({ label: "ci", scopes: [] }),
            /^DOCKERHUB_REFUSED Could not make the access token "ci": .* check label, scopes and resources/,
        ],
    ])("refused for %s are one sentence, without a secret", async (_what, ask, sentence) => {
        const { code, message } = await (ask() as Promise<unknown>)
            .catch((thrown) => thrown as DockerHubError)
            .then((it) => it as DockerHubError);
        expect(`${code} ${message}`).toMatch(sentence);
        expect(message).not.toMatch(/wrong-77|hub-password/);
    });
});
