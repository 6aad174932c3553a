import { readFileSync } from "node:fs";
import { replaceFile } from "../core/catalog";
import { UsageError } from "./exit-code";

/** The text of a file that the user named; `undefined` where there is none. @throws UsageError where it cannot be read */
export function readIfThere(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") {
            return undefined;
        }
        throw new UsageError(`${path} cannot be read (${code}): check the path and its permissions.`, { cause: error });
    }
}

/** The same of a file that has to be there. */
export function readNamed(path: string): string {
    const text = readIfThere(path);
    if (text === undefined) {
        throw new UsageError(`${path} is not there: check the path.`);
    }
    return text;
}

/** Replaces it at once. @throws UsageError */
export function writeNamed(path: string, text: string): void {
    try {
        replaceFile(path, text);
    } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new UsageError(`${path} cannot be written (${code}): make its folder, or pass another path.`, {
            cause: error,
        });
    }
}
