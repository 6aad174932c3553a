import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { TransshipError } from "../../errors";

/** Who holds a store. `started` tells two processes with one id apart: ids come round, and a container's is always 1. */
interface Holder {
    readonly id: string;
    readonly pid: number;
    readonly host: string;
    readonly started?: string;
}

/** Stores held by this process, by real path: a lock with our own pid is stale unless it is in here. */
const heldHere = new Set<string>();

/** One process owns a store, since it keeps what is in it in memory. The lock of a process that is gone is taken over. */
export class StorageLock {
    private constructor(
        private readonly file: string,
        private readonly folder: string,
        private readonly id: string,
    ) {}

    /** @throws TransshipError STORAGE_IN_USE; whatever the file system throws */
    static acquire(root: string): StorageLock {
        const folder = realpathSync(root);
        const file = join(folder, "lock.json");
        const holder: Holder = { id: randomUUID(), pid: process.pid, host: hostname(), started: startOf(process.pid) };
        const own = join(folder, `lock.${holder.id}`);
        writeFileSync(own, JSON.stringify(holder));
        try {
            for (let attempt = 0; attempt < 3; attempt++) {
                if (linkOnce(own, file)) {
                    heldHere.add(folder);
                    return new StorageLock(file, folder, holder.id);
                }
                const other = readHolder(file);
                if (other !== undefined && isAlive(other, folder)) {
                    throw inUse(root, other);
                }
                moveAway(file, other);
            }
        } finally {
            rmSync(own, { force: true });
        }
        throw inUse(root, readHolder(file));
    }

    release(): void {
        heldHere.delete(this.folder);
        if (readHolder(this.file)?.id === this.id) {
            rmSync(this.file, { force: true });
        }
    }
}

/** A hard link appears whole or not at all, so that nobody reads half a lock. */
function linkOnce(from: string, to: string): boolean {
    try {
        linkSync(from, to);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") {
            return false;
        }
        throw error;
    }
}

/** Two processes may find one stale lock: whoever moves away the other's new one puts it back. */
function moveAway(file: string, stale: Holder | undefined): void {
    const aside = `${file}.${randomUUID()}`;
    try {
        renameSync(file, aside);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return;
        }
        throw error;
    }
    if (readHolder(aside)?.id !== stale?.id) {
        linkOnce(aside, file);
    }
    rmSync(aside, { force: true });
}

function readHolder(file: string): Holder | undefined {
    try {
        const value: unknown = JSON.parse(readFileSync(file, "utf8"));
        const holder = value as Partial<Holder> | null;
        return typeof holder?.pid === "number" && typeof holder.id === "string" ? (holder as Holder) : undefined;
    } catch {
        return undefined;
    }
}

/** A holder on another machine (a shared folder) cannot be asked: it counts as alive. */
function isAlive(holder: Holder, folder: string): boolean {
    if (holder.host !== hostname()) {
        return true;
    }
    if (holder.pid === process.pid) {
        return heldHere.has(folder);
    }
    try {
        process.kill(holder.pid, 0);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ESRCH") {
            return false;
        }
    }
    return holder.started === undefined || holder.started === startOf(holder.pid);
}

/** When a process began, in the kernel's ticks; undefined where there is no /proc. See proc(5), field 22 of stat. */
function startOf(pid: number): string | undefined {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    } catch {
        return undefined;
    }
}

function inUse(root: string, holder: Holder | undefined): TransshipError {
    const who = holder === undefined ? "another process" : `process ${holder.pid} on ${holder.host}`;
    return new TransshipError(
        "STORAGE_IN_USE",
        `The registry store ${root} is in use by ${who}: stop that one, or give this registry a folder of its own` +
            ` (if nothing uses it any more, delete lock.json in it).`,
    );
}
