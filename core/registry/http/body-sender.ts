import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { OutgoingBody } from "./body-exchange";
import { giveBack } from "./lent-buffers";
import { coded } from "./wire-dispatcher";

/**
 * Bytes that wait in this process for the socket before the body's next piece is asked for. The system's own buffer
 * behind it takes megabytes, so that this one need only bridge the way of a piece.
 */
const WINDOW = 256 * 1024;
/**
 * Bytes that are written in one turn of the event loop. While the system takes what it is given at once nothing else
 * would let others run: a source in memory would fill the system's buffer in one go, and a break lose all of it.
 */
const TURN = 64 * 1024;

/** Writes a body to a socket, no faster than the other side takes it. */
export class BodySender {
    readonly #socket: Socket;
    readonly #iterator: AsyncIterator<Uint8Array>;
    #left: number;
    #stopped = false;
    #drained: (() => void) | undefined;
    /** Bytes written in this turn of the event loop. */
    #turn = 0;

    constructor(socket: Socket, { chunks, length }: OutgoingBody) {
        this.#socket = socket;
        this.#iterator = chunks[Symbol.asyncIterator]();
        this.#left = length;
    }

    /** All of it has been handed to the socket. */
    get done(): boolean {
        return this.#left === 0;
    }

    /** Resolves when all is written or `stop` was called; rejects with what the body threw. */
    async send(): Promise<void> {
        let ended = false;
        try {
            while (!this.#stopped) {
                const result = await this.#iterator.next();
                ended = result.done === true;
                if (this.#stopped || (ended && this.#left === 0)) {
                    return;
                }
                if (result.done || result.value.length > this.#left) {
                    throw coded("UND_ERR_REQ_CONTENT_LENGTH_MISMATCH", "the body is not as long as its request says");
                }
                await this.#write(result.value);
            }
        } catch (error) {
            ended = true;
            throw error;
        } finally {
            if (!ended) {
                await this.#iterator.return?.();
            }
        }
    }

    /** The connection has ended, or its answer came first. */
    stop(): void {
        this.#stopped = true;
        this.#drained?.();
    }

    async #write(chunk: Uint8Array): Promise<void> {
        await this.#takeTurn();
        if (this.#stopped) {
            return;
        }
        this.#left -= chunk.length;
        this.#count(chunk.length);
        this.#socket.write(chunk, () => {
            giveBack(chunk);
            if (this.#socket.writableLength <= WINDOW) {
                this.#drained?.();
            }
        });
        if (this.#socket.writableLength > WINDOW) {
            await new Promise<void>((resolve) => {
                this.#drained = resolve;
            });
            this.#drained = undefined;
        }
    }

    /** Waits for the next turn where this one has had its share; a source that comes from a connection never gets there. */
    async #takeTurn(): Promise<void> {
        if (this.#turn >= TURN) {
            await nextTurn();
        }
    }

    #count(bytes: number): void {
        if (this.#turn === 0) {
            setImmediate(() => {
                this.#turn = 0;
            });
        }
        this.#turn += bytes;
    }
}
