import { readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

/** What the engine's file backend writes into the lock of a stack. */
interface StackLock {
    readonly pid?: number;
    readonly hostname?: string;
}

/**
 * Whether a stack in the file backend is locked by engines that run no more, all of them on this machine: then
 * `pulumi cancel` is safe. A lock of another machine may be alive.
 */
export function hasStaleLock(stateDirectory: string, project: string, stack: string): boolean {
    const directory = join(stateDirectory, ".pulumi", "locks", "organization", project, stack);
    const locks = readLocks(directory);
    return locks.length > 0 && locks.every((lock) => lock.hostname === hostname() && !isAlive(lock.pid));
}

function readLocks(directory: string): StackLock[] {
    try {
        return readdirSync(directory)
            .filter((name) => name.endsWith(".json"))
            .map((name) => JSON.parse(readFileSync(join(directory, name), "utf8")) as StackLock);
    } catch {
        // No folder: never locked. A lock that is no JSON is somebody's, and stays.
        return [];
    }
}

function isAlive(pid: number | undefined): boolean {
    if (pid === undefined) {
        return true;
    }
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return (error as NodeJS.ErrnoException).code !== "ESRCH";
    }
}
