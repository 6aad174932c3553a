import { afterEach } from "vitest";
import { type Catalog, listCopies } from "../../core/catalog";
import { circumstancesOf, look } from "../../core/mirror";
import { foreseeReplication, type Replication, type ReplicationOptions, replicate } from "../../core/replication";
import { catalogFor, poolFor } from "../mirror/world";
import { embedded } from "../support/embedded";
import { ADMIN, type LocalHarbor, localHarbor } from "../support/harbor";
import { type HarborFront, startFront } from "../support/harbor/front";
import { JobService } from "../support/harbor/job-service";
import { pushImage } from "../support/two-registries";

const fronts: HarborFront[] = [];

afterEach(async () => {
    await Promise.all(fronts.splice(0).map((front) => front.close()));
});

/** A hub, and a Harbor with the endpoint `hub` (1), whose job service carries what its rules say. */
export async function harborWorld(images: Readonly<Record<string, readonly string[]>>) {
    const [hub, behind] = [await embedded(), await embedded()];
    const harbor = await localHarbor();
    const front = await startFront(harbor.url, behind.host);
    fronts.push(front);
    const jobs = new JobService(harbor);
    harbor.byHand("POST", "/registries", { name: "hub", type: "docker-registry", url: `http://${hub.host}` });
    const digests = new Map<string, string>();
    for (const [repository, tags] of Object.entries(images)) {
        for (const tag of tags) {
            digests.set(`${repository}:${tag}`, (await pushImage(hub, repository, tag)).root);
        }
    }
    return { hub, behind, harbor, front, jobs, digests };
}

export type HarborWorld = Awaited<ReturnType<typeof harborWorld>>;

/** A rule that pulls these repositories into `mirror/`, below which they keep their names. */
export function addRule(world: HarborWorld, name: string, repositories: readonly string[], more: object = {}): void {
    const { behind, harbor, hub, jobs } = world;
    const value = repositories.length === 1 ? repositories[0] : `{${repositories.join(",")}}`;
    harbor.byHand("POST", "/replication/policies", {
        name,
        src_registry: { id: 1 },
        dest_namespace: "mirror",
        dest_namespace_replace_count: 0,
        trigger: { type: "manual" },
        filters: [{ type: "name", value }],
        override: true,
        enabled: true,
        ...more,
    });
    jobs.rules.set(
        name,
        repositories.map((repository) => ({
            from: { host: hub.host, repository },
            to: { host: behind.host, repository: `mirror/${repository}` },
            tags: [...world.digests.keys()]
                .filter((key) => key.startsWith(`${repository}:`))
                .map((key) => key.split(":")[1] ?? ""),
        })),
    );
}

/** The images of the world at Harbor, carried by it. */
export function harborCatalog(world: HarborWorld, more: object = {}, target: object = {}): Catalog {
    const repositories = new Map<string, string[]>();
    for (const key of world.digests.keys()) {
        const [repository = "", tag = ""] = key.split(":");
        repositories.set(repository, [...(repositories.get(repository) ?? []), tag]);
    }
    const images = [...repositories].map(([repository, tags]) => [
        repository.replace(/.*\//, ""),
        { source: `${world.hub.host}/${repository}`, tags, targets: [{ registry: "harbor", ...target }], ...more },
    ]);
    return catalogFor({ hub: world.hub, harbor: world.front }, Object.fromEntries(images), {
        harbor: {
            kind: "harbor",
            replicateWith: "harbor",
            credentials: { from: "config", key: "harbor" },
        },
    });
}

const FAST = { pollMs: 5, env: {} };

async function judgedBy(catalog: Catalog) {
    const registries = poolFor(catalog, { credentials: { harbor: ADMIN } });
    const circumstances = circumstancesOf(catalog);
    return { registries, circumstances, judged: await look(catalog, listCopies(catalog), circumstances, registries) };
}

/** A look, and what other engines do after it. */
export async function replicated(
    catalog: Catalog,
    options: ReplicationOptions = {},
): Promise<Replication & { readonly lines: readonly string[] }> {
    const { circumstances, judged, registries } = await judgedBy(catalog);
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    const done = await replicate(catalog, judged, circumstances, registries, { ...FAST, onLine, ...options });
    return { ...done, lines };
}

export async function foreseen(catalog: Catalog): Promise<string[]> {
    const { judged, registries } = await judgedBy(catalog);
    return foreseeReplication(catalog, judged, registries, FAST);
}

export function messagesOf({ failures }: Pick<Replication, "failures">): string[] {
    return failures.map(({ code, message }) => `${code}: ${message}`);
}

export function writes(harbor: LocalHarbor): string[] {
    return harbor.asked().filter((line) => !line.startsWith("GET"));
}
