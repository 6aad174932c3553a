import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DockerRegistry, startDockerRegistry } from "../support/docker-registry";
import { FaultProxy } from "../support/faults/fault-proxy";
import { type ImageTree, imageIndex, pushTree, singleImage } from "../support/images";

export interface FleetOptions {
    /** The path of Debian's docker-registry. */
    readonly dockerRegistry: string;
    readonly images: number;
    /** Of each fifth image; the others have a tenth of it. */
    readonly layerBytes: number;
    /** Bytes a second to each target. */
    readonly bytesPerSecond: number;
}

/** A registry that is a target, and the narrow way to it which is watched. */
export interface KillTarget {
    readonly name: string;
    /** The registry itself, past the proxy. */
    readonly host: string;
    readonly proxy: FaultProxy;
}

/** One source, two targets behind narrow proxies, and images whose layers do not compress. */
export class KillFleet {
    readonly trees = new Map<string, ImageTree>();
    readonly targets: KillTarget[] = [];
    #source: DockerRegistry | undefined;
    readonly #open: { close(): Promise<void> }[] = [];
    folder = "";

    static async start(options: FleetOptions): Promise<KillFleet> {
        const fleet = new KillFleet();
        try {
            await fleet.#start(options);
            return fleet;
        } catch (error) {
            await fleet.close();
            throw error;
        }
    }

    async #start({ dockerRegistry, images, layerBytes, bytesPerSecond }: FleetOptions): Promise<void> {
        this.folder = await mkdtemp(join(tmpdir(), "transship-kills-"));
        const source = await startDockerRegistry(dockerRegistry);
        this.#source = source;
        this.#open.push(source);
        for (const name of ["one", "two"]) {
            const registry = await startDockerRegistry(dockerRegistry);
            const proxy = await FaultProxy.start({ upstream: registry.host, bytesPerSecond });
            this.#open.push(proxy, registry);
            this.targets.push({ name, host: registry.host, proxy });
        }
        for (let number = 0; number < images; number += 1) {
            const size = { layerBytes: number % 5 === 0 ? layerBytes : layerBytes / 10 };
            // Each third one is for two platforms.
            const tree = number % 3 === 0 ? imageIndex({ layers: 1, ...size }) : singleImage(size);
            await pushTree(source.host, `acme/app-${number}`, tree, { tag: "1" });
            this.trees.set(`acme/app-${number}`, tree);
        }
    }

    /** A catalogue whose targets are repositories that nobody has used yet; returns the folder that it is in. */
    async catalogFor(round: string): Promise<string> {
        const folder = await mkdtemp(join(this.folder, "round-"));
        const source = (this.#source as DockerRegistry).host;
        const registry = { kind: "distribution", insecure: true };
        const catalog = {
            version: 1,
            defaults: { targets: this.targets.map(({ name }) => name) },
            registries: Object.fromEntries([
                ["hub", { host: source, ...registry }],
                ...this.targets.map(({ name, proxy }) => [name, { host: `${proxy.host}/${round}`, ...registry }]),
            ]),
            images: Object.fromEntries(
                [...this.trees.keys()].map((repository) => [
                    repository.split("/")[1],
                    { source: `${source}/${repository}`, tags: ["1"] },
                ]),
            ),
        };
        // JSON is YAML too.
        await writeFile(join(folder, "catalog.yaml"), JSON.stringify(catalog));
        return folder;
    }

    async close(): Promise<void> {
        await Promise.all(this.#open.map((one) => one.close()));
        await rm(this.folder, { recursive: true, force: true });
    }
}
