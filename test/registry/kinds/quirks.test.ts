import { describe, expect, it } from "vitest";
import { isGone } from "../../../core/registry";
import { statusOf } from "../../mirror/world";
import { embedded } from "../../support/embedded";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../../support/images";
import { clientOf, registryError, scripted } from "../scripted-server";
import { carry, carryThereAndBack, type Place } from "./named-hosts";
import { play, refusesChunks } from "./play";

const ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com";
const HOUR = 3_600_000;

async function hubWith(tree: ImageTree) {
    const hub = await embedded();
    await pushTree(hub.host, "acme/app", tree, { tag: "1" });
    return hub;
}

describe("ECR", () => {
    /** The SDK of an account whose registry takes the password that it gave last. */
    function account(users: Record<string, string>, now: () => number) {
        let given = 0;
        const loadModule = async (): Promise<unknown> => ({
            GetAuthorizationTokenCommand: class {},
            ECRClient: class {
                async send() {
                    given += 1;
                    users.AWS = `password ${given}`;
                    const authorizationToken = Buffer.from(`AWS:${users.AWS}`).toString("base64");
                    return { authorizationData: [{ authorizationToken, expiresAt: new Date(now() + 12 * HOUR) }] };
                }
            },
        });
        return { loadModule, given: () => given };
    }

    it("gets Basic at once, and a new password where that of twelve hours ends in the middle of a sync", async () => {
        const users: Record<string, string> = {};
        let time = Date.now();
        const now = () => time;
        const { loadModule, given } = account(users, now);
        const refused: string[] = [];
        const broken = refusesChunks(405, "UNSUPPORTED");
        let puts = 0;
        const registry = await play({
            auth: { kind: "basic", users },
            differs: (request, response, route) => {
                refused.push(request.headers.authorization === undefined ? `${request.method} without` : "");
                if (request.method === "PUT" && route.kind === "upload") {
                    puts += 1;
                    time += puts === 3 ? 12 * HOUR : 0;
                }
                return broken(request, response, route);
            },
        });
        const tree = imageIndex({ platforms: ["linux/amd64"] });
        const place: Place = {
            host: `${ECR}/mirror`,
            credentials: { from: "aws" },
            environment: { loadModule, now },
            served: { [ECR]: registry },
        };
        const done = await carryThereAndBack(place, tree, await hubWith(tree), await embedded());
        expect(done.failures).toEqual([]);
        expect(refused.filter((one) => one !== "")).toEqual([]);
        expect(registry.requests.count({ method: "PATCH" })).toBe(0);
        // One more for the client that carries back.
        expect(given()).toBe(3);
    });
});

describe("Google Artifact Registry", () => {
    it("opens with the metadata server's token", async () => {
        const host = "europe-docker.pkg.dev";
        const registry = await play({
            auth: { kind: "bearer", users: { oauth2accesstoken: "ya29.x" } },
            realm: `https://${host}/v2/token`,
            service: host,
            paths: [["/v2/token", "/token"]],
        });
        const loadModule = async (): Promise<unknown> => ({
            GoogleAuth: class {
                async getClient() {
                    return { getAccessToken: async () => ({ token: "ya29.x" }) };
                }
            },
        });
        const tree = singleImage();
        const place: Place = {
            host: `${host}/project/repository`,
            credentials: { from: "gcp" },
            environment: { loadModule },
            served: { [host]: registry },
        };
        const done = await carryThereAndBack(place, tree, await hubWith(tree), await embedded());
        expect(done.failures).toEqual([]);
    });
});

describe("zot", () => {
    /** 415 and MANIFEST_INVALID for media types that its `compat` does not name (UpdateManifest in pkg/api/routes.go). */
    const zot = () =>
        play({
            differs: ({ method, headers }, response, { kind }) => {
                const docker = headers["content-type"]?.startsWith("application/vnd.docker.") === true;
                if (method !== "PUT" || kind !== "manifest" || !docker) {
                    return false;
                }
                registryError(response, 415, "MANIFEST_INVALID", "manifest invalid");
                return true;
            },
        });

    it("without docker2s2 refuses Docker's media types: the error says what to set, and no tag is left", async () => {
        const registry = await zot();
        const tree = imageIndex({ family: "docker" });
        const place: Place = { host: "zot.example.com", kind: "zot", served: { "zot.example.com": registry } };
        const done = await carry(place, await hubWith(tree), "hub.example.com/acme/app");
        expect(done.failures).toHaveLength(1);
        expect(done.failures[0]?.message).toContain('"compat": ["docker2s2"]');
        expect(done.failures[0]?.message).toContain("application/vnd.docker.distribution.manifest.v2+json");
        expect(await statusOf(registry, "acme/app", "1")).toBe(404);
    });

    it("takes an OCI image nevertheless", async () => {
        const registry = await zot();
        const tree = imageIndex();
        const place: Place = { host: "zot.example.com", kind: "zot", served: { "zot.example.com": registry } };
        const done = await carryThereAndBack(place, tree, await hubWith(tree), await embedded());
        expect(done.failures).toEqual([]);
    });
});

describe("Harbor", () => {
    it.each([
        ["harbor", true],
        ["other", false],
    ] as const)("proves by NOT_FOUND that an image is gone, to kind %s: %s", async (kind, gone) => {
        const server = await scripted((_request, response) => registryError(response, 404, "NOT_FOUND"));
        const error = await clientOf(server, { kind })
            .getManifest("mirror/app", "1")
            .catch((reason) => reason);
        expect(isGone(error)).toBe(gone);
    });
});

describe("quay", () => {
    it("is asked for pages of 100, and its Link followed", async () => {
        const registry = await embedded({ quirks: { tagPage: 100 } });
        const tree = singleImage();
        await pushTree(registry.host, "acme/app", tree, { tag: "t0" });
        const client = clientOf(registry, { kind: "quay" });
        const { bytes, mediaType } = tree.manifests[0] as ImageTree["manifests"][number];
        await Promise.all(
            Array.from({ length: 100 }, (_, number) =>
                client.putManifest("acme/app", `t${number + 1}`, bytes, mediaType),
            ),
        );
        registry.requests.reset();
        const tags: string[] = [];
        for await (const tag of client.listTags("acme/app")) {
            tags.push(tag);
        }
        expect(tags).toHaveLength(101);
        expect(registry.requests.count({ kind: "tags" })).toBe(2);
    });
});
