import type { Owner } from "../github-names";
import { pathOf } from "./access";
import type { GitHubClient } from "./client";

/** A container package: what ghcr.io calls a repository. (https://docs.github.com/en/rest/packages/packages) */
export interface ContainerPackage {
    /** Below the owner, slashes and all: `explorer`, `tools/build`. */
    readonly name: string;
    readonly id: number;
    readonly visibility: "public" | "private" | "internal";
    readonly versionCount: number;
    /** `owner/name` of the repository that it is linked to; undefined where it is linked to none. */
    readonly repository?: string;
    /** The page for people. */
    readonly url: string;
    readonly createdAt: string;
    readonly updatedAt: string;
}

/** One manifest or index of a package. */
export interface PackageVersion {
    readonly id: number;
    /** Of the manifest: `sha256:…`. */
    readonly digest: string;
    readonly tags: readonly string[];
    readonly createdAt: string;
    readonly updatedAt: string;
    /** Only of deleted ones. */
    readonly deletedAt?: string;
}

interface WirePackage {
    readonly id: number;
    readonly name: string;
    readonly visibility: ContainerPackage["visibility"];
    readonly version_count: number;
    readonly html_url: string;
    readonly created_at: string;
    readonly updated_at: string;
    readonly repository?: { readonly full_name: string } | null;
}

interface WireVersion {
    readonly id: number;
    readonly name: string;
    readonly created_at: string;
    readonly updated_at: string;
    readonly deleted_at?: string;
    readonly metadata?: { readonly container?: { readonly tags?: readonly string[] } };
}

/** Where the API has the packages of an owner. */
export function packagePath({ kind, login }: Owner, name: string): string {
    return kind === "Organization"
        ? pathOf`/orgs/${login}/packages/container/${name}`
        : pathOf`/users/${login}/packages/container/${name}`;
}

/**
 * The package, or undefined where there is none yet; the owner was seen by `ownerOf`. A private package of somebody else
 * cannot be told from none.
 *
 * @throws GitHubError
 */
export async function packageOf(
    client: GitHubClient,
    owner: Owner,
    name: string,
): Promise<ContainerPackage | undefined> {
    const request = { doing: `read the package ${owner.login}/${name}`, needs: "packages: read" };
    const found = await client.find<WirePackage>(packagePath(owner, name), request);
    return found && packageFrom(found);
}

/** All container packages of an owner, page by page. @throws GitHubError */
export async function* packagesOf(client: GitHubClient, owner: Owner): AsyncGenerator<readonly ContainerPackage[]> {
    const who = owner.kind === "Organization" ? "orgs" : "users";
    const path = `/${who}/${encodeURIComponent(owner.login)}/packages?package_type=container`;
    const request = { doing: `list the packages of ${owner.login}`, needs: "packages: read" };
    for await (const page of client.pages<WirePackage>(path, request)) {
        yield page.map(packageFrom);
    }
}

/**
 * The versions of a package that was seen, newest first, page by page.
 *
 * @param state deleted ones are kept for 30 days. @default "active"
 * @throws GitHubError
 */
export async function* packageVersions(
    client: GitHubClient,
    owner: Owner,
    name: string,
    state: "active" | "deleted" = "active",
): AsyncGenerator<readonly PackageVersion[]> {
    const path = `${packagePath(owner, name)}/versions?state=${state}`;
    const request = { doing: `list the versions of the package ${owner.login}/${name}`, needs: "packages: read" };
    for await (const page of client.pages<WireVersion>(path, request)) {
        yield page.map(versionFrom);
    }
}

export function versionFrom({ created_at, deleted_at, id, metadata, name, updated_at }: WireVersion): PackageVersion {
    return {
        id,
        digest: name,
        tags: metadata?.container?.tags ?? [],
        createdAt: created_at,
        updatedAt: updated_at,
        ...(deleted_at === undefined ? {} : { deletedAt: deleted_at }),
    };
}

function packageFrom(found: WirePackage): ContainerPackage {
    const { created_at, html_url, id, name, repository, updated_at, version_count, visibility } = found;
    return {
        name,
        id,
        visibility,
        versionCount: version_count,
        ...(repository ? { repository: repository.full_name } : {}),
        url: html_url,
        createdAt: created_at,
        updatedAt: updated_at,
    };
}
