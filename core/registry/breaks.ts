import { RegistryError } from "./errors";
import { PROGRESS_BYTES } from "./http/pace";

const BROKEN_OFF = new Set(["NETWORK_ERROR", "TIMEOUT", "SERVER_ERROR", "RATE_LIMITED"]);

/** How often in a row a body broke off, so that one which never gets on ends. */
export class Breaks {
    #count = 0;
    /** Bytes since the last break. */
    #gained = 0;

    /** @param most times in a row that a body may break off */
    constructor(private readonly most: number) {}

    /** A few bytes for each connection are no progress: the blob would take for ever. */
    gain(bytes: number): void {
        this.#gained += bytes;
        if (this.#gained >= PROGRESS_BYTES) {
            this.#count = 0;
        }
    }

    /** The break's number in a row; undefined where the body may not be asked for again. */
    next(error: unknown): number | undefined {
        this.#gained = 0;
        this.#count += 1;
        const brokeOff = error instanceof RegistryError && BROKEN_OFF.has(error.code);
        return brokeOff && this.#count <= this.most ? this.#count : undefined;
    }
}
