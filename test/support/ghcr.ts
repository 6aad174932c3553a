import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded } from "./embedded";
import { type LocalGitHub, type LocalPackage, localGitHub } from "./github";
import { sha256 } from "./images";

const DAY_MS = 86_400_000;
const ACCEPT = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

interface Stored {
    readonly digest: string;
    readonly bytes: Buffer;
    readonly mediaType: string;
    readonly tags: string[];
}

/**
 * ghcr.io and GitHub's API side by side: what is pushed becomes versions of a package, and a version that is deleted or
 * restored by the API goes from the registry, or comes back.
 */
export class LocalGhcr {
    readonly pushed = new Map<string, Set<string>>();
    private readonly stored = new Map<number, Stored & { readonly repository: string }>();
    private bridging: Promise<unknown> = Promise.resolve();
    readonly github: LocalGitHub;
    readonly registry: EmbeddedRegistry;

    private constructor(github: LocalGitHub, registry: EmbeddedRegistry) {
        this.github = github;
        this.registry = registry;
    }

    /** With the organisation acme. Both are closed after the test. */
    static async start(options: Partial<EmbeddedRegistryOptions> = {}): Promise<LocalGhcr> {
        let ghcr: LocalGhcr | undefined;
        const registry = await embedded({
            // As ghcr.io: lists of referrers are tags, which those who push keep.
            quirks: { noReferrersApi: true },
            ...options,
            onRequest: ({ kind, method, reference, repository }) => {
                if (method === "PUT" && kind === "manifest") {
                    const known = ghcr?.pushed.get(repository) ?? new Set();
                    ghcr?.pushed.set(repository, known.add(reference));
                }
            },
        });
        const github = await localGitHub({
            onRequest: ({ method, status, url }) => {
                const [, id, restore] = /\/packages\/container\/[^/]+\/versions\/(\d+)(\/restore)?$/.exec(url) ?? [];
                if (id !== undefined && status === 204) {
                    ghcr?.bridge(Number(id), method === "DELETE" ? "delete" : restore ? "restore" : "nothing");
                }
            },
        });
        github.now = Date.now();
        ghcr = new LocalGhcr(github, registry);
        return ghcr;
    }

    /** Resolves when the registry is as the API says. */
    settled(): Promise<unknown> {
        return this.bridging;
    }

    /**
     * Makes all that was pushed to `acme/NAME` the versions of that package.
     *
     * @param age days since the push of each; of those that an earlier call made it stays
     */
    async record(name: string, age = 30, over: Partial<LocalPackage> = {}): Promise<LocalPackage> {
        const { world } = this.github;
        const repository = `acme/${name}`;
        const found = world.owner("acme")?.packages.get(name) ?? world.addPackage("acme", name, [], over);
        const at = new Date(this.github.now - age * DAY_MS).toISOString().replace(/\.\d+Z$/, "Z");
        const manifests = await this.read(repository);
        for (const manifest of manifests.values()) {
            const known = [...found.versions.values()].find(({ digest }) => digest === manifest.digest);
            if (known !== undefined) {
                known.tags = manifest.tags;
                continue;
            }
            const id = world.id();
            const { digest, tags } = manifest;
            found.versions.set(id, { id, digest, tags, downloads: 0, createdAt: at, updatedAt: at });
            this.stored.set(id, { ...manifest, repository });
        }
        return found;
    }

    /** Takes a tag away, as the push of another version does to the one that had it. */
    async untag(name: string, tag: string): Promise<void> {
        await this.record(name);
        await fetch(this.urlOf(`acme/${name}`, tag), { method: "DELETE" });
        await this.record(name);
    }

    private async read(repository: string): Promise<Map<string, Stored>> {
        const manifests = new Map<string, Stored>();
        const recorded = [...this.stored.values()].filter((one) => one.repository === repository);
        const references = [...recorded.map(({ digest }) => digest), ...(this.pushed.get(repository) ?? [])];
        for (const reference of new Set(references)) {
            const answer = await fetch(this.urlOf(repository, reference), { headers: { accept: ACCEPT } });
            if (answer.ok) {
                const bytes = Buffer.from(await answer.arrayBuffer());
                const digest = sha256(bytes);
                const mediaType = answer.headers.get("content-type") ?? "";
                const manifest = manifests.get(digest) ?? { digest, bytes, mediaType, tags: [] };
                manifests.set(digest, manifest);
                manifest.tags.push(...(reference.includes(":") ? [] : [reference]));
            }
        }
        return manifests;
    }

    /** Digests and tags that the registry itself still has of what was ever pushed. */
    async left(name: string): Promise<string[]> {
        await this.settled();
        return [...(await this.read(`acme/${name}`)).keys()].sort();
    }

    private bridge(id: number, what: "delete" | "restore" | "nothing"): void {
        const stored = this.stored.get(id);
        if (stored === undefined || what === "nothing") {
            return;
        }
        const { bytes, digest, mediaType, repository, tags } = stored;
        const send = async (reference: string, init: RequestInit): Promise<void> => {
            const answer = await fetch(this.urlOf(repository, reference), init);
            if (!answer.ok) {
                throw new Error(`the registry answered ${answer.status} to ${init.method} ${repository} ${reference}`);
            }
        };
        const put = { method: "PUT", headers: { "content-type": mediaType }, body: new Uint8Array(bytes) };
        const references = what === "delete" ? [digest] : [digest, ...tags];
        const before = this.bridging;
        this.bridging = (async () => {
            await before;
            for (const reference of references) {
                await send(reference, what === "delete" ? { method: "DELETE" } : put);
            }
        })();
        // Whoever waits is told; a test that ended does not.
        this.bridging.catch(() => undefined);
    }

    private urlOf(repository: string, reference: string): string {
        return `${this.registry.url}/v2/${repository}/manifests/${reference}`;
    }
}
