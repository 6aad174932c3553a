import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The path of an executable file called `name` in the folders of `path` (by default PATH), or undefined. */
export function findProgram(name: string, path: string = process.env.PATH ?? ""): string | undefined {
    return path
        .split(delimiter)
        .filter((directory) => directory !== "")
        .map((directory) => join(directory, name))
        .find(isExecutable);
}

/** Whether `file` is a file with content that this user may run; an interrupted download leaves an empty one. */
export function isExecutable(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        const found = statSync(file);
        return found.isFile() && found.size > 0;
    } catch {
        return false;
    }
}
