import type * as pulumi from "@pulumi/pulumi";
import {
    type Catalog,
    type CatalogImage,
    findImage,
    refuseOtherPurpose,
    suggestion,
    writtenCatalog,
} from "../../core/catalog";
import {
    DEFAULT_TAGS,
    type ImageBuild,
    installation,
    ownVersion,
    type PublishParameters,
    publishWorkflow,
    type RegistryAccess,
    registryAccess,
    renderWorkflow,
    sealed,
} from "../../core/workflows";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import { checkPath, checkWorkflowPath } from "./file-path";
import { checkOwner, type GhcrPlace, ghcrPlace } from "./ghcr-place";
import type { GhcrPublisherArgs } from "./ghcr-publisher-args";
import { checkRepository } from "./repository-input";

/** A publisher's arguments, all known. */
export type KnownPublisher = pulumi.Unwrap<Omit<GhcrPublisherArgs, "catalog" | "createRepository">>;

/** What a publisher delivers, and what people have to set for it. */
export interface PublisherPlan {
    readonly repository: string;
    readonly workflowPath: string;
    readonly workflow: string;
    readonly catalogPath: string;
    readonly catalog: string;
    readonly places: readonly GhcrPlace[];
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
}

const PLATFORMS = ["linux/amd64", "linux/arm64"];
/** As most releases are tagged; the default branch's name is not known here. */
const ON = { tags: ["v*"] };

/**
 * The files of a publisher. Pure: the same arguments, the same files.
 *
 * @throws InputPropertyError
 */
export function planPublisher(name: string, catalog: Catalog, args: KnownPublisher): PublisherPlan {
    checkRepository(args.repository);
    checkChoice("provenance", args.provenance, ["max", "min"]);
    checkChoice("install", args.install, ["npx", "npm-ci"]);
    checkChoice("cache", args.cache, ["none", "registry"]);
    const images = imagesOf(catalog, args);
    const places = images.map((image) => ghcrPlace(catalog, image.name, "images"));
    for (const place of places) {
        checkOwner(place, args.repository);
    }
    const fileName = name.replace(/[^A-Za-z0-9_-]+/g, "-");
    const workflowPath = checkWorkflowPath(args.workflowPath ?? `.github/workflows/${fileName}.yml`);
    const catalogPath = checkPath("catalogPath", args.catalogPath ?? `.github/transship/${fileName}.yaml`);
    const access = accessOf(catalog, images);
    const builds = buildsOf(images, places, args);
    const parameters = {
        ...parametersOf(name, { ...args, catalogPath }, access, builds),
        ...environmentOf(catalog),
    };
    const { about, workflow } = atProperty("builds", () => publishWorkflow(parameters));
    const from = writtenBy(name);
    const names = images.map((image) => image.name);
    return {
        repository: args.repository,
        workflowPath,
        workflow: sealed([...about, from], renderWorkflow(workflow)),
        catalogPath,
        catalog: sealed(
            [`What ${workflowPath} reads: the part of a catalogue that has ${names.join(", ")}.`, from],
            writtenCatalog(catalog, names),
        ),
        places,
        secrets: access.secrets,
        variables: access.variables,
    };
}

/** For the comment of a generated file. */
export function writtenBy(name: string): string {
    return `Written by transship ${ownVersion()} for the component ${name} of a Pulumi program: change its arguments, not this file.`;
}

/** As the written catalogue names it. */
export function environmentOf({ environment }: Catalog): { readonly environment?: string } {
    return environment === "default" ? {} : { environment };
}

function imagesOf(catalog: Catalog, { builds = {}, images, purpose }: KnownPublisher): CatalogImage[] {
    if (images.length === 0) {
        throw badArgument("images", "name at least one image that this repository builds");
    }
    const twice = images.find((name, index) => images.indexOf(name) < index);
    if (twice !== undefined) {
        throw badArgument("images", `the image "${twice}" is named twice`);
    }
    const other = Object.keys(builds).find((name) => !images.includes(name));
    if (other !== undefined) {
        throw badArgument("builds", `"${other}" is none of this publisher's images${suggestion(other, images)}`);
    }
    const found = images.map((name) => atProperty("images", () => findImage(catalog, name)));
    checkChoice("purpose", purpose, ["ci", "release"]);
    atProperty("images", () =>
        refuseOtherPurpose(purpose ?? catalog.purpose, found, "This publisher", "leave them out of its images"),
    );
    const foreign = found.find(({ policy }) => policy === "mirror");
    if (foreign !== undefined) {
        throw badArgument(
            "images",
            `"${foreign.name}" has policy "mirror", so it is somebody else's image: give it policy "dual" or "migrate" if it is yours, or take a MirrorRepository`,
        );
    }
    return found;
}

/** Its own places only: a credential for another image's registry would be one too many. */
function accessOf(catalog: Catalog, images: readonly CatalogImage[]): RegistryAccess {
    const keys = new Set(images.flatMap(({ source, targets }) => [source, ...targets].map(({ registry }) => registry)));
    const registries = Object.values(catalog.registries).filter((registry) => keys.has(registry.name));
    return registryAccess(registries, registries);
}

function buildsOf(images: readonly CatalogImage[], places: readonly GhcrPlace[], args: KnownPublisher): ImageBuild[] {
    return images.map((image, index) => {
        const { context = ".", platforms, tags, ...rest } = args.builds?.[image.name] ?? {};
        return {
            image: image.name,
            context,
            ...rest,
            platforms: platforms ?? (image.platforms === "all" ? PLATFORMS : image.platforms),
            repository: places[index]?.reference ?? "",
            tags: tags ?? args.tags ?? DEFAULT_TAGS,
        };
    });
}

function parametersOf(
    name: string,
    args: KnownPublisher & { readonly catalogPath: string },
    access: RegistryAccess,
    builds: readonly ImageBuild[],
): PublishParameters {
    const { cache, catalogPath, deployment, install = "npx", maxParallel, runner, timeoutMinutes } = args;
    return {
        name: `Publish ${name}`,
        catalog: catalogPath,
        runner: runner ?? ["ubuntu-24.04"],
        ...(deployment === undefined ? {} : { deployment }),
        installation: atProperty("install", () => installation(install, ownVersion(), access.peers)),
        access,
        builds,
        on: args.on ?? ON,
        sign: args.sign ?? true,
        provenance: args.provenance ?? "max",
        sbom: args.sbom ?? true,
        ...(cache === undefined ? {} : { cache }),
        ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
        ...(maxParallel === undefined ? {} : { maxParallel }),
    };
}
