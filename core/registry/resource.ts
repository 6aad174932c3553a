import { isDigest, isRepositoryPath, isTag } from "../oci";
import type { Endpoint } from "./endpoint";
import { RegistryError } from "./errors";

/**
 * The path of something in a repository. Names come from catalogues and from other registries' answers: what is no
 * name by the specification's grammar must not become a path of another meaning.
 */
export function manifestPath(endpoint: Endpoint, repository: string, reference: string): string {
    if (!isTag(reference) && !isDigest(reference)) {
        throw invalid(endpoint, `${quoted(reference)} is neither a tag nor a digest`);
    }
    return `${repositoryPath(endpoint, repository)}/manifests/${reference}`;
}

export function blobPath(endpoint: Endpoint, repository: string, digest: string): string {
    return `${repositoryPath(endpoint, repository)}/blobs/${checkDigest(endpoint, digest)}`;
}

export function uploadPath(endpoint: Endpoint, repository: string): string {
    return `${repositoryPath(endpoint, repository)}/blobs/uploads/`;
}

export function repositoryPath(endpoint: Endpoint, repository: string): string {
    if (!isRepositoryPath(repository)) {
        throw invalid(endpoint, `${quoted(repository)} is no repository's name`);
    }
    return `/v2/${repository}`;
}

export function checkDigest(endpoint: Endpoint, digest: string): string {
    if (!isDigest(digest)) {
        throw invalid(endpoint, `${quoted(digest)} is no digest`);
    }
    return digest;
}

function quoted(text: unknown): string {
    return JSON.stringify(String(text).slice(0, 120));
}

function invalid({ host, origin }: Endpoint, what: string): RegistryError {
    return new RegistryError("INVALID_ARGUMENT", `The registry ${host} cannot be asked: ${what}.`, {
        host,
        method: "GET",
        url: `${origin}/v2/`,
    });
}
