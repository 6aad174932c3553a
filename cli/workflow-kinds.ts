import { existsSync } from "node:fs";
import { isAbsolute, normalize, relative, sep } from "node:path";
import { type Catalog, loadCatalog, type Registry, shardsFor } from "../core/catalog";
import { formatReference, parseReference } from "../core/oci";
import {
    type CommentStyle,
    type Common,
    type Described,
    installation,
    kubernetesJob,
    mirrorWorkflow,
    proofWorkflow,
    publishWorkflow,
    type RegistryAccess,
    regionsWorkflow,
    registryAccess,
    renderWorkflow,
    shardsWorkflow,
} from "../core/workflows";
import { UsageError } from "./exit-code";
import { ownVersion } from "./own-version";
import * as read from "./workflow-options";
import { generatePipeline, OF_PIPELINES, readCi } from "./workflow-pipelines";
import {
    mirrorAccess,
    OF_PUBLISH,
    publishAccess,
    readMirrorParameters,
    readPublishParameters,
} from "./workflow-publish";

export interface Generated {
    /** Paragraphs of the file's comment. */
    readonly about: readonly string[];
    readonly content: string;
    /** What has to be set for it, at GitHub or in the cluster. */
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
    /** Of the file's comment. @default "hash" */
    readonly style?: CommentStyle;
}

export type Kind = "proof" | "publish" | "mirror" | "regions" | "shards" | "kubernetes";

interface KindEntry {
    /** Options that this kind takes; -c and -e all do. */
    readonly options: readonly (keyof read.Options)[];
    /** What it may do at which registries. @default reads all that have a copy */
    access?(options: read.Options, catalog: Catalog): RegistryAccess;
    build(common: Common, options: read.Options, catalog: Catalog): { about: readonly string[]; content: string };
}

const OF_GITHUB = ["schedule", "runner", "deployment", "install"] as const;
/** Of what other platforms have too. */
const CI = "ci";
const KINDS: Readonly<Record<Kind, KindEntry>> = {
    proof: {
        options: [...OF_GITHUB, CI],
        build: (common, options) => rendered(proofWorkflow({ ...common, schedule: read.readSchedule(options) })),
    },
    publish: {
        options: [...OF_GITHUB, ...OF_PUBLISH, "maxParallel", CI],
        access: publishAccess,
        build: (common, options, catalog) => rendered(publishWorkflow(readPublishParameters(common, options, catalog))),
    },
    mirror: {
        options: [...OF_GITHUB, "branch", "page", "path", "purpose", CI],
        access: mirrorAccess,
        build: (common, options, catalog) => rendered(mirrorWorkflow(readMirrorParameters(common, options, catalog))),
    },
    regions: {
        options: [...OF_GITHUB, "regions", "anonymous", "publish"],
        build: (common, options) =>
            rendered(
                regionsWorkflow({
                    ...common,
                    schedule: read.readSchedule(options),
                    regions: read.readRegions(options),
                    anonymous: options.anonymous === true,
                    publish: read.readPublish(options),
                }),
            ),
    },
    shards: {
        options: [...OF_GITHUB, "shards"],
        build: (common, options, catalog) => {
            const shards = read.readShards(options) ?? shardsFor(catalog);
            return rendered(shardsWorkflow({ ...common, schedule: read.readSchedule(options), shards }));
        },
    },
    kubernetes: {
        options: ["shards", "name", "image", "parallelism", "configMap", "volumeClaim", "serviceAccount"],
        build: buildKubernetes,
    },
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

export function isKind(text: string): text is Kind {
    return KIND_NAMES.includes(text);
}

/** Everything of one kind, from the catalogue and the options. */
export function generate(kind: Kind, given: Readonly<Record<string, unknown>>): Generated {
    const options = given as read.Options;
    const ci = readCi(kind, options);
    refuseOthers(kind, given, ci === "github" ? KINDS[kind].options : OF_PIPELINES[ci][kind]);
    const path = readPath(options.catalog ?? "catalog.yaml");
    const { environment, deployment } = options;
    const catalog = loadCatalog(path, { environment });
    if (ci !== "github") {
        return generatePipeline(ci, kind, { path, catalog, options, registries: registriesOf(catalog) });
    }
    const { access: accessOf, build } = KINDS[kind];
    const access = accessOf?.(options, catalog) ?? registryAccess(registriesOf(catalog));
    const common: Common = {
        catalog: path,
        environment,
        runner: read.readRunner(options),
        deployment,
        installation: installation(read.readInstall(options), ownVersion(), access.peers),
        access,
    };
    return { ...build(common, options, catalog), secrets: access.secrets, variables: access.variables };
}

function rendered({ about, workflow }: Described): { about: readonly string[]; content: string } {
    return { about, content: renderWorkflow(workflow) };
}

function buildKubernetes(common: Common, options: read.Options, catalog: Catalog) {
    const { configMap = "transship-catalog", image = [], name } = options;
    const { lockPath } = catalog;
    return kubernetesJob({
        ...common,
        shards: read.readShards(options) ?? shardsFor(catalog),
        parallelism: read.readParallelism(options),
        image: formatReference(parseReference(image.at(-1) ?? "docker.io/library/node:22-slim")),
        name: name ?? "transship-check",
        configMap,
        volumeClaim: options.volumeClaim,
        serviceAccount: options.serviceAccount,
        lock: lockPath !== undefined && existsSync(lockPath) ? relative("", lockPath) : undefined,
        registries: registriesOf(catalog),
    });
}

/** An option that would change nothing is a mistake. */
function refuseOthers(kind: Kind, given: Readonly<Record<string, unknown>>, own: readonly string[] = []): void {
    const known = [...Object.values(KINDS), ...Object.values(OF_PIPELINES.gitlab).map((options) => ({ options }))];
    const others = new Set<string>(known.flatMap(({ options }) => options));
    const wrong = Object.keys(given).find((name) => others.has(name) && !own.includes(name));
    if (wrong !== undefined) {
        const flag = wrong.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
        const where = given.ci === undefined || given.ci === "github" ? kind : `${kind} with --ci ${given.ci}`;
        throw new UsageError(`--${flag} means nothing for ${where}: leave it out.`);
    }
}

/** Those that have a copy of an image. */
function registriesOf({ images, registries }: Catalog): Registry[] {
    const used = new Set(
        Object.values(images).flatMap(({ source, targets }) => [source, ...targets].map(({ registry }) => registry)),
    );
    return Object.values(registries).filter(({ name }) => used.has(name));
}

/** The workflow runs in the repository's root, on another machine. */
function readPath(path: string): string {
    const plain = normalize(path).split(sep).join("/");
    if (isAbsolute(path) || plain.startsWith("../")) {
        throw new UsageError(`--catalog ${path} is not below this folder: run it in the repository's root.`);
    }
    return plain;
}
