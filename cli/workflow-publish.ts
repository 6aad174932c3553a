import { type Catalog, type CatalogImage, findImage, type Registry, selectImages } from "../core/catalog";
import {
    type BuildCache,
    type Common,
    DEFAULT_TAGS,
    type ImageBuild,
    type MirrorParameters,
    type PublishParameters,
    type PublishTriggers,
    type RegistryAccess,
    registryAccess,
} from "../core/workflows";
import { UsageError } from "./exit-code";
import { imagesOfPurpose } from "./purposes";
import { readNumber } from "./read-options";
import { type Options, readOptionalSchedule, readSchedule } from "./workflow-options";

const PLATFORMS = "linux/amd64,linux/arm64";
const BRANCH = "main";
const GIT_TAGS = ["v*"];
/** What the mirror's page is called without `--page`. */
export const PAGE = "MIRRORS.md";
/** The options of publishing, whatever runs it. */
export const OF_PUBLISH = [
    "image",
    "dockerfile",
    "target",
    "platforms",
    "tagRule",
    "branch",
    "gitTag",
    "releases",
    "path",
    "pullRequests",
    "cache",
    "unsigned",
] as const satisfies readonly (keyof Options)[];
const CACHES: readonly BuildCache[] = ["none", "registry"];

/** What `transship workflow publish` is told, and the catalogue says. @throws UsageError */
export function readPublishParameters(common: Common, options: Options, catalog: Catalog): PublishParameters {
    const { maxParallel } = options;
    return {
        ...common,
        builds: readBuilds(options, catalog),
        on: readTriggers(options),
        sign: options.unsigned !== true,
        provenance: "max",
        sbom: true,
        cache: readCache(options),
        ...(maxParallel === undefined ? {} : { maxParallel: readNumber("--max-parallel", maxParallel, 1, 256) }),
    };
}

/** What `transship workflow mirror` is told. @throws UsageError */
export function readMirrorParameters(common: Common, options: Options, catalog: Catalog): MirrorParameters {
    const { branch = [], path = [], purpose, page = PAGE } = options;
    const [only = BRANCH, another] = branch;
    if (another !== undefined) {
        throw new UsageError(`--branch ${another}: a mirror has one branch, and ${only} is named already.`);
    }
    mirrored(options, catalog);
    return {
        ...common,
        schedule: readSchedule(options),
        branch: only,
        includes: path,
        page,
        ...(purpose === undefined ? {} : { where: { purpose } }),
    };
}

/** To every place of the images that are published. */
export function publishAccess(options: Options, catalog: Catalog): RegistryAccess {
    const registries = registriesOfBuilds(catalog, readBuilds(options, catalog));
    return registryAccess(registries, registries);
}

/** Those that an image which is built has a place at. */
export function registriesOfBuilds(catalog: Catalog, builds: readonly ImageBuild[]): Registry[] {
    const images = builds.map(({ image }) => findImage(catalog, image));
    const registries = placesOf(catalog, images, ({ source, targets }) => [source, ...targets]);
    // What builds is logged in to ghcr.io in any case.
    checkPushed(registries.filter(({ kind }) => kind !== "ghcr"));
    return registries;
}

/** To read the sources, and to write to the targets. */
export function mirrorAccess(options: Options, catalog: Catalog): RegistryAccess {
    const { pulled, pushed } = registriesOfMirror(options, catalog);
    return registryAccess(pulled, pushed);
}

/** Those that the images to mirror come from or go to, and those that they go to. */
export function registriesOfMirror(options: Options, catalog: Catalog): { pulled: Registry[]; pushed: Registry[] } {
    const images = mirrored(options, catalog);
    const pushed = placesOf(catalog, images, ({ targets }) => targets);
    checkPushed(pushed);
    return { pulled: placesOf(catalog, images, ({ source, targets }) => [source, ...targets]), pushed };
}

/** Where nobody pushes without an account; a registry of one's own may be open within its network. */
const HOSTED: readonly Registry["kind"][] = ["acr", "dockerhub", "ecr", "ecr-public", "gar", "ghcr", "quay"];

/** A job has no credentials but those that it is given. @throws UsageError */
function checkPushed(registries: readonly Registry[]): void {
    for (const { credentials, kind, name } of registries) {
        if (HOSTED.includes(kind) && (credentials === undefined || credentials.push.from === "anonymous")) {
            const example = kind === "ghcr" ? "{ from: docker }" : "{ from: env, username: …, password: … }";
            throw new UsageError(
                `The registry "${name}" has no credentials to push with, so the workflow could carry nothing there: write credentials: ${example} in the catalogue.`,
            );
        }
    }
}

function mirrored({ purpose }: Options, catalog: Catalog): CatalogImage[] {
    const names = imagesOfPurpose(catalog, { purpose }, []);
    return selectImages(catalog, names.length === 0 ? {} : { images: names });
}

function placesOf(
    catalog: Catalog,
    images: readonly CatalogImage[],
    places: (image: CatalogImage) => readonly { readonly registry: string }[],
): Registry[] {
    const used = new Set(images.flatMap(places).map(({ registry }) => registry));
    return Object.values(catalog.registries).filter(({ name }) => used.has(name));
}

/**
 * `--image explorer=./explorer`, with what other options say of that image.
 *
 * @param place where the build is pushed first
 */
export function readBuilds(
    options: Options,
    catalog: Catalog,
    place: (catalog: Catalog, image: CatalogImage) => string = ghcrRepository,
): ImageBuild[] {
    const contexts = readPairs("--image", options.image ?? []);
    if (contexts.size === 0) {
        const own = Object.values(catalog.images).find(({ policy }) => policy === "dual");
        throw new UsageError(
            `publish needs --image: write an image of the catalogue and the folder that it is built from, as --image ${own?.name ?? "explorer"}=./${own?.name ?? "explorer"}.`,
        );
    }
    const files = ofImages("--dockerfile", options.dockerfile, contexts);
    const targets = ofImages("--target", options.target, contexts);
    const platforms = (options.platforms ?? PLATFORMS).split(",").map((platform) => platform.trim());
    return [...contexts].map(([name, context]) => {
        const image = findImage(catalog, name);
        const [file, target] = [files.get(name), targets.get(name)];
        return {
            image: image.name,
            context,
            ...(file === undefined ? {} : { file }),
            ...(target === undefined ? {} : { target }),
            platforms,
            repository: place(catalog, image),
            tags: options.tagRule ?? DEFAULT_TAGS,
        };
    });
}

/** Where GitHub's own token may push: the image's place there. */
function ghcrRepository(catalog: Catalog, image: CatalogImage): string {
    const { name, source, targets } = image;
    demandOurs(image);
    for (const { registry, repository } of [source, ...targets]) {
        const { kind, host } = catalog.registries[registry] ?? {};
        if (kind === "ghcr") {
            return `${host}/${repository}`;
        }
    }
    throw new UsageError(
        `${name} has no place at ghcr.io, where its build is pushed first: add a target of kind ghcr to it in the catalogue.`,
    );
}

/** @throws UsageError where an image is somebody else's */
export function demandOurs({ name, policy }: CatalogImage): void {
    if (policy === "mirror" || policy === "keep") {
        throw new UsageError(
            `${name} has the policy ${policy}, and is not published by us: give it the policy dual, or take another image.`,
        );
    }
}

/** `NAME=VALUE`, each name once. */
function readPairs(option: string, texts: readonly string[]): Map<string, string> {
    const found = new Map<string, string>();
    for (const text of texts) {
        const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
        if (name === undefined || value === undefined) {
            throw new UsageError(
                `${option} ${JSON.stringify(text)} has no image and value: write ${option} explorer=./explorer.`,
            );
        }
        if (found.has(name)) {
            throw new UsageError(`${option} names ${name} twice.`);
        }
        found.set(name, value);
    }
    return found;
}

function ofImages(
    option: string,
    texts: readonly string[] = [],
    images: ReadonlyMap<string, string>,
): Map<string, string> {
    const pairs = readPairs(option, texts);
    const other = [...pairs.keys()].find((name) => !images.has(name));
    if (other !== undefined) {
        throw new UsageError(`${option} ${other}: no --image names ${other}; known: ${[...images.keys()].join(", ")}.`);
    }
    return pairs;
}

export function readTriggers(options: Options): PublishTriggers {
    const { branch = [BRANCH], gitTag, path, pullRequests, releases } = options;
    const schedule = readOptionalSchedule(options);
    return {
        branches: branch,
        tags: gitTag ?? (releases === true ? [] : GIT_TAGS),
        releases: releases === true,
        paths: path ?? [],
        pullRequests: pullRequests === true,
        ...(schedule === undefined ? {} : { schedule }),
    };
}

export function readCache({ cache = "none" }: Options): BuildCache {
    const found = CACHES.find((one) => one === cache);
    if (found === undefined) {
        throw new UsageError(`--cache ${JSON.stringify(cache)} is not known: write ${CACHES.join(" or ")}.`);
    }
    return found;
}
