/** Requests by method and kind, as the server saw them: `{ "HEAD manifest": 1000 }`. */
export type RequestCounts = Readonly<Record<string, number>>;

/** A registry that runs as a process of its own on 127.0.0.1, the same one for every tool that is measured. */
export interface RegistryServer {
    /** `127.0.0.1:40001`; the same for the server's whole life, also after a count. */
    readonly host: string;
    /** Of the process that serves now: a count may start another one. */
    pid(): number | undefined;
    /**
     * Requests that arrive while `work` runs. Counting may cost the server time (an access log), so that a counted run
     * is never a timed one.
     */
    count(work: () => Promise<unknown>): Promise<RequestCounts>;
    close(): Promise<void>;
}

/** A way to start registries of one make. */
export interface RegistryMake {
    /** For tables: `embedded registry`, `docker-registry 2.8.2`. */
    readonly title: string;
    /** @param directory an empty folder for its store */
    start(directory: string): Promise<RegistryServer>;
}

export function sumOf(counts: RequestCounts): number {
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** The counts of several servers as one. */
export function mergeCounts(parts: readonly RequestCounts[]): RequestCounts {
    const merged: Record<string, number> = {};
    for (const [key, count] of parts.flatMap((part) => Object.entries(part))) {
        merged[key] = (merged[key] ?? 0) + count;
    }
    return Object.fromEntries(Object.entries(merged).sort(([a], [b]) => (a < b ? -1 : 1)));
}
