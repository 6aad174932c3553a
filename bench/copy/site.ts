import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ImageTree, pushTree } from "../../test/support/images";
import { roundTrip } from "../measure/round-trip";
import { fill } from "../servers/fill";
import type { ForwardProxy } from "../servers/forward-proxy";
import type { RegistryMake, RegistryServer } from "../servers/registry-server";
import { type Scenario, TAG } from "./scenario";

export const SOURCE_PREFIX = "bench/";
export const TARGET_PREFIX = "mirror/bench/";

/** An image as the source has it. */
export interface SourceImage {
    readonly name: string;
    /** The digest that its tag has to have at every target. */
    readonly digest: string;
}

/** How the tools reach the registries. */
export interface Way {
    /** Milliseconds in each direction; 0 is straight to the registry. */
    readonly delayMs: number;
}

/** A registry, and how the tool is to name it: a proxy may stand before it. */
export interface Station {
    readonly host: string;
    readonly server: RegistryServer;
}

/** The registries of one run. */
export interface Stage {
    readonly source: Station;
    readonly targets: readonly Station[];
    /** Bytes that the source sent and that all targets got since it was set up; 0 where no proxies are. */
    passed(): Promise<{ readonly sourceBytes: number; readonly targetBytes: number }>;
    close(): Promise<void>;
}

/** One scenario's registries: a filled source, and targets that are empty before each run. */
export class CopySite {
    private targets: readonly RegistryServer[] = [];
    private stages = 0;

    private constructor(
        readonly scenario: Scenario,
        private readonly make: RegistryMake,
        private readonly source: RegistryServer,
        private readonly proxies: readonly ForwardProxy[],
        readonly images: readonly SourceImage[],
        readonly directory: string,
    ) {}

    /** @param proxies one for the source and one for each target, whoever started them ends them */
    static async open(
        scenario: Scenario,
        make: RegistryMake,
        proxies: readonly ForwardProxy[],
        directory: string,
    ): Promise<CopySite> {
        const source = await start(make, join(directory, "source"));
        const started = [source];
        try {
            const images = await fillSource(source.host, scenario);
            const site = new CopySite(scenario, make, source, proxies, images, directory);
            if (scenario.equal) {
                const target = await start(make, join(directory, "target"));
                started.push(target);
                await fill(target.host, TARGET_PREFIX, treesOf(scenario));
                site.targets = [target];
            }
            return site;
        } catch (error) {
            await Promise.all(started.map((one) => one.close()));
            throw error;
        }
    }

    /** Empty targets, at ports that no tool has seen before: what a tool remembers of a registry is of no use to it. */
    async stage(way: Way, counted: boolean): Promise<Stage> {
        this.stages += 1;
        const directory = join(this.directory, `targets-${this.stages}`);
        const targets = this.scenario.equal ? this.targets : await this.startTargets(directory);
        const proxied = counted || way.delayMs > 0;
        const station = async (server: RegistryServer, index: number): Promise<Station> => ({
            host: proxied ? await this.proxy(index).forward(server.host, way.delayMs) : server.host,
            server,
        });
        return {
            source: await station(this.source, 0),
            targets: await Promise.all(targets.map((server, index) => station(server, index + 1))),
            passed: async () => {
                const used = this.proxies.slice(0, targets.length + 1);
                const [first, ...rest] = await Promise.all(used.map((proxy) => proxy.passed()));
                const targetBytes = rest.reduce((sum, { toServer }) => sum + toServer, 0);
                return { sourceBytes: first?.fromServer ?? 0, targetBytes };
            },
            close: async () => {
                if (!this.scenario.equal) {
                    await Promise.all(targets.map((target) => target.close()));
                    await rm(directory, { recursive: true, force: true });
                }
            },
        };
    }

    /** Milliseconds of a round trip to the source, straight and through a proxy with this delay. */
    async roundTrips(way: Way): Promise<{ readonly straight: number; readonly delayed: number }> {
        const straight = await roundTrip(this.source.host);
        return { straight, delayed: await roundTrip(await this.proxy(0).forward(this.source.host, way.delayMs)) };
    }

    async close(): Promise<void> {
        await Promise.all([this.source, ...this.targets].map((one) => one.close()));
    }

    private startTargets(directory: string): Promise<RegistryServer[]> {
        const folders = Array.from({ length: this.scenario.targets }, (_, index) => join(directory, String(index)));
        return Promise.all(folders.map((folder) => start(this.make, folder)));
    }

    private proxy(index: number): ForwardProxy {
        return this.proxies[index] as ForwardProxy;
    }
}

async function start(make: RegistryMake, directory: string): Promise<RegistryServer> {
    await mkdir(directory, { recursive: true });
    return make.start(directory);
}

/** Large images are made one by one, pushed and forgotten: together they would take gigabytes. */
async function fillSource(host: string, scenario: Scenario): Promise<SourceImage[]> {
    if (scenario.equal) {
        const trees = treesOf(scenario);
        await fill(host, SOURCE_PREFIX, trees);
        return trees.map(({ name, tree }) => ({ name, digest: tree.root }));
    }
    const images: SourceImage[] = [];
    for (const { name, build } of scenario.images) {
        const tree = build();
        await pushTree(host, SOURCE_PREFIX + name, tree, { tag: TAG });
        images.push({ name, digest: tree.root });
    }
    return images;
}

function treesOf(scenario: Scenario): { readonly name: string; readonly tree: ImageTree }[] {
    return scenario.images.map(({ name, build }) => ({ name, tree: build() }));
}
