import type { Dispatcher } from "undici";
import type { BodyConnection } from "./body-connection";
import type { ResponseHead } from "./response-head";

/** A body that is sent, of a length that its request's head tells. */
export interface OutgoingBody {
    readonly chunks: AsyncIterable<Uint8Array>;
    /** Bytes. */
    readonly length: number;
}

export interface BodyExchangeOptions {
    /** Request line and headers. */
    readonly text: string;
    readonly body?: OutgoingBody;
    /** Milliseconds of silence until the answer begins. */
    readonly headersTimeout: number;
    /** Milliseconds of silence within the answer. */
    readonly bodyTimeout: number;
    /** Pieces of the answer's body are lent (`lent-buffers.ts`). */
    readonly lend: boolean;
    readonly handler: Dispatcher.DispatchHandler;
}

/** One request and its answer, either with a large body: who hears of it, and how it is held back or ended. */
export class BodyExchange implements Dispatcher.DispatchController {
    readonly options: BodyExchangeOptions;
    paused = false;
    aborted = false;
    reason: Error | null = null;
    /** Where it is under way. */
    connection: BodyConnection | undefined;
    #ended = false;

    constructor(options: BodyExchangeOptions) {
        this.options = options;
    }

    pause(): void {
        this.paused = true;
        this.connection?.pause();
    }

    resume(): void {
        this.paused = false;
        this.connection?.resume();
    }

    abort(reason: Error): void {
        this.aborted = true;
        this.reason = reason;
        this.connection?.destroy(reason);
    }

    begin({ status, headers }: ResponseHead): void {
        this.options.handler.onResponseStart?.(this, status, headers);
    }

    give(piece: Buffer): void {
        if (!this.aborted) {
            this.options.handler.onResponseData?.(this, piece);
        }
    }

    succeed(): void {
        if (!this.#ended) {
            this.#ended = true;
            this.options.handler.onResponseEnd?.(this, {});
        }
    }

    fail(error: Error): void {
        if (!this.#ended) {
            this.#ended = true;
            this.options.handler.onResponseError?.(this, error);
        }
    }
}
