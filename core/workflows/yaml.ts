import { Document, isMap, isPair, isScalar, type Node, Scalar, type YAMLMap, type YAMLSeq } from "yaml";

/** A document in our way of writing YAML: nothing folded, an empty line where `spaced` asks for one. */
export function renderYaml(content: object, spaced: (contents: unknown) => void = () => undefined): string {
    const document = new Document(content, { aliasDuplicateObjects: false });
    spaced(document.contents);
    return document.toString({ lineWidth: 0, nullStr: "" });
}

/** A value with a comment behind it. */
export function annotated(value: string, comment: string): Scalar<string> {
    const scalar = new Scalar(value);
    scalar.comment = ` ${comment}`;
    return scalar;
}

/** Lines as a block, as one reads a script. */
export function block(lines: readonly string[]): Scalar<string> {
    const scalar = new Scalar(`${lines.join("\n")}\n`);
    scalar.type = Scalar.BLOCK_LITERAL;
    return scalar;
}

/** An empty line before each entry of a map or a list but the first. */
export function spaceItems(collection: unknown): void {
    for (const item of itemsOf(collection).slice(1)) {
        const node = isPair(item) ? item.key : item;
        if (isScalar(node) || isMap(node)) {
            (node as Node).spaceBefore = true;
        }
    }
}

function itemsOf(collection: unknown): readonly unknown[] {
    return (collection as YAMLMap | YAMLSeq | undefined)?.items ?? [];
}
