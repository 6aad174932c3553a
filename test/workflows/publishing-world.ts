import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { transship } from "../cli/command";
import { digestAt } from "../cli/world";
import { type RunWorkflowOptions, runWorkflow, type WorkflowResult } from "../support/actions/runner";
import { embedded, temporaryFolder } from "../support/embedded";

/** The places of an image of ours, each played by a registry of its own that wants a login to push. */
const HOSTS = {
    hub: "docker.io",
    ghcr: "ghcr.io",
    ecr: "111111111111.dkr.ecr.eu-west-1.amazonaws.com",
    harbor: "harbor.example.com",
} as const;

export type PlaceName = keyof typeof HOSTS;
export const PLACE_NAMES = Object.keys(HOSTS) as PlaceName[];

/** What the repository has at GitHub. */
export const SECRETS = {
    HUB_USERNAME: "kuzu",
    HUB_PASSWORD: "hub-secret",
    ECR_USER: "AWS",
    ECR_PASSWORD: "ecr-secret",
    HARBOR_ROBOT: "robot$ci",
    HARBOR_SECRET: "harbor-secret",
} as const;
const JOB_TOKEN = "ghs_0123456789";

const USERS: Readonly<Record<PlaceName, Record<string, string>>> = {
    hub: { kuzu: SECRETS.HUB_PASSWORD },
    ghcr: { octocat: JOB_TOKEN },
    ecr: { AWS: SECRETS.ECR_PASSWORD },
    harbor: { robot$ci: SECRETS.HARBOR_SECRET },
};

const fromEnv = (username: string, password: string) => ({ from: "env", username, password });
const targets = (repository: string) => ["ghcr", "ecr", "harbor"].map((registry) => ({ registry, repository }));
const CATALOG = {
    version: 1,
    registries: {
        hub: {
            host: `${HOSTS.hub}/kuzudb`,
            kind: "dockerhub",
            insecure: true,
            credentials: { pull: { from: "anonymous" }, push: { from: "docker" } },
        },
        ghcr: { host: `${HOSTS.ghcr}/kuzudb`, kind: "ghcr", insecure: true, credentials: { from: "docker" } },
        ecr: {
            host: `${HOSTS.ecr}/kuzu`,
            kind: "ecr",
            insecure: true,
            credentials: fromEnv("ECR_USER", "ECR_PASSWORD"),
        },
        harbor: {
            host: `${HOSTS.harbor}/kuzu`,
            kind: "harbor",
            insecure: true,
            credentials: { pull: { from: "anonymous" }, push: fromEnv("HARBOR_ROBOT", "HARBOR_SECRET") },
        },
    },
    images: {
        explorer: {
            policy: "dual",
            source: "docker.io/kuzudb/explorer",
            targets: targets("explorer"),
            tags: ["latest"],
        },
        "mcp-server": {
            policy: "dual",
            source: "docker.io/kuzudb/mcp-server",
            targets: targets("mcp-server").slice(0, 1),
            tags: ["latest"],
        },
    },
};

/** Where the image is at each place. */
const PATHS: Readonly<Record<PlaceName, string>> = {
    hub: "kuzudb/explorer",
    ghcr: "kuzudb/explorer",
    ecr: "kuzu/explorer",
    harbor: "kuzu/explorer",
};

export interface Written {
    readonly place: PlaceName;
    /** A tag or a digest. */
    readonly reference: string;
}

export interface PublishingWorld {
    readonly registries: Readonly<Record<PlaceName, EmbeddedRegistry>>;
    /** The generated file, as a user would have it. */
    readonly text: string;
    /** Manifests that were pushed since the last call, in their order over all places. */
    written(): Written[];
    /** The digest of a tag of explorer at each place. */
    shown(tag: string): Promise<Record<PlaceName, string | undefined>>;
    run(github?: Readonly<Record<string, string>>, options?: Partial<RunWorkflowOptions>): Promise<WorkflowResult>;
}

/** A repository with the catalogue and Dockerfiles, its generated workflow, and the registries that play the world. */
export async function publishing(
    args: readonly string[],
    over: Partial<Record<PlaceName, Partial<EmbeddedRegistryOptions>>> = {},
): Promise<PublishingWorld> {
    const written: Written[] = [];
    const made = await Promise.all(
        PLACE_NAMES.map(async (place) => {
            const auth = { kind: "basic", users: USERS[place], anonymousPull: true } as const;
            const onRequest: EmbeddedRegistryOptions["onRequest"] = ({ kind, method, reference }) => {
                if (method === "PUT" && kind === "manifest") {
                    written.push({ place, reference });
                }
            };
            return [place, await embedded({ auth, onRequest, ...over[place] })] as const;
        }),
    );
    const registries = Object.fromEntries(made) as Record<PlaceName, EmbeddedRegistry>;
    /** Every place's name becomes that of the registry which plays it, and nothing else changes. */
    const played = (text: string) =>
        PLACE_NAMES.reduce((all, place) => all.replaceAll(HOSTS[place], registries[place].host), text);
    const asIs = await repository(JSON.stringify(CATALOG));
    const { code, stdout, stderr } = await transship(["workflow", "publish", ...args], { cwd: asIs });
    if (code !== 0) {
        throw new Error(stderr);
    }
    const local = await repository(played(JSON.stringify(CATALOG)));
    return {
        registries,
        text: stdout,
        written: () => written.splice(0),
        shown: async (tag) => {
            const found = PLACE_NAMES.map(
                async (place) => [place, await digestAt(registries[place].host, PATHS[place], tag)] as const,
            );
            return Object.fromEntries(await Promise.all(found)) as Record<PlaceName, string | undefined>;
        },
        run: (github = {}, options = {}) =>
            runWorkflow(played(stdout), {
                repository: local,
                secrets: SECRETS,
                hub: registries.hub.host,
                github: {
                    token: JOB_TOKEN,
                    actor: "octocat",
                    sha: "90dd6032fac8bda1b6c4436a2e65de27961ed071",
                    ...github,
                },
                ...options,
            }),
    };
}

async function repository(catalog: string): Promise<string> {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, "mcp"));
    writeFileSync(join(folder, "catalog.yaml"), catalog);
    for (const file of ["Dockerfile", "mcp/Dockerfile.release"]) {
        writeFileSync(join(folder, file), "FROM scratch\n");
    }
    return folder;
}

/** A push of a git tag, of a branch, a pull request: what GitHub says of them. */
export const event = (event_name: string, ref: string) => ({ event_name, ref });
