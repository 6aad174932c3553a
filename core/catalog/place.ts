/** Keys and indexes from the root of a document to a value. */
export type Path = readonly (string | number)[];

/** 1-based, in UTF-16 units, as editors count. */
export interface Position {
    readonly line: number;
    readonly column: number;
}

/** What was written: a file's content, or an object of a program, which has no positions. */
export interface WrittenDocument {
    /** As the user named it, for messages. */
    readonly file?: string;
    /** Plain JSON; anything at all for an object. */
    readonly value: unknown;
    /** Where a value (or its key) stands; of its nearest ancestor where it is not written at all. */
    position(path: Path, on: "key" | "value"): Position | undefined;
    /** A scalar as it stands in the file: `1.10`, which is the number 1.1. */
    sourceText(path: Path): string | undefined;
}

/** An object that no file holds: problems tell the path of keys only. */
export function objectDocument(value: unknown): WrittenDocument {
    return { value, position: () => undefined, sourceText: () => undefined };
}

/** One place in one document. */
export class Place {
    constructor(
        readonly document: WrittenDocument,
        readonly path: Path,
    ) {}

    at(...keys: Path): Place {
        return new Place(this.document, [...this.path, ...keys]);
    }

    /** `catalog.yaml:12:3`, or `images.vault` where no file is known: how one problem names a second place. */
    describe(): string {
        const position = this.document.position(this.path, "key");
        return this.document.file === undefined || position === undefined
            ? formatPath(this.path)
            : `${this.document.file}:${position.line}:${position.column}`;
    }
}

/** `images.vault.tags[0]`; keys that are no plain names are quoted. */
export function formatPath(path: Path): string {
    return path.reduce<string>((text, key) => {
        if (typeof key === "number") {
            return `${text}[${key}]`;
        }
        const plain = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(key);
        return plain ? (text === "" ? key : `${text}.${key}`) : `${text}[${JSON.stringify(key.slice(0, 100))}]`;
    }, "");
}
