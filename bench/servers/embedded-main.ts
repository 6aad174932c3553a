import { startEmbeddedRegistry } from "../../core/registry/embedded";

/** What the process says, and is asked: each question is answered with the counts until then. */
export interface FromEmbedded {
    readonly host: string;
    readonly counts: Readonly<Record<string, number>>;
}
export interface ToEmbedded {
    /** Count from 0 on. */
    readonly reset: boolean;
}

async function main(): Promise<void> {
    const registry = await startEmbeddedRegistry({
        root: process.argv[2] ?? "",
        allowMissing: process.argv[3] === "bare",
    });
    const say = () => {
        const message: FromEmbedded = { host: registry.host, counts: registry.requests.snapshot() };
        process.send?.(message);
    };
    process.on("message", ({ reset }: ToEmbedded) => {
        say();
        if (reset) {
            registry.requests.reset();
        }
    });
    // Whoever started it has ended, one way or another.
    process.on("disconnect", () => void registry.close());
    say();
}

void main();
