import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { putManifests, smallManifest } from "../test/support/many-images";
import { type FleetImage, fill, fleetOf, namesOf, TAG } from "./servers/fill";
import type { RegistryMake, RegistryServer } from "./servers/registry-server";

const SOURCE_PREFIX = "bench/";
const TARGET_PREFIX = "mirror/bench/";

export interface Directories {
    readonly work: string;
    /** Empty folders of the two stores. */
    readonly source: string;
    readonly target: string;
}

/** A number of images on a source and on a target, all consistent, and the catalogue that says so. */
export class Fleet {
    private constructor(
        readonly images: readonly FleetImage[],
        readonly source: RegistryServer,
        readonly target: RegistryServer,
        /** Holds the stores, catalogues and lists. */
        readonly directory: string,
    ) {}

    /** Starts two registries and fills them; with `onlySource` the target stays empty. */
    static async start(
        make: RegistryMake,
        count: number,
        directories: Directories,
        options: { readonly onlySource?: boolean } = {},
    ): Promise<Fleet> {
        const images = fleetOf(count);
        return Fleet.filled(make, images, directories, async ({ source, target }) => {
            await fill(source.host, SOURCE_PREFIX, images);
            if (!options.onlySource) {
                await fill(target.host, TARGET_PREFIX, images);
            }
        });
    }

    /** A manifest for each image and nothing below it: enough to be looked at, and tens of thousands in a minute. */
    static startBare(make: RegistryMake, count: number, directories: Directories): Promise<Fleet> {
        const names = namesOf(count);
        const placed = (prefix: string) => names.map((name) => ({ repository: prefix + name, tag: TAG, name }));
        const images = names.map((name) => ({ name, manifest: smallManifest(name) }));
        return Fleet.filled(make, images, directories, async ({ source, target }) => {
            await putManifests(source.host, placed(SOURCE_PREFIX));
            await putManifests(target.host, placed(TARGET_PREFIX));
        });
    }

    private static async filled(
        make: RegistryMake,
        images: readonly FleetImage[],
        directories: Directories,
        fillAll: (fleet: Fleet) => Promise<void>,
    ): Promise<Fleet> {
        const source = await make.start(directories.source);
        const target = await make.start(directories.target);
        const fleet = new Fleet(images, source, target, directories.work);
        try {
            await fillAll(fleet);
        } catch (error) {
            await fleet.close();
            throw error;
        }
        return fleet;
    }

    /** The same fleet at other hosts, which lead to the same registries; it is not closed by itself. */
    async through(source: string, target: string, directory: string): Promise<Fleet> {
        await mkdir(directory, { recursive: true });
        return new Fleet(this.images, at(source, this.source), at(target, this.target), directory);
    }

    sourceOf(image: FleetImage): string {
        return `${this.source.host}/${SOURCE_PREFIX}${image.name}`;
    }

    targetOf(image: FleetImage): string {
        return `${this.target.host}/${TARGET_PREFIX}${image.name}`;
    }

    /** Every reference that a check asks, image by image. */
    references(images: readonly FleetImage[] = this.images): string[] {
        return images.flatMap((image) => [`${this.sourceOf(image)}:${TAG}`, `${this.targetOf(image)}:${TAG}`]);
    }

    /** The catalogue as the object that `defineCatalog` takes. */
    catalog() {
        const registry = (host: string) => ({ host, kind: "distribution", insecure: true });
        return {
            version: 1,
            defaults: { targets: ["target"] },
            registries: { source: registry(this.source.host), target: registry(`${this.target.host}/mirror`) },
            images: Object.fromEntries(
                this.images.map((image) => [image.name, { source: this.sourceOf(image), tags: [TAG] }]),
            ),
        };
    }

    /** Writes it as a person would: one line for each image. */
    async writeCatalog(): Promise<string> {
        const { images, registries, ...head } = this.catalog();
        const lines = (entries: Record<string, unknown>) =>
            Object.entries(entries).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`);
        const text = [
            ...Object.entries(head).map(([key, value]) => `${key}: ${JSON.stringify(value)}`),
            "registries:",
            ...lines(registries),
            "images:",
            ...lines(images),
        ];
        return this.write("catalog.yaml", `${text.join("\n")}\n`);
    }

    async write(name: string, text: string): Promise<string> {
        const file = join(this.directory, name);
        await writeFile(file, text);
        return file;
    }

    async close(): Promise<void> {
        await Promise.all([this.source.close(), this.target.close()]);
    }
}

function at(host: string, server: RegistryServer): RegistryServer {
    return {
        host,
        pid: () => server.pid(),
        count: (work) => server.count(work),
        close: () => server.close(),
    };
}
