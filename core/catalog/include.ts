import { readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { quote } from "../oci";
import { Place, type WrittenDocument } from "./place";
import type { Problems } from "./problems";
import type { Entry } from "./registries";
import { catalogSchema, includedSchema, type WrittenCatalog, type WrittenImage, type WrittenRegistry } from "./schema";
import type { WrittenMaintenance, WrittenWaiver } from "./schema-waivers";
import { type Loose, validate } from "./validate";
import { readYaml } from "./yaml-document";

/** A catalogue with everything that it includes, checked by form. */
export interface Written {
    readonly main: { readonly written: Loose<WrittenCatalog>; readonly place: Place };
    readonly registries: readonly Entry<WrittenRegistry>[];
    readonly images: readonly Entry<WrittenImage>[];
    readonly waive: readonly Item<WrittenWaiver>[];
    readonly maintenance: readonly Item<WrittenMaintenance>[];
}

/** An entry of a list, which has no name. */
export type Item<T> = Omit<Entry<T>, "name">;

/** Reads a file and what it includes. Whatever cannot be read is reported, and the rest goes on. */
export function readFiles(file: string, problems: Problems): Written | undefined {
    const document = readFile(file, problems);
    return document && collect(document, problems);
}

/** The same for a document that was read already: an object, which cannot include anything. */
export function collect(document: WrittenDocument, problems: Problems): Written | undefined {
    if (document.value === undefined && problems.count > 0) {
        return undefined;
    }
    if (document.value === null) {
        const message = "an empty catalogue: it needs version, registries and images";
        problems.add(document, { at: "", message, line: 1, column: 1 });
        return undefined;
    }
    const written = validate(catalogSchema, document, problems);
    if (written === undefined) {
        return undefined;
    }
    const gathered: Gathered = {
        registries: new Map(),
        images: new Map(),
        waive: [],
        maintenance: [],
        seen: new Set(),
        problems,
    };
    const { file } = document;
    const place = new Place(document, []);
    gather(written, place, gathered);
    if (file === undefined) {
        if (written.include !== undefined) {
            problems.report(
                place.at("include"),
                "an object is beside no files: load a file, or merge the objects in the program",
            );
        }
    } else {
        gathered.seen.add(identity(file));
        follow(written.include ?? [], place.at("include"), [file], gathered);
    }
    return {
        main: { written, place },
        registries: [...gathered.registries.values()],
        images: [...gathered.images.values()],
        waive: gathered.waive,
        maintenance: gathered.maintenance,
    };
}

interface Gathered {
    readonly registries: Map<string, Entry<WrittenRegistry>>;
    readonly images: Map<string, Entry<WrittenImage>>;
    readonly waive: Item<WrittenWaiver>[];
    readonly maintenance: Item<WrittenMaintenance>[];
    /** Real paths of files that were read: two globs may name one file. */
    readonly seen: Set<string>;
    readonly problems: Problems;
}

type Part = Pick<Loose<WrittenCatalog>, "include" | "registries" | "images" | "waive" | "maintenance">;

function gather(part: Part, place: Place, { registries, images, waive, maintenance, problems }: Gathered): void {
    addAll(registries, part.registries, place.at("registries"), problems);
    addAll(images, part.images, place.at("images"), problems);
    waive.push(...itemsOf<WrittenWaiver>(part.waive, place.at("waive")));
    maintenance.push(...itemsOf<WrittenMaintenance>(part.maintenance, place.at("maintenance")));
}

/** What was refused is left out; the others keep their places. */
function itemsOf<T>(list: readonly (Loose<T> | undefined)[] | undefined, place: Place): Item<T>[] {
    return (list ?? []).flatMap((written, index) =>
        written === undefined ? [] : [{ written, place: place.at(index) }],
    );
}

function addAll<T>(
    all: Map<string, Entry<T>>,
    part: { readonly [name: string]: Loose<T> | undefined } | undefined,
    place: Place,
    problems: Problems,
): void {
    for (const [name, written] of Object.entries(part ?? {})) {
        const first = all.get(name);
        if (first !== undefined) {
            problems.report(place.at(name), `${quote(name)} is in ${first.place.describe()} already`, { on: "key" });
        } else if (written !== undefined) {
            all.set(name, { name, written, place: place.at(name) });
        }
    }
}

function follow(
    patterns: readonly (string | undefined)[],
    place: Place,
    chain: readonly string[],
    gathered: Gathered,
): void {
    const from = chain.at(-1) ?? "";
    for (const [index, pattern] of patterns.entries()) {
        for (const file of pattern === undefined ? [] : filesOf(pattern, from, place.at(index), gathered.problems)) {
            followOne(file, place.at(index), chain, gathered);
        }
    }
}

function followOne(file: string, place: Place, chain: readonly string[], gathered: Gathered): void {
    const { problems, seen } = gathered;
    const id = identity(file);
    const start = chain.findIndex((ancestor) => identity(ancestor) === id);
    if (start >= 0) {
        problems.report(place, `files include each other in a circle: ${[...chain.slice(start), file].join(" -> ")}`);
        return;
    }
    if (seen.has(id)) {
        return;
    }
    seen.add(id);
    const before = problems.count;
    const document = readFile(file, problems, place);
    if (document === undefined || (document.value === undefined && problems.count > before)) {
        return;
    }
    const written = validate(includedSchema, document, problems);
    if (written !== undefined) {
        const root = new Place(document, []);
        gather(written, root, gathered);
        follow(written.include ?? [], root.at("include"), [...chain, file], gathered);
    }
}

/** Files that a glob names, sorted. A glob may find none (a folder for teams to come), a plain name may not. */
function filesOf(pattern: string, from: string, place: Place, problems: Problems): string[] {
    const directory = dirname(from);
    if (!/[*?[\]{}()!]/.test(pattern)) {
        return [join(directory, pattern)];
    }
    // Loaded here since most catalogues include nothing: it costs some 20 ms.
    const { globSync } = require("tinyglobby") as typeof import("tinyglobby");
    try {
        const options = { cwd: resolve(directory), expandDirectories: false, followSymbolicLinks: false };
        const found = globSync(pattern, {
            ...options,
            ignore: ["**/node_modules/**", "**/*.lock.yaml", "**/*.lock.yml"],
        });
        return found
            .map((name) => join(directory, name))
            .filter((name) => identity(name) !== identity(from))
            .sort();
    } catch (error) {
        problems.report(place, `${quote(pattern)} cannot be searched for: ${reasonOf(error)}`);
        return [];
    }
}

function readFile(file: string, problems: Problems, namedBy?: Place): WrittenDocument | undefined {
    try {
        return readYaml(file, readFileSync(file, "utf8"), problems);
    } catch (error) {
        if (namedBy !== undefined) {
            problems.report(namedBy, `${file} cannot be read: ${reasonOf(error)}`);
        } else {
            const document = { file, value: undefined, position: () => undefined, sourceText: () => undefined };
            const advice = "give the path of a catalogue";
            problems.add(document, { at: "", message: `it cannot be read: ${reasonOf(error)}; ${advice}` });
        }
        return undefined;
    }
}

const REASONS: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is no folder",
    ELOOP: "its symbolic links form a circle",
};

/** Why the file system refused, in words. */
export function reasonOf(error: unknown): string {
    const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
    return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

/** One file has one identity, whatever links lead to it. */
function identity(file: string): string {
    try {
        return realpathSync.native(file);
    } catch {
        return resolve(file);
    }
}
