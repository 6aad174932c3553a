import type { Catalog } from "../../core/catalog";
import { Hold, originOf, type PublishResult, parseOrigin, publish, withOrigin } from "../../core/publish";
import type { ClientEnvironment } from "../../core/registry";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { catalogFor, type Host, poolFor, rawManifest, statusOf } from "../mirror/world";
import { embedded } from "../support/embedded";
import { artifact, type ImageTree, imageIndex, pushTree } from "../support/images";

type Intercept = NonNullable<EmbeddedRegistryOptions["intercept"]>;

/** An image of ours, `explorer`, at three registries: its source `hub`, and `ghcr` and `ecr`. */
export interface World {
    readonly hub: EmbeddedRegistry;
    readonly ghcr: EmbeddedRegistry;
    readonly ecr: EmbeddedRegistry;
    readonly catalog: Catalog;
    /** `host/repository` of each. */
    readonly repositories: Readonly<Record<"hub" | "ghcr" | "ecr", readonly [Host, string]>>;
}

export interface WorldOptions {
    readonly image?: object;
    /** A registry of the catalogue that no image is at. */
    readonly builder?: Host;
    readonly hub?: Partial<EmbeddedRegistryOptions>;
    readonly ghcr?: Partial<EmbeddedRegistryOptions>;
    readonly ecr?: Partial<EmbeddedRegistryOptions>;
}

export async function world(options: WorldOptions = {}): Promise<World> {
    const [hub, ghcr, ecr] = [await embedded(options.hub), await embedded(options.ghcr), await embedded(options.ecr)];
    const image = {
        policy: "dual",
        source: `${hub.host}/kuzudb/explorer`,
        targets: ["ghcr", "ecr"],
        tags: ["latest", { semver: ">=0.7" }],
        referrers: true,
        ...options.image,
    };
    const path = "mirror/kuzudb/explorer";
    return {
        hub,
        ghcr,
        ecr,
        catalog: catalogFor(
            { hub, ghcr, ecr, ...(options.builder && { builder: options.builder }) },
            { explorer: image },
        ),
        repositories: { hub: [hub, "kuzudb/explorer"], ghcr: [ghcr, path], ecr: [ecr, path] },
    };
}

/** Two platforms with attestations, pushed by digest, and a signature by the referrers API and one by cosign's tag. */
export async function build({ host }: Host, repository = "mirror/kuzudb/explorer", seed?: string): Promise<ImageTree> {
    const tree = imageIndex({ attestations: true, ...(seed && { seed }) });
    await pushTree(host, repository, tree);
    await pushTree(host, repository, artifact({ subject: tree }));
    await pushTree(host, repository, artifact(), { tag: `sha256-${tree.root.slice(7)}.sig` });
    return tree;
}

export interface Wish {
    readonly tags?: readonly string[];
    /** `host/repository` without a digest. @default ghcr's place */
    readonly from?: string;
    readonly dryRun?: boolean;
    /** What the lock knows of every tag. */
    readonly known?: readonly string[];
    readonly locked?: string;
    readonly abort?: AbortSignal;
    readonly environment?: ClientEnvironment;
}

export async function publishTree(
    { catalog: written, ghcr }: World,
    { root }: Pick<ImageTree, "root">,
    wish: Wish = {},
): Promise<PublishResult> {
    const from = parseOrigin(`${wish.from ?? `${ghcr.host}/mirror/kuzudb/explorer`}@${root}`);
    const catalog = withOrigin(written, from);
    const hold = new Hold(wish.abort ?? new AbortController().signal);
    const pool = poolFor(catalog, { ...wish.environment, signal: hold.signal });
    return publish(catalog, pool, {
        image: "explorer",
        origin: originOf(catalog, from),
        tags: wish.tags ?? [],
        known: () => ({ all: new Set(wish.known ?? []), now: wish.locked }),
        hold,
        dryRun: wish.dryRun,
    });
}

/** What a tag shows at all three, by plain fetch; `-` where it is absent. */
export async function shown({ repositories }: World, tag: string): Promise<Record<"hub" | "ghcr" | "ecr", string>> {
    const at = async ([host, repository]: readonly [Host, string]): Promise<string> =>
        (await statusOf(host, repository, tag)) === 200 ? (await rawManifest(host, repository, tag)).digest : "-";
    return { hub: await at(repositories.hub), ghcr: await at(repositories.ghcr), ecr: await at(repositories.ecr) };
}

export function everywhere(digest: string): Record<"hub" | "ghcr" | "ecr", string> {
    return { hub: digest, ghcr: digest, ecr: digest };
}

/** Answers 403 to what `isRefused` names by method and reference, while it says so. */
export function refusing(isRefused: (method: string, reference: string) => boolean): Intercept {
    return (request, response, { reference = "" }) => {
        if (!isRefused(request.method ?? "", reference)) {
            return false;
        }
        request.resume();
        response.writeHead(403, { "content-type": "application/json" });
        response.end(JSON.stringify({ errors: [{ code: "DENIED", message: "no" }] }));
        return true;
    };
}

/** Requests that write, of all three. */
export function writes({ hub, ghcr, ecr }: World): number {
    return [hub, ghcr, ecr].reduce((sum, { requests }) => {
        const { PUT = 0, POST = 0, PATCH = 0, DELETE = 0 } = requests.byMethod as Record<string, number>;
        return sum + PUT + POST + PATCH + DELETE;
    }, 0);
}
