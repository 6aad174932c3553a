import { describe, expect, it } from "vitest";
import { embedded } from "../../support/embedded";
import { imageIndex, pushTree } from "../../support/images";
import { registryError } from "../scripted-server";
import { carryThereAndBack, type Place } from "./named-hosts";
import { type Part, play, refusesChunks } from "./play";

const MIB = 1024 * 1024;
const USER = { username: "me", password: "secret" };
const CONFIG = { from: "config", key: "me" };

interface Kind extends Omit<Place, "served" | "environment"> {
    readonly title: string;
    readonly user?: { readonly username: string; readonly password: string };
    /** Names besides the host's. */
    readonly names?: readonly string[];
    readonly part: Part;
    /** Uploads go up in one PUT, also after a fault. @default false */
    readonly monolithic?: boolean;
    /** @default 2000 */
    readonly layerBytes?: number;
}

const bearer = (realm: string, service: string): Part => ({ realm, service });

/** What each registry documents, played at its own name; the sources are those of core/registry/quirks.ts. */
const KINDS: readonly Kind[] = [
    {
        title: "Docker Hub, with a token service of another name and tokens for library/ and others",
        host: "docker.io/acme",
        names: ["registry-1.docker.io", "auth.docker.io"],
        part: bearer("https://auth.docker.io/token", "registry.docker.io"),
    },
    {
        title: "ghcr, which refuses a PATCH above 4 MiB",
        host: "ghcr.io/acme",
        part: { ...bearer("https://ghcr.io/token", "ghcr.io"), differs: refusesChunks(416, "BLOB_UPLOAD_INVALID") },
        monolithic: true,
        layerBytes: 5 * MIB,
    },
    {
        title: "ECR Public, with Bearer tokens for user AWS",
        host: "public.ecr.aws/x1y2z3a4",
        user: { username: "AWS", password: "token" },
        part: {
            ...bearer("https://public.ecr.aws/token/", "public.ecr.aws"),
            paths: [["/token/", "/token"]],
            differs: refusesChunks(405, "UNSUPPORTED"),
        },
        monolithic: true,
    },
    {
        title: "Google Artifact Registry, with a key file's text for a password, uploads of another path and no chunks",
        host: "europe-docker.pkg.dev/project/repository",
        user: { username: "_json_key", password: '{\n  "type": "service_account",\n  "private_key": "---\\n:x"\n}' },
        part: {
            ...bearer("https://europe-docker.pkg.dev/v2/token", "europe-docker.pkg.dev"),
            paths: [["/v2/token", "/token"]],
            uploads: "/artifacts-uploads/",
            differs: refusesChunks(404, "UNSUPPORTED"),
        },
        monolithic: true,
    },
    {
        title: "ACR, which takes no body above 20 MB",
        host: "acme.azurecr.io/mirror",
        part: {
            ...bearer("https://acme.azurecr.io/oauth2/token", "acme.azurecr.io"),
            paths: [["/oauth2/token", "/token"]],
            differs: ({ headers }, response) => {
                if (Number(headers["content-length"] ?? 0) <= 20_000_000) {
                    return false;
                }
                response.writeHead(413, { connection: "close" }).end();
                return true;
            },
        },
        layerBytes: 21_000_000,
    },
    {
        title: "quay, with a robot's name and pages of 100",
        host: "quay.io/acme",
        user: { username: "acme+mirror", password: "robot's token" },
        part: {
            ...bearer("https://quay.io/v2/auth", "quay.io"),
            paths: [["/v2/auth", "/token"]],
            quirks: { tagPage: 100 },
        },
    },
    {
        title: "quay, with an OAuth token",
        host: "quay.io/acme",
        user: { username: "$oauthtoken", password: "t0ken" },
        part: { ...bearer("https://quay.io/v2/auth", "quay.io"), paths: [["/v2/auth", "/token"]] },
    },
    {
        title: "Harbor, with a robot's name and its own code for what is not there",
        host: "harbor.example.com/mirror",
        kind: "harbor",
        user: { username: "robot$mirror", password: "token" },
        part: {
            ...bearer("https://harbor.example.com/service/token", "harbor-registry"),
            paths: [["/service/token", "/token"]],
        },
    },
    {
        title: "Nexus by a path, the repository's name before the image's",
        host: "nexus.example.com/docker-hosted",
        kind: "nexus",
        part: {
            ...bearer("https://nexus.example.com/v2/token", "https://nexus.example.com/v2/token"),
            paths: [["/v2/token", "/token"]],
            differs: ({ url }, response, { repository }) => {
                if (repository === "" || repository.startsWith("docker-hosted/")) {
                    return false;
                }
                registryError(response, 404, "NAME_UNKNOWN", `no repository at ${url}`);
                return true;
            },
        },
    },
    {
        title: "Nexus by a port of its own, with Basic",
        host: "nexus.example.com:5000",
        kind: "nexus",
        part: { auth: { kind: "basic", users: { [USER.username]: USER.password } } },
    },
    {
        title: "zot, with Basic",
        host: "zot.example.com/mirror",
        kind: "zot",
        part: { auth: { kind: "basic", users: { [USER.username]: USER.password } } },
    },
];

describe("an image is carried to and from", () => {
    it.each(KINDS)("$title", async ({ title: _title, user = USER, names, part, layerBytes, monolithic, ...place }) => {
        const tree = imageIndex({ layers: 1, layerBytes, platforms: ["linux/amd64"] });
        const [hub, back] = [await embedded(), await embedded()];
        await pushTree(hub.host, "acme/app", tree, { tag: "1" });
        const auth = { kind: "bearer", users: { [user.username]: user.password } } as const;
        const registry = await play({ auth, ...part });
        const host = place.host.split("/")[0] as string;
        const served = Object.fromEntries([host, ...(names ?? [])].map((name) => [name, registry]));
        const done = await carryThereAndBack(
            { ...place, credentials: CONFIG, environment: { credentials: { me: user } }, served },
            tree,
            hub,
            back,
        );
        expect(done.failures).toEqual([]);
        if (monolithic === true) {
            expect(registry.requests.count({ method: "PATCH" })).toBe(0);
            expect(registry.requests.count({ method: "GET", kind: "upload" })).toBe(0);
        }
    });
});
