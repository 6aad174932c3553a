import { isRepositoryPath, quote } from "../oci";
import { nearest } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import { below, type Entry } from "./registries";
import { PURPOSES, type WrittenCatalog, type WrittenImage } from "./schema";
import type { Loose } from "./validate";

/** Checks the namespaces of purposes, and gives them back by name. */
export function readNamespaces(
    { written, place }: { readonly written: Loose<WrittenCatalog>; readonly place: Place },
    images: readonly Entry<WrittenImage>[],
    problems: Problems,
): Record<string, string> {
    const known = new Set<string>([...PURPOSES, ...images.flatMap(({ written: { purpose } }) => purpose ?? [])]);
    const all = Object.entries(written.namespaces ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const namespaces: Record<string, string> = {};
    for (const [purpose, path] of all) {
        const at = place.at("namespaces", purpose);
        if (!known.has(purpose)) {
            const near = nearest(purpose, known);
            const hint = near === undefined ? "" : `; did you mean ${quote(near)}?`;
            problems.report(at, `no image has the purpose ${quote(purpose)}${hint}`, { on: "key" });
        }
        const twin = Object.entries(namespaces).find(([, other]) => other === path)?.[0];
        if (twin !== undefined) {
            problems.report(at, `${quote(purpose)} and ${quote(twin)} have one namespace; give each its own`);
        }
        if (path !== undefined && !isRepositoryPath(path)) {
            problems.report(at, `${quote(path)} is no path of repositories: lower case, no slash at its ends`);
        } else if (path !== undefined) {
            namespaces[purpose] = path;
        }
    }
    return namespaces;
}

/** The path that images of a purpose get below a target's own; empty for none. */
export function namespaceOf(
    { namespaces = {} }: { readonly namespaces?: Readonly<Record<string, string>> },
    purpose: string | undefined,
): string {
    return purpose !== undefined && Object.hasOwn(namespaces, purpose) ? (namespaces[purpose] ?? "") : "";
}

/** Where a copy goes below a target's own path, unless the target names its repository. */
export function usualPath(writtenPath: string, namespace: string): string {
    return below(namespace, writtenPath.replace(/^library\//, ""));
}
