import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import { circumstancesOf, type Finding, inspect, look, visibilityAdvice } from "../../core/mirror";
import type { RegistryKind } from "../../core/registry";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { pushTree, singleImage } from "../support/images";
import { catalogFor, poolFor } from "./world";

const USER = { username: "robot", password: "a-password" };
const tree = singleImage({ seed: "public" });

/**
 * ghcr's manner in front of the embedded registry: a token opens all that is public, whoever asked for it, and what is
 * private answers an anonymous token with 403.
 */
async function ghcrLike(isPrivate: (repository: string) => boolean, answer = 403) {
    const tokens: string[] = [];
    const registry = await embedded({
        intercept: (request: IncomingMessage, response: ServerResponse, route) => {
            const origin = `http://${request.headers.host}`;
            const { authorization = "" } = request.headers;
            if (route.kind === "token") {
                tokens.push(authorization === "" ? "anonymous" : "user");
                response.end(JSON.stringify({ token: tokens.at(-1) }));
                return true;
            }
            const isPush = request.headers["user-agent"] === undefined || !authorization.startsWith("Bearer ");
            if (isPush && route.kind === "manifest" && request.method === "HEAD") {
                const challenge = `Bearer realm="${origin}/token",service="ghcr",scope="repository:${route.repository}:pull"`;
                response.writeHead(401, { "www-authenticate": challenge }).end();
                return true;
            }
            if (authorization === "Bearer anonymous" && isPrivate(route.repository)) {
                response.writeHead(answer).end();
                return true;
            }
            return false;
        },
    });
    return { registry, tokens };
}

function catalogOf(
    hub: EmbeddedRegistry,
    ghcr: EmbeddedRegistry,
    names: readonly string[],
    more: object = {},
): Catalog {
    const credentials = { from: "config", key: "ghcr" };
    const images = names.map((name) => [
        name,
        { source: `${hub.host}/acme/${name}`, tags: ["1", "2"], targets: ["ghcr"] },
    ]);
    return catalogFor({ hub, ghcr }, Object.fromEntries(images), { ghcr: { kind: "ghcr", credentials, ...more } });
}

async function findingsOf(catalog: Catalog, anonymous = false): Promise<readonly Finding[]> {
    const circumstances = circumstancesOf(catalog);
    const pool = poolFor(catalog, { credentials: { ghcr: USER } });
    const judged = await look(catalog, listCopies(catalog), circumstances, pool);
    return (await inspect(catalog, judged, circumstances, pool, { anonymous })).findings;
}

async function world(isPrivate: (repository: string) => boolean, names: readonly string[], answer?: number) {
    const hub = await embedded();
    const { registry, tokens } = await ghcrLike(isPrivate, answer);
    for (const name of names) {
        for (const tag of ["1", "2"]) {
            await pushTree(hub.host, `acme/${name}`, tree, { tag });
            await pushTree(registry.host, `mirror/acme/${name}`, tree, { tag });
        }
    }
    registry.requests.reset();
    return { hub, registry, tokens };
}

const isSecret = (repository: string): boolean => repository.endsWith("/secret");

describe("a copy that users cannot pull", () => {
    it("is told with the page where it can be changed, one HEAD for each repository", async () => {
        const { hub, registry } = await world(isSecret, ["open", "secret"]);
        const before = await findingsOf(catalogOf(hub, registry, ["open", "secret"]));
        expect(before).toEqual([]);
        const heads = registry.requests.count({ method: "HEAD" });
        const [finding, ...others] = await findingsOf(catalogOf(hub, registry, ["open", "secret"]), true);
        expect(others).toEqual([]);
        expect(finding).toMatchObject({
            code: "NOT_PUBLIC",
            severity: "drift",
            image: "secret",
            tag: "1",
            registry: "ghcr",
            repository: "mirror/acme/secret",
            message:
                'secret:1@ghcr cannot be pulled without a login; no API can change that: set "Change visibility" to public on ' +
                "https://github.com/orgs/mirror/packages/container/acme%2Fsecret/settings, or on " +
                "https://github.com/users/mirror/packages/container/acme%2Fsecret/settings if mirror is a user",
        });
        // Two repositories, the challenge of somebody without a name, and once more with a token of its own.
        expect(registry.requests.count({ method: "HEAD" }) - 2 * heads).toBe(2 + 1 + 1);
    });

    it("is asked for with one anonymous token for all repositories of ghcr", async () => {
        const names = Array.from({ length: 8 }, (_, index) => `app-${index}`);
        const { hub, registry, tokens } = await world(() => false, names);
        expect(await findingsOf(catalogOf(hub, registry, names), true)).toEqual([]);
        expect(tokens.filter((one) => one === "anonymous")).toHaveLength(1);
    });

    it("is asked for at registries that the catalogue calls public, without being told to", async () => {
        const { hub, registry } = await world(isSecret, ["secret"]);
        const found = await findingsOf(catalogOf(hub, registry, ["secret"], { public: true }));
        expect(found.map(({ code }) => code)).toEqual(["NOT_PUBLIC"]);
    });

    it("is one where the registry says 404 to strangers", async () => {
        const { hub, registry } = await world(isSecret, ["secret"], 404);
        expect((await findingsOf(catalogOf(hub, registry, ["secret"]), true))[0]?.code).toBe("NOT_PUBLIC");
    });

    it.each([429, 503])("is unknown after a %d, and never drift", async (status) => {
        const { hub, registry } = await world(isSecret, ["secret"], status);
        const found = await findingsOf(catalogOf(hub, registry, ["secret"]), true);
        expect(found).toMatchObject([{ code: "PUBLIC_UNKNOWN", severity: "unknown", image: "secret" }]);
    });

    it("is none where nothing is there at all", async () => {
        const { hub, registry } = await world(isSecret, ["open"]);
        await fetch(`http://${registry.host}/v2/mirror/acme/open/manifests/1`, { method: "DELETE" });
        await fetch(`http://${registry.host}/v2/mirror/acme/open/manifests/2`, { method: "DELETE" });
        expect(await findingsOf(catalogOf(hub, registry, ["open"]), true)).toEqual([]);
    });
});

describe("what to do about it", () => {
    it.each<[RegistryKind, RegExp]>([
        ["ghcr", /github\.com\/orgs\/acme\/packages\/container\/team%2Fapp\/settings/],
        ["dockerhub", /hub\.docker\.com\/repository\/docker\/acme\/team\/app\/settings/],
        ["quay", /repository\/acme\/team\/app\?tab=settings/],
        ["harbor", /project "acme" to public/],
        ["ecr", /take "public" from the registry "r"/],
        ["ecr-public", /right one/],
        ["gar", /allUsers/],
        ["acr", /az acr update --name example --anonymous-pull-enabled/],
        ["nexus", /Docker Bearer Token Realm/],
        ["distribution", /let example\.azurecr\.io allow reading acme\/team\/app to everybody/],
        ["zot", /to everybody/],
        ["other", /to everybody/],
    ])("at %s", (kind, words) => {
        const registry = { name: "r", host: "example.azurecr.io", prefix: "", kind };
        expect(visibilityAdvice(registry, "acme/team/app", "example.azurecr.io/acme/team/app")).toMatch(words);
    });
});
