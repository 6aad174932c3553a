import { accessSync, constants, mkdirSync } from "node:fs";
import { join } from "node:path";
import { TransshipError } from "../../core/errors";

/** The folders of the local environment, all below the checkout. */
export interface LocalDirectory {
    readonly root: string;
    /** The engine's file backend. */
    readonly state: string;
    /** The stores of the embedded registries. */
    readonly registries: string;
}

/**
 * Makes the folders.
 *
 * @throws TransshipError `DIRECTORY_UNWRITABLE`
 */
export function prepareDirectory(root: string): LocalDirectory {
    const directory = { root, state: join(root, "state"), registries: join(root, "registries") };
    try {
        for (const path of [directory.state, directory.registries]) {
            mkdirSync(path, { recursive: true });
            accessSync(path, constants.W_OK);
        }
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
        throw new TransshipError(
            "DIRECTORY_UNWRITABLE",
            `The folder ${root}, which holds the local stack's state and images, cannot be written (${code}): ` +
                "make it writable for this user, or delete it, and run this again.",
            { cause: error },
        );
    }
    return directory;
}
