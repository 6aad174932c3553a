import { ATTACHED_TAG, canonicalHost, HELD_TAG } from "../catalog";
import { TransshipError } from "../errors";
import { InvalidReferenceError, isTag, parseReference, quote } from "../oci";

/** A text that is no tag to publish. Code `TAG_INVALID`. */
export class PublishedTagError extends TransshipError {
    override readonly name: string = "PublishedTagError";

    constructor(message: string) {
        super("TAG_INVALID", message);
    }
}

/** One for each line, word or place between two commas: docker/metadata-action writes its output `tags` by lines. */
export function splitTags(text: string): string[] {
    return text.split(/[\s,]+/).filter((part) => part !== "");
}

/**
 * Reads tags to publish, each a tag or a whole reference with one, and gives back the tags, each once.
 *
 * @param repositories `host/path` of the places of the image, and of what is published: a reference to any other is
 * another image's
 * @throws PublishedTagError
 */
export function readPublishedTags(texts: readonly string[], image: string, repositories: readonly string[]): string[] {
    return [...new Set(texts.map((text) => readTag(text.trim(), image, repositories)))];
}

function readTag(text: string, image: string, repositories: readonly string[]): string {
    const tag = /[/:@]/.test(text) ? tagOfReference(text, image, repositories) : text;
    if (!isTag(tag)) {
        throw new PublishedTagError(
            `${quote(text)} is not a tag: letters, digits, ".", "_" and "-", at most 128, the first no "." or "-".`,
        );
    }
    if (HELD_TAG.test(tag) || ATTACHED_TAG.test(tag)) {
        const what = HELD_TAG.test(tag) ? "hold digests for a roll-back" : "name what hangs on another image";
        throw new PublishedTagError(`The tag ${quote(tag)} has the form of those that ${what}; choose another.`);
    }
    return tag;
}

function tagOfReference(text: string, image: string, repositories: readonly string[]): string {
    try {
        const { registry, repository, tag, digest } = parseReference(text);
        const name = `${canonicalHost(registry)}/${repository}`;
        if (tag === undefined || digest !== undefined) {
            throw new PublishedTagError(`${quote(text)} is not a tag: write 1.2.3, or ${name}:1.2.3.`);
        }
        if (!repositories.includes(name)) {
            throw new PublishedTagError(
                `${quote(text)} is no tag of the image ${quote(image)}, whose repositories are ${repositories.join(", ")}; ` +
                    "write the tag alone if it is meant for them.",
            );
        }
        return tag;
    } catch (error) {
        throw error instanceof InvalidReferenceError ? new PublishedTagError(error.message) : error;
    }
}
