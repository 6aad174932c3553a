import { TransshipError } from "../errors";
import type { CatalogProblem } from "./types";

/**
 * A catalogue or a lock file that cannot be used. Code `CATALOG_INVALID`. The message has one line for each problem:
 * `catalog.yaml:12:15: images.vault.targets[0]: unknown registry "gchr"; did you mean "ghcr"?`
 */
export class CatalogError extends TransshipError {
    override readonly name: string = "CatalogError";
    /** Everything that is wrong, in the order of the files and their lines. */
    readonly problems: readonly CatalogProblem[];

    constructor(problems: readonly CatalogProblem[], options?: { readonly cause?: unknown }) {
        super("CATALOG_INVALID", problems.map(formatProblem).join("\n"), options);
        this.problems = problems;
    }
}

/** `file:line:column: images.vault: …`, as far as each part is known: what editors and terminals make a link of. */
export function formatProblem(problem: CatalogProblem): string {
    const position = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
    return [position, problem.at, problem.message].filter((part) => part !== "").join(": ");
}

/** A name that the catalogue does not have. Codes `IMAGE_UNKNOWN`, `REGISTRY_UNKNOWN`. */
export class UnknownNameError extends TransshipError {
    override readonly name: string = "UnknownNameError";
}
