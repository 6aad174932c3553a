import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { formatPath, type Path, Place, type Position, type WrittenDocument } from "./place";
import type { Problems } from "./problems";

const DEEPEST = 100;
/** Values that aliases may add: far above any catalogue, far below what ten nested ones would make ("billion laughs"). */
const MOST_ALIASED = 100_000;

/**
 * Reads a YAML text with its positions. Syntax errors, unknown YAML tags, keys that are written twice and aliases
 * without an end are reported; the value is then what could be read, or undefined.
 *
 * The tree is walked here rather than by the parser's `toJS`, since that turns the key `1.10` into the number 1.1.
 */
export function readYaml(file: string, text: string, problems: Problems): WrittenDocument {
    const lines = new LineCounter();
    const document = new YamlDocument(file, lines);
    try {
        const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
        for (const error of [...parsed.errors, ...parsed.warnings]) {
            const { line, col } = lines.linePos(error.pos[0]);
            const message = `this is not valid YAML: ${error.message.replace(/\s+/g, " ")}`;
            problems.add(document, { at: "", message, line, column: col });
        }
        if (parsed.errors.length === 0) {
            document.read(parsed, problems);
        }
    } catch (error) {
        // The parser's recursion has no bound of its own: thousands of nested brackets end its stack.
        if (!(error instanceof RangeError)) {
            throw error;
        }
        problems.add(document, { at: "", message: "this is nested too deeply to be read", line: 1, column: 1 });
    }
    return document;
}

interface Walk {
    readonly problems: Problems;
    readonly anchors: Map<string, Node>;
    /** Anchored nodes whose content is being read: an alias to one of them would have no end. */
    readonly open: Set<Node>;
    aliased: number;
    insideAlias: number;
    /** The size is told once: behind it every value would be refused. */
    refused: boolean;
}

class YamlDocument implements WrittenDocument {
    readonly file: string;
    value: unknown;
    readonly #lines: LineCounter;
    #root: Node | null = null;
    readonly #aliases = new Map<Node, Node>();

    constructor(file: string, lines: LineCounter) {
        this.file = file;
        this.#lines = lines;
    }

    read(parsed: Document.Parsed, problems: Problems): void {
        this.#root = parsed.contents;
        const walk: Walk = {
            problems,
            anchors: new Map(),
            open: new Set(),
            aliased: 0,
            insideAlias: 0,
            refused: false,
        };
        this.value = this.#toValue(parsed.contents, [], walk);
    }

    position(path: Path, on: "key" | "value"): Position | undefined {
        let node: Node | null | undefined = this.#root;
        let key: Node | undefined;
        let offset = node?.range?.[0] ?? 0;
        for (const step of path) {
            const child: { key?: Node; value?: Node | null } | undefined = this.#child(node, step);
            if (child === undefined) {
                return this.#positionOf(offset);
            }
            key = child.key;
            node = child.value;
            // An empty value has a range behind its key's colon: the key is where to look.
            const isPlain = isAlias(node) || (isScalar(node) && node.source !== "" && node.source !== undefined);
            offset = (on === "value" && isPlain ? node : (key ?? node))?.range?.[0] ?? offset;
        }
        return this.#positionOf(offset);
    }

    sourceText(path: Path): string | undefined {
        let node: Node | null | undefined = this.#root;
        for (const step of path) {
            node = this.#child(node, step)?.value;
        }
        const resolved = this.#resolve(node);
        return isScalar(resolved) ? resolved.source : undefined;
    }

    #positionOf(offset: number): Position {
        const { line, col } = this.#lines.linePos(offset);
        return { line: Math.max(line, 1), column: Math.max(col, 1) };
    }

    #resolve(node: Node | null | undefined): Node | null | undefined {
        return isAlias(node) ? this.#aliases.get(node) : node;
    }

    #child(parent: Node | null | undefined, step: string | number): { key?: Node; value?: Node | null } | undefined {
        const node = this.#resolve(parent);
        if (isSeq(node) && typeof step === "number") {
            const value = node.items[step] as Node | undefined;
            return value === undefined ? undefined : { value };
        }
        if (isMap(node)) {
            const pair = node.items.find(({ key }) => keyText(key) === String(step));
            return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value as Node | null };
        }
        return undefined;
    }

    #toValue(node: Node | null, path: Path, walk: Walk): unknown {
        if (walk.insideAlias > 0) {
            walk.aliased++;
        }
        if (walk.aliased > MOST_ALIASED || path.length > DEEPEST) {
            return this.#refuseSize(path, walk);
        }
        if (isAlias(node)) {
            return this.#followAlias(node, node.source, path, walk);
        }
        if (node === null || isScalar(node)) {
            this.#remember(node, walk);
            return node?.value ?? null;
        }
        this.#remember(node, walk);
        walk.open.add(node);
        const value = isSeq(node)
            ? node.items.map((item, index) => this.#toValue(item as Node | null, [...path, index], walk))
            : this.#readMap(node, path, walk);
        walk.open.delete(node);
        return value;
    }

    #readMap(node: Node, path: Path, walk: Walk): Record<string, unknown> {
        const entries = new Map<string, unknown>();
        for (const { key, value } of isMap(node) ? node.items : []) {
            const name = keyText(key);
            if (name === undefined) {
                walk.problems.report(new Place(this, path), "a key must be plain text, not a list, a map or an alias");
            } else if (entries.has(name)) {
                const position = this.#positionOf((key as Node).range?.[0] ?? 0);
                const first = this.position([...path, name], "key")?.line;
                const message = `the key "${name}" is written twice, first in line ${first}`;
                walk.problems.add(this, { at: formatPath(path), message, ...position });
            } else {
                entries.set(name, this.#toValue(value as Node | null, [...path, name], walk));
            }
        }
        // Defines own properties only, whatever their names: `__proto__` stays a key like any other.
        return Object.fromEntries(entries);
    }

    #followAlias(node: Node, name: string, path: Path, walk: Walk): unknown {
        const target = walk.anchors.get(name);
        if (target === undefined || walk.open.has(target)) {
            const why = target === undefined ? "names no anchor before it" : "stands inside of what it names";
            walk.problems.report(new Place(this, path), `the alias "*${name}" ${why}`);
            return undefined;
        }
        this.#aliases.set(node, target);
        walk.insideAlias++;
        const value = this.#toValue(target, path, walk);
        walk.insideAlias--;
        return value;
    }

    #remember(node: Node | null, walk: Walk): void {
        const anchor = node !== null && "anchor" in node ? node.anchor : undefined;
        if (node !== null && typeof anchor === "string" && walk.insideAlias === 0) {
            walk.anchors.set(anchor, node);
        }
    }

    #refuseSize(path: Path, walk: Walk): undefined {
        const where = new Place(this, path.slice(0, 1));
        const message =
            walk.aliased > MOST_ALIASED
                ? `aliases add more than ${MOST_ALIASED} values; write them out, or use "defaults"`
                : `this is nested more than ${DEEPEST} levels deep`;
        if (!walk.refused) {
            walk.refused = true;
            walk.problems.report(where, message);
        }
        return undefined;
    }
}

/** A key as it stands in the file: `1.10` stays that text. */
function keyText(key: unknown): string | undefined {
    return isScalar(key) ? (typeof key.value === "string" ? key.value : (key.source ?? String(key.value))) : undefined;
}
