import { isAbsolute, normalize, sep } from "node:path";
import { type Catalog, loadCatalog, type Registry } from "../core/catalog";
import {
    type Common,
    cronProblem,
    type Described,
    installation,
    proofWorkflow,
    registryAccess,
    renderWorkflow,
} from "../core/workflows";
import { UsageError } from "./exit-code";
import { ownVersion } from "./own-version";

/** What commander read. */
export interface Options {
    readonly catalog?: string;
    readonly environment?: string;
    readonly schedule?: string;
    readonly runner?: string;
    readonly install?: string;
    readonly deployment?: string;
}

export interface Generated {
    /** Paragraphs of the file's comment. */
    readonly about: readonly string[];
    readonly content: string;
    /** What has to be set at GitHub for it. */
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
}

/** Not on the hour, when everybody's runs begin and GitHub drops some. */
const DEFAULT_SCHEDULE = "17 5 * * *";
const DEFAULT_RUNNER = "ubuntu-24.04";

export type Kind = "proof";

interface KindEntry {
    /** Options that this kind takes beside those that all take. */
    readonly options: readonly (keyof Options)[];
    build(common: Common, options: Options, catalog: Catalog): Described;
}

const KINDS: Readonly<Record<Kind, KindEntry>> = {
    proof: {
        options: ["schedule"],
        build: (common, options) => proofWorkflow({ ...common, schedule: readSchedule(options) }),
    },
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

export function isKind(text: string): text is Kind {
    return KIND_NAMES.includes(text);
}

/** Everything of one kind, from the catalogue and the options. */
export function generate(kind: Kind, options: Options): Generated {
    const path = readPath(options.catalog ?? "catalog.yaml");
    const { environment, deployment } = options;
    const catalog = loadCatalog(path, { environment });
    const access = registryAccess(registriesOf(catalog));
    const common: Common = {
        catalog: path,
        environment,
        runner: (options.runner ?? DEFAULT_RUNNER).split(",").map((label) => label.trim()),
        deployment,
        installation: installation(readInstall(options.install), ownVersion(), access.peers),
        access,
    };
    const { about, workflow } = KINDS[kind].build(common, options, catalog);
    return { about, content: renderWorkflow(workflow), secrets: access.secrets, variables: access.variables };
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

function readSchedule({ schedule = DEFAULT_SCHEDULE }: Options): string {
    const problem = cronProblem(schedule);
    if (problem !== undefined) {
        throw new UsageError(
            `--schedule "${schedule}" is not understood: ${problem}; write it as "${DEFAULT_SCHEDULE}".`,
        );
    }
    return schedule;
}

function readInstall(way = "npx") {
    if (way !== "npx" && way !== "npm-ci") {
        throw new UsageError(`--install ${JSON.stringify(way)} is not known: write npx or npm-ci.`);
    }
    return way;
}
