import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { CHART_KEYS, CHART_VERSION } from "../../core/harbor-chart";
import { describeWithChart } from "../support/harbor-chart";

type Tree = { readonly [key: string]: unknown };

function isTree(value: unknown): value is Tree {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Every key, with its path, down to where ours takes whatever is there. */
function paths(tree: Tree, ours: unknown = CHART_KEYS, path: readonly string[] = []): string[] {
    return Object.entries(tree).flatMap(([key, value]) => {
        const at = [...path, key];
        const known = isTree(ours) ? ours[key] : undefined;
        return isTree(value) && isTree(known) ? paths(value, known, at) : [at.join(".")];
    });
}

function shapeAt(path: string): unknown {
    return path.split(".").reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), CHART_KEYS);
}

function fits(shape: unknown, value: unknown): boolean {
    if (value === null) {
        return typeof shape === "string";
    }
    const kinds: Record<string, boolean> = {
        text: typeof value === "string",
        flag: typeof value === "boolean",
        scalar: typeof value === "string" || typeof value === "number",
        list: Array.isArray(value),
        map: isTree(value),
    };
    return kinds[String(shape)] === true;
}

describeWithChart(`The keys that are known of version ${CHART_VERSION} of Harbor's chart`, ({ folder, values }) => {
    const real = parse(values) as Tree;

    it("are those of that version", () => {
        const { version } = parse(readFileSync(join(folder, "Chart.yaml"), "utf8"));
        expect(version).toBe(CHART_VERSION);
    });

    it("are all that its values have, each with what the chart's own value is", () => {
        const all = paths(real);
        expect(all.length).toBeGreaterThan(250);
        const at = (path: string) => path.split(".").reduce<unknown>((from, key) => (from as Tree)[key], real);
        expect(all.filter((path) => !fits(shapeAt(path), at(path)))).toEqual([]);
    });

    it("are none but those that its values or its templates speak of", () => {
        const templates = readdirSync(join(folder, "templates"), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
        const text = [values, ...templates].join("\n");
        const inOurs = paths(CHART_KEYS as Tree, {});
        const deep = (tree: Tree, path: string[] = []): string[][] =>
            Object.entries(tree).flatMap(([key, value]) =>
                isTree(value) ? deep(value, [...path, key]) : [[...path, key]],
            );
        expect(inOurs.length).toBeGreaterThan(20);
        const invented = deep(CHART_KEYS as Tree).filter((path) => !new RegExp(`\\b${path.at(-1)}\\b`).test(text));
        expect(invented).toEqual([]);
    });
});
