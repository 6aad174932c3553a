import { cpus, loadavg, release, totalmem, type } from "node:os";

/** Where and when figures were taken: without it they mean nothing. */
export interface Machine {
    readonly date: string;
    readonly processor: string;
    readonly cores: number;
    /** Bytes. */
    readonly memory: number;
    readonly system: string;
    readonly node: string;
    /** Programs that wanted a core when the case began, on average over a minute: what else went on. */
    readonly load: number;
}

export function describeMachine(now: Date = new Date()): Machine {
    return {
        date: now.toISOString().slice(0, 16).replace("T", " "),
        processor: cpus()[0]?.model.trim() || "of an unknown make",
        cores: cpus().length,
        memory: totalmem(),
        system: `${type()} ${release()}`,
        node: process.version,
        load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    };
}

export function machineLine({ date, processor, cores, memory, system, node, load }: Machine): string {
    const gigabytes = Math.round(memory / 1024 ** 3);
    return `${date} UTC · ${cores} cores (${processor}), ${gigabytes} GB · ${system} · Node ${node} · load before: ${load}`;
}
