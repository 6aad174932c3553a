import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Document } from "openapi-backend";

const PACKAGE = dirname(require.resolve("@octokit/openapi/package.json"));
const SOURCE = join(PACKAGE, "generated", "api.github.com.json");
/** Not below node_modules, which a continuous integration may keep read-only. */
const CACHE = join(__dirname, "..", "..", "..", ".transship", "github-api");
/** Changes whenever the trimming does. */
const FORM = 3;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Dictionary = Record<string, unknown>;

let kept: { readonly key: string; readonly document: Document } | undefined;

/**
 * GitHub's own description of its REST API (npm `@octokit/openapi`), of these operations only: 13 MB take half a second
 * to read, the part that is used some milliseconds. What was cut out is kept in a file beside the other test outputs.
 */
export function describedOperations(ids: readonly string[]): Document {
    const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
    const key = createHash("sha256")
        .update(JSON.stringify([FORM, version, ids]))
        .digest("hex")
        .slice(0, 16);
    if (kept?.key !== key) {
        kept = { key, document: readCached(key) ?? cut(key, new Set(ids)) };
    }
    return structuredClone(kept.document);
}

function readCached(key: string): Document | undefined {
    try {
        return JSON.parse(readFileSync(join(CACHE, `${key}.json`), "utf8"));
    } catch {
        return undefined;
    }
}

function cut(key: string, ids: ReadonlySet<string>): Document {
    const whole = JSON.parse(readFileSync(SOURCE, "utf8")) as {
        info: Json;
        paths: Record<string, Dictionary>;
        components: Json;
    };
    const paths: Record<string, Dictionary> = {};
    const found = new Set<string>();
    for (const [path, methods] of Object.entries(whole.paths)) {
        for (const [method, operation] of Object.entries(methods)) {
            const id = (operation as { operationId?: string }).operationId ?? "";
            if (ids.has(id)) {
                paths[path] = { ...paths[path], [method]: plain(operation as Json) };
                found.add(id);
            }
        }
    }
    const unknown = [...ids].filter((id) => !found.has(id));
    if (unknown.length > 0) {
        throw new Error(`GitHub's description has no operations ${unknown.join(", ")}`);
    }
    const document = { openapi: "3.0.3", info: whole.info, paths, components: referred(paths, whole.components) };
    store(key, JSON.stringify(document));
    return document as unknown as Document;
}

/** Several test files may do so at a time. */
function store(key: string, text: string): void {
    mkdirSync(CACHE, { recursive: true });
    const temporary = join(CACHE, `${key}.${process.pid}.tmp`);
    writeFileSync(temporary, text);
    renameSync(temporary, join(CACHE, `${key}.json`));
}

/** What people read, and examples, which are half of it. */
const LEFT_OUT = new Set([
    "description",
    "summary",
    "example",
    "examples",
    "externalDocs",
    "tags",
    "x-github",
    "title",
]);

function plain(value: Json, inProperties = false): Json {
    if (Array.isArray(value)) {
        return value.map((entry) => plain(entry));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const kept = Object.fromEntries(
        Object.entries(value)
            .filter(([name]) => inProperties || !LEFT_OUT.has(name))
            .map(([name, entry]) => [name, plain(entry, name === "properties")]),
    );
    // The validator knows `nullable` beside a `type` only.
    if (!inProperties && kept.nullable === true && kept.type === undefined) {
        const { nullable: _nullable, ...rest } = kept;
        return { anyOf: [rest, { type: "null" }] };
    }
    // It holds an enumeration to its word.
    if (!inProperties && kept.nullable === true && Array.isArray(kept.enum)) {
        return { ...kept, enum: [...kept.enum.filter((value) => value !== null), null] };
    }
    return kept;
}

/** Every component that is referred to, also by another one. */
function referred(paths: unknown, components: Json): Dictionary {
    const kinds: Record<string, Dictionary> = {};
    const open = [JSON.stringify(paths)];
    for (let text = open.pop(); text !== undefined; text = open.pop()) {
        for (const [, kind = "", name = ""] of text.matchAll(/"#\/components\/(\w+)\/([^"]+)"/g)) {
            const of = kinds[kind] ?? {};
            kinds[kind] = of;
            if (!Object.hasOwn(of, name)) {
                const component = plain((components as Record<string, Record<string, Json>>)[kind]?.[name] ?? null);
                of[name] = component;
                open.push(JSON.stringify(component));
            }
        }
    }
    return kinds;
}
