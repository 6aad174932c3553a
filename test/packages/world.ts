import { type Catalog, defineCatalog } from "../../core/catalog";
import { GitHubClient } from "../../core/github";
import { ManifestCache } from "../../core/mirror";
import {
    lookAtPackages,
    type PackageLook,
    type PackageTools,
    type PackageWish,
    packagePlaces,
} from "../../core/packages";
import { fallbackTag, RegistryPool } from "../../core/registry";
import type { LocalGhcr } from "../support/ghcr";
import { artifact, FAMILIES, type ImageTree, imageIndex, pushTree, sha256 } from "../support/images";

export const RETENTION = { keep: { youngerThan: "7d" } };

/** A catalogue of `acme/explorer` at a local ghcr. */
export function catalogFor({ registry }: LocalGhcr, tags: readonly string[] = ["0.11.0"]): Catalog {
    return defineCatalog({
        version: 1,
        registries: { ghcr: { host: `${registry.host}/acme`, kind: "ghcr", insecure: true } },
        images: {
            explorer: {
                policy: "dual",
                source: "docker.io/kuzudb/explorer",
                targets: [{ registry: "ghcr", repository: "explorer" }],
                tags: [...tags],
            },
        },
    });
}

/** The tools of one run; nothing is remembered from another one. */
export function toolsFor(ghcr: LocalGhcr, catalog: Catalog, token?: string): PackageTools {
    return {
        github: new GitHubClient(ghcr.github.access(token), { sleep: async () => undefined }),
        registries: new RegistryPool(Object.values(catalog.registries)),
        manifests: new ManifestCache(),
        now: () => new Date(ghcr.github.now),
    };
}

/** A look at the one package of a catalogue. */
export async function lookAt(
    ghcr: LocalGhcr,
    wish: PackageWish = { retention: RETENTION },
    catalog = catalogFor(ghcr),
    tools = toolsFor(ghcr, catalog),
): Promise<PackageLook> {
    const [look] = await lookAtPackages(packagePlaces(catalog), wish, tools);
    return look as PackageLook;
}

/** What was pushed of one release: all digests of the image, and of what hangs on it. */
export interface Release {
    readonly image: ImageTree;
    readonly digests: readonly string[];
}

/** An image of two platforms with attestations, with a signature by `sha256-<hex>.sig` and a referrer by the fallback tag. */
export async function release(ghcr: LocalGhcr, tag: string): Promise<Release> {
    const { host } = ghcr.registry;
    const image = imageIndex({ seed: tag, attestations: true });
    const signature = artifact({ seed: `signature of ${tag}` });
    const sbom = artifact({ seed: `sbom of ${tag}`, subject: image });
    const list = listOf(sbom);
    await pushTree(host, "acme/explorer", image, { tag });
    await pushTree(host, "acme/explorer", signature, { tag: `${fallbackTag(image.root)}.sig` });
    await pushTree(host, "acme/explorer", sbom);
    await pushTree(host, "acme/explorer", list, { tag: fallbackTag(image.root) });
    const trees = [image, signature, sbom, list];
    return { image, digests: trees.flatMap(({ manifests }) => manifests.map(({ digest }) => digest)).sort() };
}

/** A list of referrers as a pusher writes it. */
function listOf(...trees: readonly ImageTree[]): ImageTree {
    const manifests = trees.map((tree) => {
        const { bytes, digest, mediaType } = tree.manifests.at(-1) as ImageTree["manifests"][number];
        return { mediaType, digest, size: bytes.length };
    });
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: FAMILIES.oci.index, manifests }));
    const digest = sha256(bytes);
    const manifest = { digest, bytes, mediaType: FAMILIES.oci.index };
    return { root: digest, mediaType: FAMILIES.oci.index, blobs: new Map(), manifests: [manifest] };
}
