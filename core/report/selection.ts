import type { SelectionFailure, TagSelection } from "../mirror";
import { painter, type TextOptions } from "./paint";

/** What the selectors of one image chose, in a JSON document. */
export interface SelectionDocument {
    readonly image: string;
    /** Chosen by selectors, best first; tags that the catalogue lists by name are not among them. */
    readonly tags: readonly string[];
    /** Why they are not all that was asked for; empty where they are. */
    readonly problems: readonly SelectionProblemDocument[];
}

export interface SelectionProblemDocument {
    readonly status: SelectionFailure["status"];
    readonly registry: string;
    readonly repository: string;
    readonly code: string;
    readonly message: string;
}

/** One entry for each image that has selectors. */
export function selectionDocuments({ selected, failures }: TagSelection): SelectionDocument[] {
    const images = [...new Set([...Object.keys(selected), ...failures.map(({ image }) => image)])].sort();
    return images.map((image) => ({
        image,
        tags: (Object.hasOwn(selected, image) ? selected[image] : undefined) ?? [],
        problems: failures
            .filter((failure) => failure.image === image)
            .map(({ status, registry, repository, code, message }) => ({
                status,
                registry,
                repository,
                code,
                message,
            })),
    }));
}

const LOOKS = {
    empty: ["red", "∅"],
    unknown: ["yellow", "?"],
    waiting: ["dim", "…"],
} as const;

/** A line for each image whose tags are not, or not all, decided. */
export function renderSelectionFailures(failures: readonly SelectionFailure[], options: TextOptions = {}): string[] {
    const paint = painter(options);
    return failures.map(({ status, message }) => {
        const [colour, sign] = LOOKS[status];
        return `${paint(colour, sign)} ${message}`;
    });
}
