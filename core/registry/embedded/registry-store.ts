import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TransshipError } from "../../errors";
import { isDigest, isRepositoryPath, isTag } from "../../oci";
import { ContentStore, entries, folders } from "./content-store";
import { type ManifestRecord, Repository } from "./repository";
import { StorageLock } from "./storage-lock";

/**
 * The store of an embedded registry: all its repositories, kept in memory. Opening reads every link (about 25 us for a
 * manifest or tag, less for a blob), empties the scratch folder, and sweeps content that nothing links to.
 */
export class RegistryStore {
    private readonly repositories = new Map<string, Repository>();

    private constructor(
        readonly content: ContentStore,
        private readonly folder: string,
        private readonly lock: StorageLock,
    ) {}

    /** @throws TransshipError STORAGE_UNWRITABLE, STORAGE_IN_USE */
    static open(root: string): RegistryStore {
        try {
            mkdirSync(root, { recursive: true });
            const lock = StorageLock.acquire(root);
            try {
                const store = new RegistryStore(new ContentStore(root), join(root, "repositories"), lock);
                rmSync(store.content.scratch, { recursive: true, force: true });
                mkdirSync(store.content.scratch);
                store.load();
                return store;
            } catch (error) {
                lock.release();
                throw error;
            }
        } catch (error) {
            throw error instanceof TransshipError ? error : unwritable(root, error);
        }
    }

    /** Undefined for one that never held anything. */
    get(name: string): Repository | undefined {
        const repository = this.repositories.get(name);
        return repository?.exists ? repository : undefined;
    }

    /** The repository to push to; on disk, and to those who ask, it appears with its first link. */
    getOrAdd(name: string): Repository {
        let repository = this.repositories.get(name);
        if (repository === undefined) {
            repository = new Repository(name, join(this.folder, ...name.split("/")), this.content);
            this.repositories.set(name, repository);
        }
        return repository;
    }

    names(): string[] {
        return [...this.repositories.keys()].filter((name) => this.get(name) !== undefined).sort();
    }

    close(): void {
        rmSync(this.content.scratch, { recursive: true, force: true });
        this.lock.release();
    }

    private load(): void {
        const present = this.content.list();
        this.walk(this.folder, "", present);
        this.content.sweep(present);
    }

    /** Components of a name never begin with an underscore: a folder that does is a repository's own. */
    private walk(folder: string, name: string, present: ReadonlySet<string>): void {
        const components = folders(folder);
        if (components.some((component) => component.startsWith("_")) && isRepositoryPath(name)) {
            this.read(folder, this.getOrAdd(name), present);
        }
        for (const component of components) {
            if (!component.startsWith("_")) {
                this.walk(join(folder, component), name === "" ? component : `${name}/${component}`, present);
            }
        }
    }

    /** A link whose content is gone (a loss of power) is passed over: the registry then lacks it, and says so. */
    private read(folder: string, repository: Repository, present: ReadonlySet<string>): void {
        repository.exists = true;
        for (const { digest } of links(join(folder, "_blobs"))) {
            if (present.has(digest)) {
                repository.blobs.add(digest);
                this.content.count(digest);
            }
        }
        for (const { digest, file } of links(join(folder, "_manifests"))) {
            const record = present.has(digest) ? readJson<ManifestRecord>(file) : undefined;
            if (typeof record?.mediaType === "string" && typeof record.size === "number") {
                repository.addManifest(digest, record);
                this.content.count(digest);
            }
        }
        for (const entry of entries(join(folder, "_tags"))) {
            const link = readJson<{ tag: string; digest: string }>(join(folder, "_tags", entry.name));
            if (isTag(link?.tag) && repository.manifests.has(link.digest)) {
                repository.addTag(link.tag, link.digest);
            }
        }
    }
}

function links(folder: string): { digest: string; file: string }[] {
    return folders(folder).flatMap((algorithm) =>
        entries(join(folder, algorithm))
            .map(({ name }) => ({ digest: `${algorithm}:${name}`, file: join(folder, algorithm, name) }))
            .filter(({ digest }) => isDigest(digest)),
    );
}

/** Undefined for a file that is cut short, which only a loss of power can leave. */
function readJson<T>(file: string): T | undefined {
    const text = readFileSync(file, "utf8");
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && value !== null ? (value as T) : undefined;
    } catch {
        return undefined;
    }
}

function unwritable(root: string, cause: unknown): TransshipError {
    const code = (cause as NodeJS.ErrnoException)?.code ?? String(cause);
    return new TransshipError(
        "STORAGE_UNWRITABLE",
        `The registry store ${root} cannot be used (${code}): give a folder that this user may read and write.`,
        { cause },
    );
}
