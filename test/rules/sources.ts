import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

export const CHECKOUT = join(__dirname, "..", "..");

export interface SourceFile {
    /** Path below the checkout, with forward slashes. */
    readonly path: string;
    readonly text: string;
    readonly tree: ts.SourceFile;
}

export interface Import {
    readonly file: string;
    /** 1-based. */
    readonly line: number;
    readonly specifier: string;
    /** Whether nothing of it is left at run time. */
    readonly typeOnly: boolean;
}

/** Every TypeScript file below these folders of the checkout. */
export function sourcesIn(...folders: readonly string[]): SourceFile[] {
    return folders.flatMap((folder) =>
        readdirSync(join(CHECKOUT, folder), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
            .map((entry) => readSource(relative(CHECKOUT, join(entry.parentPath, entry.name)))),
    );
}

export function readSource(path: string): SourceFile {
    return parseSource(path, readFileSync(join(CHECKOUT, path), "utf8"));
}

export function parseSource(path: string, text: string): SourceFile {
    return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true) };
}

/** Imports, re-exports, `require` calls and dynamic imports of a file. */
export function importsOf(source: SourceFile): Import[] {
    const found: Import[] = [];
    const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean) => {
        if (specifier && ts.isStringLiteralLike(specifier)) {
            const line = source.tree.getLineAndCharacterOfPosition(node.getStart()).line + 1;
            found.push({ file: source.path, line, specifier: specifier.text, typeOnly });
        }
    };
    const visit = (node: ts.Node): void => {
        if (ts.isImportDeclaration(node)) {
            add(node, node.moduleSpecifier, isTypeOnlyImport(node.importClause));
        } else if (ts.isExportDeclaration(node)) {
            add(node, node.moduleSpecifier, node.isTypeOnly || allTypes(node.exportClause));
        } else if (ts.isImportTypeNode(node)) {
            add(node, ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
        } else if (ts.isCallExpression(node) && isLoad(node)) {
            add(node, node.arguments[0], false);
        }
        ts.forEachChild(node, visit);
    };
    visit(source.tree);
    return found;
}

/** The file or folder below the checkout that a relative import means; a package's name as it is. */
export function targetOf({ file, specifier }: Import): string {
    return specifier.startsWith(".") ? join(dirname(file), specifier).replaceAll("\\", "/") : specifier;
}

function isLoad(node: ts.CallExpression): boolean {
    return (
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        (ts.isIdentifier(node.expression) && node.expression.text === "require")
    );
}

function isTypeOnlyImport(clause: ts.ImportClause | undefined): boolean {
    if (!clause) {
        return false;
    }
    return clause.isTypeOnly || (clause.name === undefined && allTypes(clause.namedBindings));
}

function allTypes(names: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
    return (
        names !== undefined &&
        (ts.isNamedImports(names) || ts.isNamedExports(names)) &&
        names.elements.length > 0 &&
        names.elements.every((element) => element.isTypeOnly)
    );
}
