import type { Catalog, CatalogImage } from "../../core/catalog";
import { TransshipError } from "../../core/errors";
import { isGone, RegistryClient } from "../../core/registry";
import { type ExampleImage, exampleImage } from "./example-image";
import { LOCAL_HOST, type LocalCredentials } from "./registries";

/** Published in Docker's own media types, as older images in the wild still are; all others are OCI's. */
const DOCKER_FAMILY: ReadonlySet<string> = new Set(["local-path-provisioner", "vault"]);

/**
 * Puts a small example image at the source of every image and tag of the catalogue that is not there yet, and returns
 * how many. What is there stays, whatever it is: a user may have pushed a tag anew to see a drift repaired.
 */
export async function seedSources(catalog: Catalog, credentials: LocalCredentials): Promise<number> {
    const clients = new Map<string, RegistryClient>();
    let pushed = 0;
    try {
        for (const image of Object.values(catalog.images)) {
            const client = clients.get(image.source.registry) ?? sourceClient(catalog, image, credentials);
            clients.set(image.source.registry, client);
            for (const tag of image.tags) {
                if (!(await isThere(client, image.source.repository, tag))) {
                    const family = DOCKER_FAMILY.has(image.name) ? "docker" : "oci";
                    const example = exampleImage({ name: image.name, tag, family });
                    await pushExample(client, image.source.repository, tag, example);
                    pushed += 1;
                }
            }
        }
    } finally {
        await Promise.all([...clients.values()].map((client) => client.close()));
    }
    return pushed;
}

/** Children before the root, the tag last. */
export async function pushExample(
    client: RegistryClient,
    repository: string,
    tag: string,
    { blobs, children, root }: ExampleImage,
): Promise<void> {
    for (const { digest, bytes } of blobs) {
        if (!(await client.headBlob(repository, digest))) {
            await client.uploadBlob(repository, { digest, size: bytes.length }, async (offset) =>
                (async function* () {
                    yield bytes.subarray(offset);
                })(),
            );
        }
    }
    for (const child of children) {
        await client.putManifest(repository, child.digest, child.bytes, child.mediaType);
    }
    await client.putManifest(repository, tag, root.bytes, root.mediaType);
}

async function isThere(client: RegistryClient, repository: string, tag: string): Promise<boolean> {
    try {
        await client.headManifest(repository, tag);
        return true;
    } catch (error) {
        if (isGone(error)) {
            return false;
        }
        throw error;
    }
}

function sourceClient(catalog: Catalog, image: CatalogImage, credentials: LocalCredentials): RegistryClient {
    const registry = catalog.registries[image.source.registry];
    if (!registry?.host.startsWith(`${LOCAL_HOST}:`)) {
        throw new TransshipError(
            "SOURCE_NOT_LOCAL",
            `The image "${image.name}" comes from ${registry?.host ?? image.source.registry} in the environment "local", ` +
                "which must send every source to a registry of this machine: override its host in the catalogue.",
        );
    }
    const source = { from: "config", key: "local" } as const;
    return new RegistryClient(
        { ...registry, credentials: { pull: source, push: source } },
        { credentials: { local: credentials } },
    );
}
