import { YAMLException } from "js-yaml";
import { quote } from "../oci";
import { formatPath, type Path, Place, type Position, type WrittenDocument } from "./place";
import type { Problems } from "./problems";
import { parseTree, scalarValue, type YamlAlias, type YamlMap, type YamlNode } from "./yaml-tree";

const DEEPEST = 100;
/** Values that aliases may add: far above any catalogue, far below what ten nested ones would make ("billion laughs"). */
const MOST_ALIASED = 100_000;

/**
 * Reads a YAML text with its positions. An error of syntax, YAML tags, keys that are written twice and aliases without
 * an end are reported; the value is then what could be read, or undefined.
 */
export function readYaml(file: string, source: string, problems: Problems): WrittenDocument {
    const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
    const document = new YamlDocument(file, text);
    try {
        document.read(parseTree(text, { maxDepth: DEEPEST }), problems);
    } catch (error) {
        if (!(error instanceof YAMLException)) {
            throw error;
        }
        const { line = 0, column = 0 } = error.mark ?? {};
        const message = `this is not valid YAML: ${error.reason}`;
        problems.add(document, { at: "", message, line: line + 1, column: column + 1 });
    }
    return document;
}

interface Walk {
    /** Where the walk is: one list that grows and shrinks, since a copy for each value costs as much as reading it. */
    readonly path: (string | number)[];
    readonly problems: Problems;
    readonly anchors: Map<string, YamlNode>;
    /** Anchored nodes whose content is being read: an alias to one of them would have no end. */
    readonly open: Set<YamlNode>;
    aliased: number;
    insideAlias: number;
    /** Told once: behind it every value would be refused. */
    refused: boolean;
}

class YamlDocument implements WrittenDocument {
    readonly file: string;
    value: unknown;
    readonly #text: string;
    #root: YamlNode | undefined;
    #lineStarts: number[] | undefined;
    readonly #aliases = new Map<YamlNode, YamlNode>();

    constructor(file: string, text: string) {
        this.file = file;
        this.#text = text;
    }

    read(documents: readonly YamlNode[], problems: Problems): void {
        const [root, second] = documents;
        if (second !== undefined) {
            const message = "a second YAML document begins here: write one in each file";
            problems.add(this, { at: "", message, ...this.#positionAt(second.start) });
        }
        this.#root = root;
        const walk = {
            path: [],
            problems,
            anchors: new Map(),
            open: new Set<YamlNode>(),
            aliased: 0,
            insideAlias: 0,
            refused: false,
        };
        this.value = root === undefined ? null : this.#toValue(root, walk);
    }

    position(path: Path, on: "key" | "value"): Position | undefined {
        let node = this.#root;
        let offset = node?.start ?? 0;
        for (const step of path) {
            const child = this.#child(node, step);
            if (child === undefined) {
                break;
            }
            node = child.value;
            // A list or a map begins where its first item does, lines below: its key is where to look.
            const isOneWord = (node.kind === "scalar" || node.kind === "alias") && node.start >= 0;
            offset = (on === "value" && isOneWord ? node : (child.key ?? node)).start;
        }
        return this.#positionAt(offset);
    }

    sourceText(path: Path): string | undefined {
        let node = this.#root;
        for (const step of path) {
            node = this.#child(node, step)?.value;
        }
        const resolved = this.#resolve(node);
        return resolved?.kind === "scalar" ? resolved.text : undefined;
    }

    #positionAt(offset: number): Position {
        this.#lineStarts ??= [0, ...[...this.#text.matchAll(/\r\n|\n|\r/g)].map((end) => end.index + end[0].length)];
        const line = this.#lineStarts.findLastIndex((start) => start <= offset);
        return { line: Math.max(line, 0) + 1, column: Math.max(offset - (this.#lineStarts[line] ?? 0), 0) + 1 };
    }

    #resolve(node: YamlNode | undefined): YamlNode | undefined {
        return node?.kind === "alias" ? this.#aliases.get(node) : node;
    }

    #child(parent: YamlNode | undefined, step: string | number): { key?: YamlNode; value: YamlNode } | undefined {
        const node = this.#resolve(parent);
        if (node?.kind === "list" && typeof step === "number") {
            const value = node.items[step];
            return value && { value };
        }
        return node?.kind === "map" ? node.pairs.find(({ key }) => keyText(key) === String(step)) : undefined;
    }

    #toValue(node: YamlNode, walk: Walk): unknown {
        walk.aliased += walk.insideAlias > 0 ? 1 : 0;
        if (walk.aliased > MOST_ALIASED || walk.path.length > DEEPEST) {
            return this.#refuseSize(walk);
        }
        if (node.kind === "alias") {
            return this.#followAlias(node, walk);
        }
        if (node.tag !== undefined) {
            const message = `the YAML tag ${quote(node.tag)} has no meaning here: leave it out`;
            walk.problems.report(this.#place(walk), message);
        }
        if (node.anchor !== undefined && walk.insideAlias === 0) {
            walk.anchors.set(node.anchor, node);
        }
        if (node.kind === "scalar") {
            return scalarValue(node);
        }
        walk.open.add(node);
        const value =
            node.kind === "list"
                ? node.items.map((item, index) => this.#below(index, item, walk))
                : this.#readMap(node, walk);
        walk.open.delete(node);
        return value;
    }

    #below(step: string | number, node: YamlNode, walk: Walk): unknown {
        walk.path.push(step);
        const value = this.#toValue(node, walk);
        walk.path.pop();
        return value;
    }

    #place(walk: Walk): Place {
        return new Place(this, [...walk.path]);
    }

    #readMap(node: YamlMap, walk: Walk): Record<string, unknown> {
        const entries = new Map<string, unknown>();
        for (const { key, value } of node.pairs) {
            const name = keyText(key);
            if (name === undefined) {
                walk.problems.report(this.#place(walk), "a key must be plain text, not a list, a map or an alias");
            } else if (entries.has(name)) {
                const first = this.position([...walk.path, name], "key")?.line;
                const message = `the key ${quote(name)} is written twice, first in line ${first}`;
                walk.problems.add(this, { at: formatPath(walk.path), message, ...this.#positionAt(key.start) });
            } else {
                entries.set(name, this.#below(name, value, walk));
            }
        }
        // Defines own properties only, whatever their names: `__proto__` stays a key like any other.
        return Object.fromEntries(entries);
    }

    #followAlias(node: YamlAlias, walk: Walk): unknown {
        const target = walk.anchors.get(node.name);
        if (target === undefined || walk.open.has(target)) {
            const why = target === undefined ? "names no anchor before it" : "stands inside of what it names";
            walk.problems.report(this.#place(walk), `the alias ${quote(`*${node.name}`)} ${why}`);
            return undefined;
        }
        this.#aliases.set(node, target);
        walk.insideAlias++;
        const value = this.#toValue(target, walk);
        walk.insideAlias--;
        return value;
    }

    #refuseSize(walk: Walk): undefined {
        const where = new Place(this, walk.path.slice(0, 1));
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
function keyText(key: YamlNode): string | undefined {
    return key.kind === "scalar" ? key.text : undefined;
}
