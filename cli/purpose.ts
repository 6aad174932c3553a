import type { Command } from "commander";
import { type Catalog, selectImages, suggestion } from "../core/catalog";
import { UsageError } from "./exit-code";

export function addPurposeOption(command: Command): void {
    command.option("--purpose <name>", "only images of this purpose in the catalogue: ci, release");
}

/**
 * The images of `--purpose`, of those that are named or of all; without it, those that are named.
 *
 * @throws UsageError where there is none: a word that is wrong would look at nothing, and find all well
 */
export function chooseByPurpose(option: unknown, catalog: Catalog, named: readonly string[]): readonly string[] {
    if (option === undefined) {
        return named;
    }
    const purpose = String(option);
    const all = selectImages(catalog, named.length === 0 ? {} : { images: named });
    const chosen = all.filter((image) => image.purpose === purpose).map(({ name }) => name);
    if (chosen.length === 0) {
        const known = new Set(all.flatMap((image) => image.purpose ?? []));
        const hint = suggestion(purpose, known);
        throw new UsageError(
            `--purpose ${purpose}: no image ${named.length === 0 ? "of the catalogue" : "of those named"} has it${hint}${hint.endsWith("?") ? "" : "."}`,
        );
    }
    return chosen;
}
