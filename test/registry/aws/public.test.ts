import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClientEnvironment, CredentialSource } from "../../../core/registry";
import { type AwsApiRecorder, recordAwsApi, tokenAnswer } from "../../support/aws/api-recorder";
import { awsVariables } from "../../support/aws/aws-variables";
import { dispatcherTo } from "../kinds/named-hosts";
import { play } from "../kinds/play";
import { clientOf } from "../scripted-server";

const HOST = "public.ecr.aws";
const HOUR = 3_600_000;

let time: number;
let users: Record<string, string>;
let api: AwsApiRecorder;

beforeEach(async () => {
    time = Date.now();
    users = { AWS: "password 0" };
    let given = 0;
    api = await recordAwsApi((call) => {
        given += 1;
        users.AWS = `password ${given}`;
        return tokenAnswer(call, users.AWS, time + 12 * HOUR);
    });
    awsVariables({ AWS_ENDPOINT_URL: api.url, AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" });
});
afterEach(() => api.close());

/** public.ecr.aws: pulls are free, and the tokens of its own `/token/` are for who asks with AWS's password. */
async function place() {
    const registry = await play({
        auth: { kind: "bearer", users, anonymousPull: true, tokenSeconds: 3600 },
        now: () => time,
        realm: `https://${HOST}/token/`,
        service: HOST,
        paths: [["/token/", "/token"]],
    });
    const client = (pull: CredentialSource, push = pull, more: ClientEnvironment = {}) =>
        clientOf(
            { host: HOST },
            { kind: "ecr-public", insecure: false, credentials: { pull, push } },
            { dispatcher: dispatcherTo({ [HOST]: registry }), now: () => time, ...more },
        );
    const owner = { from: "config", key: "owner" } as const;
    const credentials = { owner: { username: "AWS", password: "password 0" } };
    await client(owner, owner, { credentials }).putManifest("acme/app", "1", manifest, INDEX);
    return { client, registry };
}

const manifest = Buffer.from(
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}',
);
const INDEX = "application/vnd.oci.image.index.v1+json";

describe("ECR Public", () => {
    it("is pulled from without any AWS credentials, also beside pushes with them", async () => {
        const { client } = await place();
        const one = client({ from: "anonymous" }, { from: "aws" });
        expect((await one.headManifest("acme/app", "1")).digest).toMatch(/^sha256:/);
        expect(api.list()).toEqual([]);
        await one.putManifest("acme/app", "2", manifest, INDEX);
        expect(api.list()).toEqual(["ecr-public:GetAuthorizationToken@us-east-1"]);
    });

    it("exchanges AWS's password at its own token service, and gets a new one where that ends", async () => {
        const { client, registry } = await place();
        const one = client({ from: "aws" });
        await one.putManifest("acme/app", "2", manifest, INDEX);
        time += 12 * HOUR;
        await one.putManifest("acme/app", "3", manifest, INDEX);
        expect(api.list()).toEqual(Array(2).fill("ecr-public:GetAuthorizationToken@us-east-1"));
        expect(registry.requests.count({ method: "PUT" })).toBeGreaterThan(1);
    });

    it("that takes a password back before its end is asked with a new one, once for all requests", async () => {
        const { client } = await place();
        const one = client({ from: "aws" });
        await one.putManifest("acme/app", "2", manifest, INDEX);
        // The registry's own token has ended as well, and the next one is refused to the old password.
        users.AWS = "another";
        time += 2 * HOUR;
        const tags = Array.from({ length: 32 }, (_, index) => `tag-${index}`);
        await Promise.all(tags.map((tag) => one.putManifest("acme/app", tag, manifest, INDEX)));
        expect(api.list()).toEqual(Array(2).fill("ecr-public:GetAuthorizationToken@us-east-1"));
    });
});
