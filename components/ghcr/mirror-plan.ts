import type * as pulumi from "@pulumi/pulumi";
import {
    type Catalog,
    type CatalogImage,
    type Registry,
    refuseOtherPurpose,
    selectImages,
    writtenCatalog,
} from "../../core/catalog";
import {
    cronProblem,
    installation,
    mirrorWorkflow,
    ownVersion,
    type RegistryAccess,
    registryAccess,
    renderWorkflow,
    sealed,
} from "../../core/workflows";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import { codeOwnersFile } from "./code-owners";
import { checkPath, checkWorkflowPath } from "./file-path";
import { mirrorReadme } from "./mirror-readme";
import type { MirrorRepositoryArgs } from "./mirror-repository-args";
import { environmentOf, writtenBy } from "./publisher-plan";
import { checkRepository } from "./repository-input";

/** A mirror's arguments, all known. */
export type KnownMirror = pulumi.Unwrap<
    Omit<MirrorRepositoryArgs, "catalog" | "createRepository" | "branchProtection">
>;

/** What a mirror delivers, and what people have to set for it. */
export interface MirrorPlan {
    readonly repository: string;
    readonly images: readonly CatalogImage[];
    readonly workflowPath: string;
    readonly workflow: string;
    readonly catalogPath: string;
    readonly catalog: string;
    readonly readmePath: string;
    readonly readme: string;
    /** What the workflow writes. */
    readonly page: string;
    /** Empty without owners. */
    readonly codeOwners: string;
    readonly secrets: readonly string[];
    readonly variables: readonly string[];
}

/** Not on the hour, when everybody's runs begin and GitHub drops some. */
const SCHEDULE = "17 5 * * *";

/**
 * The files of a mirror. Pure: the same arguments, the same files.
 *
 * @throws InputPropertyError
 */
export function planMirror(name: string, catalog: Catalog, args: KnownMirror): MirrorPlan {
    checkRepository(args.repository);
    checkChoice("install", args.install, ["npx", "npm-ci"]);
    const schedule = args.schedule ?? SCHEDULE;
    const problem = cronProblem(schedule);
    if (problem !== undefined) {
        throw badArgument("schedule", `"${schedule}" is not understood: ${problem}; write it as "${SCHEDULE}"`);
    }
    const paths = pathsOf(args);
    const images = imagesOf(catalog, args);
    const access = accessOf(catalog, images, args.repository);
    const { about, workflow } = atProperty("catalog", () =>
        mirrorWorkflow({
            ...parametersOf(args, access),
            ...environmentOf(catalog),
            ...paths,
            catalog: paths.catalogPath,
            schedule,
        }),
    );
    const from = writtenBy(name);
    const readme = mirrorReadme({
        ...paths,
        repository: args.repository,
        catalog,
        images: images.filter(({ targets }) => targets.length > 0),
        about: args.about,
        requestUrl: args.requestUrl ?? `https://github.com/${args.repository}/issues/new`,
        schedule,
    });
    const names = images.map((image) => image.name);
    return {
        repository: args.repository,
        images,
        ...paths,
        workflow: sealed([...about, from], renderWorkflow(workflow)),
        catalog: sealed(
            [`Which images this repository carries, and where to; ${paths.workflowPath} reads it.`, from],
            writtenCatalog(catalog, names),
        ),
        readme: sealed([from], readme, "html"),
        codeOwners: args.codeOwners === undefined ? "" : sealed([from], codeOwnersFile(args.codeOwners)),
        secrets: access.secrets,
        variables: access.variables,
    };
}

function pathsOf(args: KnownMirror) {
    const paths = {
        workflowPath: checkWorkflowPath(args.workflowPath ?? ".github/workflows/mirror.yml"),
        catalogPath: checkPath("catalogPath", args.catalogPath ?? "catalog.yaml"),
        readmePath: checkPath("readmePath", args.readmePath ?? "README.md"),
        page: checkPath("page", args.page ?? "MIRRORS.md"),
    };
    const { catalogPath, page, readmePath, workflowPath } = paths;
    if ([catalogPath, readmePath, workflowPath].includes(page)) {
        throw badArgument("page", `${page} is the path of another file: the workflow writes the page itself`);
    }
    return paths;
}

function imagesOf(catalog: Catalog, { images, purpose, where }: KnownMirror): CatalogImage[] {
    const found = atProperty("images", () => selectImages(catalog, { images, where }));
    if (found.length === 0) {
        throw badArgument("where", "selects no image of the catalogue: there is nothing to carry");
    }
    checkChoice("purpose", purpose, ["ci", "release"]);
    const advice = `leave them out by images or where${purpose === undefined ? "" : `: { purpose: "${purpose}" }`}`;
    atProperty("images", () => refuseOtherPurpose(purpose ?? catalog.purpose, found, "This repository", advice));
    return found;
}

/**
 * What the workflow reads and writes. A target must say its credentials, since a job has none but those that it is given.
 */
function accessOf(catalog: Catalog, images: readonly CatalogImage[], repository: string): RegistryAccess {
    const registriesAt = (keys: readonly string[]): Registry[] =>
        Object.values(catalog.registries).filter(({ name }) => keys.includes(name));
    const pushed = registriesAt(images.flatMap(({ targets }) => targets.map(({ registry }) => registry)));
    const pulled = registriesAt(
        images.flatMap(({ source, targets }) => [source, ...targets].map(({ registry }) => registry)),
    );
    for (const registry of pushed) {
        checkCredentials(registry);
    }
    checkPackageOwners(catalog, images, repository);
    return registryAccess(pulled, pushed);
}

function checkCredentials({ credentials, kind, name }: Registry): void {
    if (credentials === undefined || credentials.push.from === "anonymous") {
        const example = kind === "ghcr" ? "{ from: docker }" : `{ from: env, username: …, password: … }`;
        throw badArgument(
            "catalog",
            `the registry "${name}" has no credentials to push with, so the workflow could carry nothing there: write credentials: ${example}`,
        );
    }
}

/** A workflow's own token pushes to packages of its repository's owner only. */
function checkPackageOwners(catalog: Catalog, images: readonly CatalogImage[], repository: string): void {
    const own = (repository.split("/")[0] ?? "").toLowerCase();
    for (const { name, targets } of images) {
        for (const target of targets) {
            const registry = catalog.registries[target.registry];
            const owner = target.repository.split("/")[0];
            if (registry?.kind === "ghcr" && registry.credentials?.push.from === "docker" && owner !== own) {
                throw badArgument(
                    "repository",
                    `a workflow of ${repository} may not push ${name} to ${registry.host}/${target.repository}, since its token is for packages of ${own} only: take a repository of ${owner}, or credentials: { from: env, … } with a token of ${owner}`,
                );
            }
        }
    }
}

function parametersOf(args: KnownMirror, access: RegistryAccess) {
    const { branch, deployment, install = "npx", runner = ["ubuntu-24.04"], timeoutMinutes } = args;
    return {
        runner,
        ...(deployment === undefined ? {} : { deployment }),
        installation: atProperty("install", () => installation(install, ownVersion(), access.peers)),
        access,
        ...(branch === undefined ? {} : { branch }),
        ...(timeoutMinutes === undefined ? {} : { timeoutMinutes }),
    };
}
