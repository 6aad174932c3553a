import { createHash } from "node:crypto";

/**
 * Characters of a rule's filters as Harbor keeps them: JSON in one column.
 * (make/migrations/postgresql/0001_initial_schema.up.sql: `filters varchar(1024)` of replication_policy)
 */
export const FILTERS_LENGTH = 1024;

/** Harbor's pattern for exactly these texts: the one, or `{a,b}`. Names and tags have no character that means something in it. */
export function anyOf(texts: readonly string[]): string {
    const sorted = [...new Set(texts)].sort();
    return sorted.length === 1 ? (sorted[0] as string) : `{${sorted.join(",")}}`;
}

/**
 * The pattern for repositories below one path: `acme/{api,web}`. Harbor knows that such a name is exact, and asks for these
 * repositories only, where alternatives stand in one part of the path; registries without a catalogue take no other.
 * (src/pkg/reg/util/pattern.go, `IsSpecificPath`)
 */
export function repositoriesBelow(parent: string, names: readonly string[]): string {
    return parent === "" ? anyOf(names) : `${parent}/${anyOf(names)}`;
}

/** As Harbor writes the filters of a rule. (src/controller/replication/model/model.go, `To`) */
export function filtersLength(names: string, tags: string): number {
    return JSON.stringify([
        { type: "name", value: names },
        { type: "tag", value: tags, decoration: "matches" },
    ]).length;
}

/**
 * Halves a list until each part fits, by the bits of each text's hash: another text moves none of the others to another
 * part, but where a part has to be halved for it. An empty path is the whole list.
 */
export function halved(
    texts: readonly string[],
    fits: (part: readonly string[]) => boolean,
    path = "",
): { readonly path: string; readonly texts: readonly string[] }[] {
    if (texts.length <= 1 || fits(texts)) {
        return [{ path, texts }];
    }
    const halves = ["0", "1"].map((bit) => texts.filter((text) => bitOf(text, path.length) === bit));
    return halves.flatMap((half, bit) => (half.length === 0 ? [] : halved(half, fits, `${path}${bit}`)));
}

function bitOf(text: string, index: number): "0" | "1" {
    const byte = createHash("sha256").update(text).digest()[Math.floor(index / 8) % 32] ?? 0;
    return (byte >> (7 - (index % 8))) & 1 ? "1" : "0";
}

/** The path above the last part of a repository, and that part. */
export function splitPath(repository: string): { readonly parent: string; readonly last: string } {
    const slash = repository.lastIndexOf("/");
    return { parent: repository.slice(0, Math.max(0, slash)), last: repository.slice(slash + 1) };
}
