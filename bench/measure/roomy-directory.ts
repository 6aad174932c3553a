import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const MEMORY = "/dev/shm";
/** Two stores of the largest images, three of one, and what has been deleted and not yet freed. */
const NEEDED_BYTES = 4 * 1024 ** 3;

/**
 * Where the registries' stores are: in memory where there is enough, since a registry flushes every blob to its disk,
 * and the disk's 1 to 5 ms would be most of what is measured of a small image. Else the system's temporary folder.
 */
export function roomyDirectory(): string {
    try {
        accessSync(MEMORY, constants.W_OK);
        const { bavail, bsize } = statfsSync(MEMORY);
        return bavail * bsize >= NEEDED_BYTES ? MEMORY : tmpdir();
    } catch {
        return tmpdir();
    }
}
