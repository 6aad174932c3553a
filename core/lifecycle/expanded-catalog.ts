import { type Catalog, type CompactCatalog, expandCatalog } from "../catalog";

/** Catalogues kept: those of a few waves and gates, as they were and as they are. */
const MOST = 8;

const known = new Map<string, Catalog>();

/**
 * The catalogue of some inputs. The hooks of one phase get the same one a dozen times, each time as another object, and to
 * read a thousand lines takes 20 ms: so the last ones are kept, by their text.
 */
export function expandedCatalog(compact: CompactCatalog): Catalog {
    const text = JSON.stringify(compact);
    const catalog = known.get(text) ?? expandCatalog(compact);
    // The one that was used last is the last to go.
    known.delete(text);
    known.set(text, catalog);
    for (const oldest of [...known.keys()].slice(0, Math.max(0, known.size - MOST))) {
        known.delete(oldest);
    }
    return catalog;
}
