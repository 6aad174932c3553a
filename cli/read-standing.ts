import type { Catalog } from "../core/catalog";
import type { Standing } from "../core/report";
import { UsageError } from "./exit-code";
import { readNamed } from "./files";

/**
 * How things stood, from what an earlier `check --json` printed.
 *
 * @throws UsageError for anything else, and for a document of another catalogue or environment: its verdicts are about
 * other copies than those that are named here
 */
export function readStanding(path: string, catalog: Catalog): Standing {
    const document = parse(path);
    if (document.environment !== catalog.environment) {
        throw new UsageError(
            `${path} is about the environment "${document.environment}" and this is "${catalog.environment}": name the same one by -e.`,
        );
    }
    if (document.catalog !== catalog.digest) {
        throw new UsageError(
            `${path} is about another catalogue than ${catalog.path ?? "this one"}, which has changed since: run transship check --json again.`,
        );
    }
    return document;
}
function parse(path: string): Standing & { readonly catalog: string } {
    let document: unknown;
    try {
        document = JSON.parse(readNamed(path));
    } catch (error) {
        if (error instanceof UsageError) {
            throw error;
        }
        throw new UsageError(`${path} is not JSON: write it anew by transship check --json.`);
    }
    const { schemaVersion, copies, registries, timelines, findings, selections } = (document ?? {}) as Record<
        string,
        unknown
    >;
    if (schemaVersion !== 1 || ![copies, registries, timelines, findings, selections].every(Array.isArray)) {
        throw new UsageError(`${path} is no document of transship check --json.`);
    }
    return document as Standing & { readonly catalog: string };
}
