/** How long a host that could not be reached is not asked again. */
const DOWN_MS = 5_000;

/**
 * Remembers that a host cannot be reached, so that of a thousand images at a registry that is down the first few wait
 * out the timeouts and retries and the others fail at once. It keeps the network's error, not the sentence made of it,
 * which names an image.
 */
export class HostHealth {
    #until = 0;
    #cause: unknown;

    /** A request used up its attempts without reaching the host. */
    failed(cause: unknown, now: number): void {
        this.#cause = cause;
        this.#until = now + DOWN_MS;
    }

    /** Anything at all was answered. */
    reached(): void {
        this.#cause = undefined;
    }

    /** Why nothing should be sent now. */
    refusal(now: number): unknown {
        return now < this.#until ? this.#cause : undefined;
    }
}
