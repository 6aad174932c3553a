import { EVENT_ID, type Event, getScalarValue, parseEvents, SCALAR_STYLE } from "js-yaml";

/** What a YAML text says, with where it says it: offsets in UTF-16 units. */
export type YamlNode = YamlScalar | YamlList | YamlMap | YamlAlias;

interface Anchored {
    /** Of the first character, a quote included; -1 where nothing is written (`key:`). */
    readonly start: number;
    readonly anchor?: string;
    readonly tag?: string;
}
export interface YamlScalar extends Anchored {
    readonly kind: "scalar";
    readonly text: string;
    /** Not quoted and no block: `1.10` is then a number. */
    readonly plain: boolean;
}
export interface YamlList extends Anchored {
    readonly kind: "list";
    readonly items: YamlNode[];
}
export interface YamlMap extends Anchored {
    readonly kind: "map";
    readonly pairs: { readonly key: YamlNode; readonly value: YamlNode }[];
}
export interface YamlAlias {
    readonly kind: "alias";
    readonly start: number;
    readonly name: string;
}

/**
 * The documents of a YAML 1.2 text. Built from the parser's flat events rather than by its `load`, which has no
 * positions and turns the key `1.10` into the number 1.1; 1,000 images take some 60 ms.
 *
 * @throws YAMLException at the first error of syntax
 */
export function parseTree(source: string, options: { readonly maxDepth: number }): YamlNode[] {
    const documents: YamlNode[] = [];
    const open: Builder[] = [];
    for (const event of parseEvents(source, options)) {
        if (event.type === EVENT_ID.DOCUMENT) {
            open.push({ add: (node) => documents.push(node) });
        } else if (event.type === EVENT_ID.POP) {
            open.pop();
        } else {
            const node = nodeOf(event, source);
            open.at(-1)?.add(node);
            if (node.kind === "list" || node.kind === "map") {
                open.push(builderOf(node));
            }
        }
    }
    return documents;
}

/** Takes the children of what was opened last. */
interface Builder {
    add(node: YamlNode): void;
}

function builderOf(parent: YamlList | YamlMap): Builder {
    if (parent.kind === "list") {
        return { add: (node) => parent.items.push(node) };
    }
    let key: YamlNode | undefined;
    return {
        add: (node) => {
            if (key === undefined) {
                key = node;
            } else {
                parent.pairs.push({ key, value: node });
                key = undefined;
            }
        },
    };
}

type NodeEvent = Exclude<Event, { type: typeof EVENT_ID.DOCUMENT | typeof EVENT_ID.POP }>;

function nodeOf(event: NodeEvent, source: string): YamlNode {
    if (event.type === EVENT_ID.ALIAS) {
        const name = source.slice(event.anchorStart, event.anchorEnd);
        return { kind: "alias", start: event.anchorStart - 1, name };
    }
    const anchor = event.anchorStart < 0 ? undefined : source.slice(event.anchorStart, event.anchorEnd);
    const tag = event.tagStart < 0 ? undefined : source.slice(event.tagStart, event.tagEnd);
    if (event.type === EVENT_ID.SCALAR) {
        const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
        const start = event.valueStart - (quoted ? 1 : 0);
        const plain = event.style === SCALAR_STYLE.PLAIN;
        return { kind: "scalar", start, text: getScalarValue(source, event), plain, anchor, tag };
    }
    return event.type === EVENT_ID.SEQUENCE
        ? { kind: "list", start: event.start, items: [], anchor, tag }
        : { kind: "map", start: event.start, pairs: [], anchor, tag };
}

/** The value of a scalar by YAML 1.2's core schema (section 10.3.2): only plain text can be anything but text. */
export function scalarValue({ text, plain }: YamlScalar): string | number | boolean | null {
    if (!plain) {
        return text;
    }
    if (/^(?:~|null|Null|NULL)?$/.test(text)) {
        return null;
    }
    if (/^(?:true|True|TRUE|false|False|FALSE)$/.test(text)) {
        return text.toLowerCase() === "true";
    }
    if (
        /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$/.test(text)
    ) {
        return Number(text);
    }
    const infinite = /^([-+])?\.(?:inf|Inf|INF)$/.exec(text);
    if (infinite !== null) {
        return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
    return /^\.(?:nan|NaN|NAN)$/.test(text) ? Number.NaN : text;
}
