import type { Catalog, CatalogImage, Registry } from "../core/catalog";
import { buildPipeline, type CiPipelineParameters, type CiPlatform } from "../core/workflows";
import { UsageError } from "./exit-code";
import { ownVersion } from "./own-version";
import type { Generated } from "./workflow-kinds";
import { type Options, readInstall, readSchedule } from "./workflow-options";
import {
    demandOurs,
    OF_PUBLISH,
    PAGE,
    readBuilds,
    readCache,
    readTriggers,
    registriesOfBuilds,
    registriesOfMirror,
} from "./workflow-publish";

type OptionNames = readonly (keyof Options)[];

const COMMON: OptionNames = ["ci", "ciImage", "schedule", "runner", "install"];
const JENKINS: Readonly<Record<string, OptionNames>> = {
    publish: [...COMMON, ...OF_PUBLISH, "signWith"],
    mirror: [...COMMON, "page", "purpose"],
    proof: COMMON,
};

/** Options that a kind takes there. Jenkins has no environments that hold secrets. */
export const OF_PIPELINES: Readonly<Record<CiPlatform, Readonly<Record<string, OptionNames>>>> = {
    jenkins: JENKINS,
    gitlab: Object.fromEntries(
        Object.entries(JENKINS).map(([kind, options]) => [kind, [...options, "deployment"] as const]),
    ),
};
const PLATFORMS: readonly string[] = ["github", ...Object.keys(OF_PIPELINES)];

/** @throws UsageError for a platform that is not known, or has no such kind */
export function readCi(kind: string, { ci = "github" }: Options): CiPlatform | "github" {
    if (!PLATFORMS.includes(ci)) {
        throw new UsageError(`--ci ${JSON.stringify(ci)} is not known: write one of ${PLATFORMS.join(", ")}.`);
    }
    if (ci !== "github" && !Object.hasOwn(JENKINS, kind)) {
        throw new UsageError(`--ci ${ci} has no ${kind}: it has ${Object.keys(JENKINS).join(", ")}.`);
    }
    return ci as CiPlatform | "github";
}

/** What it is made from. */
export interface PipelineSource {
    /** Of the catalogue. */
    readonly path: string;
    readonly catalog: Catalog;
    readonly options: Options;
    /** Those that have a copy of an image. */
    readonly registries: readonly Registry[];
}

export function generatePipeline(ci: CiPlatform, kind: string, source: PipelineSource): Generated {
    return { ...buildPipeline(ci, parametersOf(kind, source)), style: ci === "jenkins" ? "slashes" : "hash" };
}

function parametersOf(kind: string, { catalog, options, path, registries }: PipelineSource): CiPipelineParameters {
    const { ciImage, deployment, environment, page = PAGE, purpose, runner } = options;
    const common = {
        catalog: path,
        environment,
        registries,
        install: readInstall(options),
        version: ownVersion(),
        ...(runner === undefined ? {} : { runner: runner.split(",").map((label) => label.trim()) }),
        ...(ciImage === undefined ? {} : { image: ciImage }),
        ...(deployment === undefined ? {} : { deployment }),
    };
    if (kind === "proof") {
        return { ...common, kind, schedule: readSchedule(options) };
    }
    if (kind === "mirror") {
        const { pulled, pushed } = registriesOfMirror(options, catalog);
        const where = purpose === undefined ? {} : { where: { purpose } };
        return { ...common, kind, registries: pulled, pushed, schedule: readSchedule(options), page, ...where };
    }
    const builds = readBuilds(options, catalog, ownPlace);
    return {
        ...common,
        kind: "publish",
        registries: registriesOfBuilds(catalog, builds),
        builds,
        on: readTriggers(options),
        sign: options.unsigned !== true,
        provenance: "max",
        sbom: true,
        cache: readCache(options),
        ...readSignWith(options),
    };
}

/** The first place that somebody may push to; where there is none, the first, whose refusal says what it lacks. */
function ownPlace(catalog: Catalog, image: CatalogImage): string {
    demandOurs(image);
    const places = [image.source, ...image.targets].map(({ registry, repository }) => {
        const { credentials, host = "" } = catalog.registries[registry] ?? {};
        const from = credentials?.push.from ?? "anonymous";
        return { repository: `${host}/${repository}`, isOurs: !["anonymous", "config"].includes(from) };
    });
    return (places.find(({ isOurs }) => isOurs) ?? places[0])?.repository ?? "";
}

function readSignWith({ signWith, unsigned }: Options): { signWith?: "keyless" | "key" } {
    if (signWith === undefined) {
        return {};
    }
    if ((signWith !== "keyless" && signWith !== "key") || unsigned === true) {
        throw new UsageError(
            unsigned === true
                ? "--unsigned and --sign-with exclude each other."
                : `--sign-with ${JSON.stringify(signWith)} is not known: write keyless or key.`,
        );
    }
    return { signWith };
}
