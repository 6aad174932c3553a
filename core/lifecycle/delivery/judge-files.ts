import { stateOf, textDigest } from "../../workflows";

/** One file of a delivery, as it is wanted and as it is. */
export interface SeenFile {
    readonly path: string;
    /** sha256 of what the component wants there. */
    readonly wanted: string;
    /** The text on the branch that is delivered to; absent where there is none. */
    readonly base?: string;
    /** The text on the pull request's branch, where that branch is there already. */
    readonly head?: string;
}

/** A file that somebody else wrote, or changed since we did. */
export interface EditedFile {
    readonly path: string;
    readonly at: "base" | "head";
    readonly state: "edited" | "foreign";
    readonly text: string;
}

/**
 * The files that must not be written over without a word. What already is as it is wanted, and what we wrote and nobody
 * touched since, is none. Pure.
 *
 * @param isInitial whether a text is what GitHub began the repository with
 */
export function editedFiles(files: readonly SeenFile[], isInitial: (file: SeenFile) => boolean): EditedFile[] {
    return files.flatMap((file) => {
        // Where the pull request's branch has the base's text, nobody wrote it there.
        const head = file.head === file.base ? undefined : edited(file, "head");
        const found = head ?? (isInitial(file) ? undefined : edited(file, "base"));
        return found === undefined ? [] : [found];
    });
}

function edited(file: SeenFile, at: "base" | "head"): EditedFile | undefined {
    const text = file[at];
    if (text === undefined || textDigest(text) === file.wanted) {
        return undefined;
    }
    const state = stateOf(text);
    return state === "untouched" ? undefined : { path: file.path, at, state, text };
}

/** Whether the base has every file as it is wanted, or as it is kept. */
export function isDelivered(files: readonly SeenFile[], kept: Readonly<Record<string, string>>): boolean {
    return files.every(
        ({ base, path, wanted }) =>
            base !== undefined && (textDigest(base) === wanted || (Object.hasOwn(kept, path) && kept[path] === base)),
    );
}

/**
 * A branch's name that tells what changes into what: other content, or another state to begin from, is another branch, so
 * that no pull request conflicts with one that was squashed before it.
 */
export function headName(prefix: string, files: readonly SeenFile[]): string {
    const change = files.map(({ base, path, wanted }) => [path, wanted, base === undefined ? "" : textDigest(base)]);
    const text = JSON.stringify(change.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)));
    return `${prefix}-${textDigest(text).slice(0, 12)}`;
}
