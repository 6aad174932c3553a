import ts from "typescript";
import { describe, expect, it } from "vitest";
import { parseSource, type SourceFile, sourcesIn } from "./sources";

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 60;

const sources = sourcesIn("core", "components", "cli", "stacks", "scripts");

function lineCount(text: string): number {
    return text.replace(/\n$/, "").split("\n").length;
}

function longFunctions({ path, tree }: SourceFile): string[] {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isFunctionLike(node) && "body" in node && node.body) {
            const lines = lineCount(node.getText());
            if (lines > MAX_FUNCTION_LINES) {
                const name = node.name?.getText() ?? "a function without a name";
                const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
                found.push(`${path}:${line} ${name} has ${lines} lines`);
            }
        }
        ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
}

function defaultExports({ path, tree }: SourceFile): string[] {
    return tree.statements
        .filter((statement) => {
            const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
            return (
                ts.isExportAssignment(statement) ||
                modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
            );
        })
        .map((statement) => `${path}: ${statement.getText().split("\n")[0]}`);
}

describe("The shape of the source", () => {
    it(`has no file over ${MAX_FILE_LINES} lines`, () => {
        const long = sources.filter(({ text }) => lineCount(text) > MAX_FILE_LINES);
        expect(long.map(({ path, text }) => `${path}: ${lineCount(text)} lines`)).toEqual([]);
    });

    it(`has no function over ${MAX_FUNCTION_LINES} lines`, () => {
        expect(sources.flatMap(longFunctions)).toEqual([]);
    });

    it("has no default export: a thing has one name everywhere", () => {
        expect(sources.flatMap(defaultExports)).toEqual([]);
    });

    it("has file names in kebab case", () => {
        const names = sources.map(({ path }) => path.split("/").at(-1) ?? "");
        expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.m?ts$/.test(name))).toEqual([]);
    });

    it("is what these checks can see", () => {
        const body = "    x();\n".repeat(MAX_FUNCTION_LINES);
        const long = parseSource("core/x.ts", `class A {\n  run() {\n${body}  }\n}\nexport default A;\n`);
        expect(longFunctions(long)).toEqual([`core/x.ts:2 run has ${MAX_FUNCTION_LINES + 2} lines`]);
        expect(defaultExports(long)).toEqual(["core/x.ts: export default A;"]);
        expect(defaultExports(parseSource("core/y.ts", "export default function y() {}"))).toHaveLength(1);
    });
});
