import type { GitHubClient } from "./client";
import { GitHubError } from "./errors";

export interface RepositoryFile {
    readonly text: string;
    /** Of the blob, 40 hex digits: what an update must name. */
    readonly sha: string;
}

interface WireContent {
    readonly type: string;
    readonly sha: string;
    readonly size: number;
    readonly encoding?: string;
    readonly content?: string;
}

/**
 * A text file of a branch, tag or commit that was seen to exist; undefined where the path has none.
 * (https://docs.github.com/en/rest/repos/contents#get-repository-content: above 1 MB the content comes as a blob)
 *
 * @param path from the repository's root, without a slash at its beginning
 * @throws GitHubError `GITHUB_NO_FILE` where the path is a directory, a symbolic link or a submodule, or the file no text
 */
export async function fileOf(
    client: GitHubClient,
    repository: string,
    path: string,
    ref: string,
): Promise<RepositoryFile | undefined> {
    const about = { doing: `read ${path} of ${repository} at ${ref}`, needs: "contents: read" };
    const place = path.split("/").map(encodeURIComponent).join("/");
    const url = `/repos/${repository}/contents/${place}?ref=${encodeURIComponent(ref)}`;
    const found = await client.find<WireContent | readonly WireContent[]>(url, about);
    if (found === undefined) {
        return undefined;
    }
    const { content, encoding, sha, type } = Array.isArray(found) ? DIRECTORY : (found as WireContent);
    if (type !== "file") {
        throw noFile(about.doing, `it is a ${type === "dir" ? "directory" : type}`);
    }
    const bytes =
        encoding === "base64" && content !== undefined ? content : await blobOf(client, repository, sha, about);
    return { text: textOf(bytes, about.doing), sha };
}

const DIRECTORY: WireContent = { type: "dir", sha: "", size: 0 };

/** Up to 100 MB. (https://docs.github.com/en/rest/git/blobs#get-a-blob) */
async function blobOf(
    client: GitHubClient,
    repository: string,
    sha: string,
    about: { readonly doing: string; readonly needs: string },
): Promise<string> {
    const { content } = await client.send<{ content: string }>("GET", `/repos/${repository}/git/blobs/${sha}`, about);
    return content;
}

function textOf(base64: string, doing: string): string {
    try {
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(base64, "base64"));
    } catch {
        throw noFile(doing, "its bytes are no UTF-8 text");
    }
}

function noFile(doing: string, why: string): GitHubError {
    return new GitHubError("GITHUB_NO_FILE", `Could not ${doing}: ${why}: name a text file.`);
}
