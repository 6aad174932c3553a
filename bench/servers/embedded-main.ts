import { startEmbeddedRegistry } from "../../core/registry/embedded";

/** What the process says, and is asked: `reset` and `counts` are the questions, answered in their order. */
export type FromEmbedded =
    | { readonly type: "ready"; readonly host: string }
    | { readonly type: "counts"; readonly counts: Readonly<Record<string, number>> };
export type ToEmbedded = "reset" | "counts";

async function main(): Promise<void> {
    const registry = await startEmbeddedRegistry({ root: process.argv[2] ?? "" });
    const say = (message: FromEmbedded) => process.send?.(message);
    process.on("message", (question: ToEmbedded) => {
        say({ type: "counts", counts: registry.requests.snapshot() });
        if (question === "reset") {
            registry.requests.reset();
        }
    });
    // Whoever started it has ended, one way or another.
    process.on("disconnect", () => void registry.close());
    say({ type: "ready", host: registry.host });
}

void main();
