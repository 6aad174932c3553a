import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defineCatalog } from "../../../core/catalog";
import type { ClientEnvironment } from "../../../core/registry";
import { poolFor, sync, verdictsOf } from "../../mirror/world";
import { type AwsApiRecorder, recordAwsApi, tokenAnswer } from "../../support/aws/api-recorder";
import { awsVariables } from "../../support/aws/aws-variables";
import { embedded } from "../../support/embedded";
import { pushTree, singleImage } from "../../support/images";
import { registryError } from "../scripted-server";

const HOUR = 3_600_000;
const EXPIRED = "Your authorization token has expired. Reauthenticate and try again.";

let time: number;
let given: number;
let api: AwsApiRecorder;
/** Password -> milliseconds since 1970 of its end. */
let ends: Map<string, number>;

beforeEach(async () => {
    time = Date.now();
    given = 0;
    ends = new Map();
    api = await recordAwsApi((call) => {
        given += 1;
        const password = `password ${given}`;
        ends.set(password, time + 12 * HOUR);
        return tokenAnswer(call, password, time + 12 * HOUR);
    });
    awsVariables({ AWS_ENDPOINT_URL: api.url, AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s" });
});
afterEach(() => api.close());

interface Told {
    readonly method: string;
    readonly kind: string;
    readonly password: string;
}

/** A registry in ECR's part: Basic, by the passwords that have not ended; what it then says is ECR's 403. */
async function ecr(onRequest: (told: Told) => void = () => undefined) {
    const refused: Told[] = [];
    const registry = await embedded({
        intercept: (request, response, { kind }) => {
            const [, encoded = ""] = (request.headers.authorization ?? "").split(" ");
            const password = Buffer.from(encoded, "base64").toString().replace("AWS:", "");
            const told = { method: request.method ?? "", kind, password };
            onRequest(told);
            if ((ends.get(password) ?? 0) > time) {
                return false;
            }
            refused.push(told);
            request.resume();
            if (password === "") {
                response.writeHead(401, { "www-authenticate": 'Basic realm="ecr"' }).end();
            } else if (request.method === "HEAD") {
                response.writeHead(403).end();
            } else {
                registryError(response, 403, "DENIED", EXPIRED);
            }
            return true;
        },
    });
    return { registry, refused };
}

/** A sync of so many images of two layers to that registry, by the real SDK. */
async function carryMany(count: number, target: { readonly host: string }) {
    const hub = await embedded();
    const images: Record<string, object> = {};
    for (let index = 0; index < count; index += 1) {
        await pushTree(hub.host, `acme/app-${index}`, singleImage({ seed: `app ${index}` }), { tag: "1" });
        images[`app-${index}`] = { source: `${hub.host}/acme/app-${index}`, tags: ["1"], targets: ["ecr"] };
    }
    const catalog = defineCatalog({
        version: 1,
        defaults: { referrers: false },
        registries: {
            hub: { host: hub.host, kind: "distribution", insecure: true, credentials: { from: "anonymous" } },
            ecr: {
                host: `${target.host}/mirror`,
                kind: "ecr",
                insecure: true,
                credentials: { from: "aws", region: "eu-west-1" },
            },
        },
        images,
    } as never);
    // ECR's rates hold the clock of the test up, not the test.
    const sleep = () => new Promise<void>((resolve) => setImmediate(resolve));
    const environment: ClientEnvironment = { now: () => time, sleep };
    const done = await sync(catalog as never, { pool: poolFor(catalog as never, environment) });
    return { done, expected: Object.keys(images).flatMap((image) => [`${image}:1@ecr consistent`]) };
}

describe("A sync of many images, by the real SDK,", () => {
    it("in whose middle the token ends gets the next one some minutes before: no request is refused, two calls in all", async () => {
        let puts = 0;
        const { registry, refused } = await ecr(({ method, kind }) => {
            if (method === "PUT" && kind === "manifest") {
                puts += 1;
                // Four minutes before its end, which the client does not wait for.
                time += puts === 14 ? 12 * HOUR - 4 * 60_000 : 0;
                // And past it, when what was on its way has arrived.
                time += puts === 28 ? HOUR : 0;
            }
        });
        const { done, expected } = await carryMany(30, registry);
        expect(done.failures).toEqual([]);
        expect(
            verdictsOf(done)
                .filter((one) => one.includes("@ecr"))
                .sort(),
        ).toEqual(expected.sort());
        expect(refused).toEqual([]);
        expect(api.list()).toEqual(Array(2).fill("ecr:GetAuthorizationToken@eu-west-1"));
    });

    it.each([
        ["a blob's PUT", { method: "PUT", kind: "upload" }],
        ["a manifest's PUT", { method: "PUT", kind: "manifest" }],
        ["an upload's POST", { method: "POST", kind: "upload" }],
    ])(
        "whose token is taken back at %s goes on with a new one: one more call, and nothing is lost",
        async (_title, at) => {
            let met = 0;
            const { registry, refused } = await ecr(({ method, kind, password }) => {
                if (method === at.method && kind === at.kind) {
                    met += 1;
                    if (met === 6) {
                        time += 15 * 60_000;
                        ends.set(password, 0);
                    }
                }
            });
            const { done, expected } = await carryMany(12, registry);
            expect(met).toBeGreaterThan(6);
            expect(done.failures).toEqual([]);
            expect(
                verdictsOf(done)
                    .filter((one) => one.includes("@ecr"))
                    .sort(),
            ).toEqual(expected.sort());
            expect(refused.length).toBeGreaterThan(0);
            expect(new Set(refused.map(({ password }) => password))).toEqual(new Set(["password 1"]));
            expect(api.list()).toHaveLength(2);
        },
    );

    it("whose token is refused to a HEAD, which has no words, is renewed too", async () => {
        const { registry, refused } = await ecr();
        await carryMany(1, registry);
        const catalog = defineCatalog({
            version: 1,
            registries: {
                ecr: {
                    host: registry.host,
                    kind: "ecr",
                    insecure: true,
                    credentials: { from: "aws", region: "eu-west-1" },
                },
            },
            images: { app: { policy: "keep", source: `${registry.host}/mirror/acme/app-0`, tags: ["1"] } },
        });
        const client = poolFor(catalog as never, { now: () => time }).client("ecr");
        await client.headManifest("mirror/acme/app-0", "1");
        ends.clear();
        time += 15 * 60_000;
        const found = await Promise.all(
            Array.from({ length: 64 }, () => client.headManifest("mirror/acme/app-0", "1")),
        );
        expect(new Set(found.map((one) => one?.digest)).size).toBe(1);
        expect(refused.every(({ method }) => method === "HEAD")).toBe(true);
        expect(api.list()).toHaveLength(3);
    });

    it("that may not look at two hundred repositories asks for no token more: a right is lacking, not a login", async () => {
        const denied = await embedded({
            intercept: (_request, response) => {
                response.writeHead(403).end();
                return true;
            },
        });
        const catalog = defineCatalog({
            version: 1,
            registries: {
                ecr: {
                    host: denied.host,
                    kind: "ecr",
                    insecure: true,
                    credentials: { from: "aws", region: "eu-west-1" },
                },
            },
            images: { app: { policy: "keep", source: `${denied.host}/app`, tags: ["1"] } },
        });
        const client = poolFor(catalog as never, { now: () => time }).client("ecr");
        const look = (index: number) => client.headManifest(`app-${index}`, "1").catch((error: Error) => error.message);
        const said = await Promise.all(Array.from({ length: 200 }, (_, index) => look(index)));
        expect(new Set(said.map((one) => String(one).replace(/app-\d+/g, "app"))).size).toBe(1);
        expect(said[0]).toMatch(/with the credentials from AWS \(403\): give them the right to read there/);
        expect(api.list()).toHaveLength(1);
        // Ten minutes later it may be the login: one call more for all.
        time += 11 * 60_000;
        await Promise.all(Array.from({ length: 200 }, (_, index) => look(index)));
        expect(api.list()).toHaveLength(2);
    });
});
