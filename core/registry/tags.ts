import { isTag } from "../oci";
import { RegistryError } from "./errors";
import type { RegistryRequest } from "./http/request";
import type { Transport } from "./http/transport";
import { pages, readPage, senseless } from "./listing";
import { repositoryPath } from "./resource";

/** Taken where a registry finds the first page size too large (distribution 3 answers PAGINATION_NUMBER_INVALID). */
const SMALL_PAGE = 100;

/**
 * The tags of a repository, in the registry's order, page by page (distribution-spec 1.1, "Listing Tags"): who leaves
 * the loop early saves the rest. What is no tag by the grammar is left out, since nothing could be asked of it.
 */
export async function* listTags(transport: Transport, repository: string): AsyncGenerator<string> {
    const { endpoint, quirks } = transport.options;
    const base = `${repositoryPath(endpoint, repository)}/tags/list`;
    const size = quirks.tagPageSize;
    let yielded = false;
    try {
        for await (const tag of listWith(transport, repository, `${base}?n=${size}`)) {
            yielded = true;
            yield tag;
        }
    } catch (error) {
        if (yielded || size <= SMALL_PAGE || !isPageSizeRefused(error)) {
            throw error;
        }
        yield* listWith(transport, repository, `${base}?n=${SMALL_PAGE}`);
    }
}

async function* listWith(transport: Transport, repository: string, path: string): AsyncGenerator<string> {
    const request: RegistryRequest = {
        method: "GET",
        path,
        subject: "tags",
        access: "pull",
        repository,
        headers: { accept: "application/json" },
    };
    for await (const page of pages(transport, request)) {
        const { tags } = readPage(transport, request, page);
        if (tags !== null && tags !== undefined && !Array.isArray(tags)) {
            throw senseless(transport, request, "holds no tags");
        }
        for (const tag of (tags ?? []) as unknown[]) {
            if (isTag(tag)) {
                yield tag;
            }
        }
    }
}

function isPageSizeRefused(error: unknown): boolean {
    return error instanceof RegistryError && error.status === 400;
}
