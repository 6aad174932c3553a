import { CatalogError } from "./error";
import { formatPath, type Path, type Place, type WrittenDocument } from "./place";
import type { CatalogProblem } from "./types";

/** Collects what is wrong, each once, so that a user sees all of it at the first try. */
export class Problems {
    readonly #found = new Map<string, CatalogProblem & { readonly document: number }>();
    readonly #documents: WrittenDocument[] = [];
    readonly #broken: { readonly document: WrittenDocument; readonly path: Path }[] = [];

    get count(): number {
        return this.#found.size;
    }

    /** @param on what the problem is about: a value, or the key itself (one that is unknown, say). */
    report(
        place: Place,
        message: string,
        options: { readonly on?: "key" | "value"; readonly about?: Path } = {},
    ): void {
        const { document, path } = place;
        const about = options.about ?? path;
        if (options.on !== "key") {
            this.#broken.push({ document, path: about });
        }
        this.add(document, { message, at: formatPath(path), ...document.position(about, options.on ?? "value") });
    }

    /** For what has no place among the keys: a file that cannot be read, a syntax error. */
    add(document: WrittenDocument, problem: Omit<CatalogProblem, "file">): void {
        const { file } = document;
        const found = { ...problem, ...(file === undefined ? {} : { file }), document: this.#order(document) };
        this.#found.set(JSON.stringify([file, problem.line, problem.column, problem.at, problem.message]), found);
    }

    /** Whether something at this place, above or below it was refused already: what follows from that is not told. */
    isBroken(place: Place): boolean {
        return this.#broken.some(
            ({ document, path }) =>
                document === place.document &&
                path.slice(0, place.path.length).every((key, index) => key === place.path[index]),
        );
    }

    throwIfAny(): void {
        if (this.#found.size > 0) {
            const sorted = [...this.#found.values()].sort(
                (a, b) => a.document - b.document || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
            );
            throw new CatalogError(sorted.map(({ document, ...problem }) => problem));
        }
    }

    #order(document: WrittenDocument): number {
        const index = this.#documents.indexOf(document);
        return index < 0 ? this.#documents.push(document) - 1 : index;
    }
}
