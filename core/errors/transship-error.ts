/**
 * The root of every error that Transship throws on purpose: one sentence for the person who reads it, a stable
 * `code` for the program that does, and what caused it. Its message is complete: what happened, to which image, at
 * which registry, and what to do. A caller prints the message and nothing else.
 */
export class TransshipError extends Error {
    override readonly name: string = "TransshipError";
    /** Stable, upper case, underscores: `CATALOG_INVALID`, `UNAUTHORIZED`, `MANIFEST_UNKNOWN`. */
    readonly code: string;

    constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
        super(message, options);
        this.code = code;
    }

    /**
     * The mark by which Pulumi's runtime knows its own RunError: it prints the message of what a program throws, and
     * not the stack. A mark, not the class: nothing here loads Pulumi.
     */
    get __pulumiRunError(): true {
        return true;
    }

    /**
     * Without the stack, which `error.stack` still has. Pulumi inspects, in colour, whatever a program throws; where a
     * frame is a file right below `node_modules/@pulumi`, Node 20 then fills half a gigabyte before it gives up (30 s).
     */
    [Symbol.for("nodejs.util.inspect.custom")](): string {
        return `${this.name} [${this.code}]: ${this.message}`;
    }
}

/** The sentence for a person: our own errors as they are, a stranger's with its code, never a stack. */
export function describeError(error: unknown): string {
    if (error instanceof Error) {
        return error.message || error.name;
    }
    return String(error);
}
