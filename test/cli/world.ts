import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Lock, readLock } from "../../core/catalog";
import type { EmbeddedRegistry, EmbeddedRegistryOptions } from "../../core/registry/embedded";
import { embedded, temporaryFolder } from "../support/embedded";
import { type ImageTree, pushTree, singleImage } from "../support/images";
import { type Ended, type RunOptions, transship } from "./command";

type Json = Record<string, unknown>;

export interface WorldOptions {
    readonly registries?: Readonly<Record<string, Json>>;
    /** From the source's host. @default vault:1.18, mirrored to ghcr */
    readonly images?: (source: string) => Readonly<Record<string, Json>>;
    readonly rest?: Json;
    readonly source?: Partial<EmbeddedRegistryOptions>;
    readonly target?: Partial<EmbeddedRegistryOptions>;
}

export interface World {
    readonly folder: string;
    readonly source: EmbeddedRegistry;
    readonly target: EmbeddedRegistry;
    /** `acme/vault:1.18` at the source. */
    readonly vault: ImageTree;
    run(args: readonly string[], options?: RunOptions): Promise<Ended>;
    /** The parsed lock file, one environment of it. */
    lockOf(environment: string): Lock;
    writeLock(environments: Json): void;
}

/** Two registries, `hub` with vault:1.18 and `ghcr` with nothing, and a catalogue that mirrors the one to the other. */
export async function world(options: WorldOptions = {}): Promise<World> {
    const [source, target] = [await embedded(options.source), await embedded(options.target)];
    const vault = singleImage({ seed: "vault" });
    if (options.source?.auth === undefined) {
        await pushTree(source.host, "acme/vault", vault, { tag: "1.18" });
    }
    const folder = await temporaryFolder();
    const catalog = {
        version: 1,
        registries: {
            ...options.registries,
            hub: { host: source.host, kind: "distribution", insecure: true, ...options.registries?.hub },
            ghcr: { host: `${target.host}/mirror`, kind: "distribution", insecure: true, ...options.registries?.ghcr },
        },
        images: options.images?.(source.host) ?? { vault: mirrored(`${source.host}/acme/vault`) },
        ...options.rest,
    };
    // JSON is YAML too.
    writeFileSync(join(folder, "catalog.yaml"), JSON.stringify(catalog, undefined, 2));
    const lockPath = join(folder, "catalog.lock.yaml");
    return {
        folder,
        source,
        target,
        vault,
        run: (args, runOptions) => transship(args, { cwd: folder, ...runOptions }),
        lockOf: (environment) => readLock(lockPath).environments[environment] ?? {},
        writeLock: (environments) => writeFileSync(lockPath, JSON.stringify({ version: 1, environments })),
    };
}

/** A registry that answers the push of one manifest with 405, as ECR does for some artifacts. */
export function refusingPut(refused: () => string): EmbeddedRegistryOptions["intercept"] {
    return (request, response, { reference }) => {
        if (request.method !== "PUT" || reference !== refused()) {
            return false;
        }
        request.resume();
        response.writeHead(405).end();
        return true;
    };
}

export function mirrored(source: string, tags: readonly string[] = ["1.18"]): Json {
    return { policy: "mirror", source, targets: ["ghcr"], tags };
}

/** The same of some platforms. */
export function platformed(host: string, platforms: readonly string[]): Json {
    return { ...mirrored(`${host}/acme/vault`), platforms };
}

/** The digest that a registry shows, asked for by plain fetch; `login`: `user:password` of one that wants Basic. */
export async function digestAt(
    host: string,
    repository: string,
    tag: string,
    login?: string,
): Promise<string | undefined> {
    const accept = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";
    const response = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
        method: "HEAD",
        headers: { accept, ...(login && { authorization: `Basic ${Buffer.from(login).toString("base64")}` }) },
    });
    return response.status === 200 ? (response.headers.get("docker-content-digest") ?? "") : undefined;
}
