import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { type Catalog, CatalogError, loadCatalog } from "../../core/catalog";

const folders: string[] = [];

afterEach(() => {
    for (const folder of folders.splice(0)) {
        rmSync(folder, { recursive: true, force: true });
    }
});

/** A folder of files that is gone after the test. */
export function folderOf(files: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "transship-catalog-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
    }
    return folder;
}

/** Loads a catalogue of one text. */
export function load(text: string, environment?: string): Catalog {
    return loadCatalog(join(folderOf({ "catalog.yaml": text }), "catalog.yaml"), { environment });
}

/** The lines of the error that loading ends with, their folder left out. */
export function problemsOf(files: string | Readonly<Record<string, string>>, environment?: string): string[] {
    const folder = folderOf(typeof files === "string" ? { "catalog.yaml": files } : files);
    return linesOf(() => loadCatalog(join(folder, "catalog.yaml"), { environment })).map((line) =>
        line.replaceAll(`${folder}/`, ""),
    );
}

/** The lines of a CatalogError; fails where there is none. */
export function linesOf(act: () => unknown): string[] {
    try {
        act();
    } catch (error) {
        if (error instanceof CatalogError) {
            return error.message.split("\n");
        }
        throw error;
    }
    throw new Error("no CatalogError was thrown");
}

/** Two registries, for catalogues whose point is elsewhere. Four lines. */
export const REGISTRIES = `version: 1
registries:
  hub: { host: docker.io }
  ghcr: { host: ghcr.io/acme }
`;
