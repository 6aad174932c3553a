/** Something that can be ended from outside. */
export interface Abortable {
    abort(reason: unknown): void;
}

/**
 * One listener on the caller's signal for all exchanges under way. A listener for each request would cost an
 * add and a remove each time, and Node warns at eleven of them.
 */
export class AbortHub {
    readonly #signal: AbortSignal | undefined;
    readonly #members = new Set<Abortable>();
    readonly #listener = (): void => {
        const members = [...this.#members];
        this.#members.clear();
        for (const member of members) {
            member.abort(this.#signal?.reason);
        }
    };

    constructor(signal?: AbortSignal) {
        this.#signal = signal;
        signal?.addEventListener("abort", this.#listener, { once: true });
    }

    get aborted(): boolean {
        return this.#signal?.aborted === true;
    }

    get reason(): unknown {
        return this.#signal?.reason;
    }

    add(member: Abortable): void {
        if (this.#signal !== undefined) {
            this.#members.add(member);
        }
    }

    delete(member: Abortable): void {
        this.#members.delete(member);
    }

    close(): void {
        this.#signal?.removeEventListener("abort", this.#listener);
        this.#members.clear();
    }
}
