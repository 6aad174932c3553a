import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds between two looks; the kernel keeps each process's own peak, so only its last moments can be missed. */
const EVERY_MS = 50;

/**
 * The greatest peak of any process whose command line holds this text, while the work runs; undefined where there is no
 * /proc, or none was seen.
 */
export async function peakMemoryOf<T>(
    text: string,
    work: () => Promise<T>,
): Promise<{ readonly result: T; readonly peakBytes: number | undefined }> {
    let peakBytes: number | undefined;
    const look = (): void => {
        for (const bytes of peaksNow(text)) {
            peakBytes = Math.max(peakBytes ?? 0, bytes);
        }
    };
    const timer = setInterval(look, EVERY_MS);
    try {
        const result = await work();
        return { result, peakBytes };
    } finally {
        clearInterval(timer);
    }
}

function peaksNow(text: string): number[] {
    return pids().flatMap((pid) => {
        try {
            if (!readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(text)) {
                return [];
            }
            const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
            return kilobytes === undefined ? [] : [Number(kilobytes) * 1024];
        } catch {
            // It has ended meanwhile.
            return [];
        }
    });
}

function pids(): string[] {
    try {
        return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    } catch {
        return [];
    }
}
