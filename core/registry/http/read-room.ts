import { borrow, LENT_BYTES, type LentBuffer, retire } from "./lent-buffers";

/** A rest of a buffer that is not worth a read, and the length of a body that is not worth a buffer of the pool's. */
const SMALL = 32 * 1024;

/**
 * Where a body's next bytes are read into: one buffer from its front to its end, then another. Node's own reads are of
 * 64 KiB at most, and each costs a system call, a buffer and a walk through several layers. What comes in small pieces
 * (a TLS record holds 16 KiB) lies in a row here, and pieces which nobody has taken yet are handed on as one.
 */
export class ReadRoom {
    readonly #lend: boolean;
    #lent: LentBuffer | undefined;
    #bytes: Buffer = Buffer.alloc(0);
    #used = 0;

    /** @param lend buffers are used again when all pieces are given back; otherwise whoever has a piece may keep it */
    constructor(lend: boolean) {
        this.#lend = lend;
    }

    /** Where the next read goes. @param wanted bytes that are still to come, where that is known */
    next(wanted = LENT_BYTES): Buffer {
        if (this.#lent !== undefined && this.#lent.returned === this.#lent.lent) {
            this.#used = 0;
        }
        if (this.#bytes.length - this.#used < Math.min(SMALL, wanted)) {
            this.#renew(wanted);
        }
        return this.#bytes.subarray(this.#used);
    }

    /** The first `length` bytes of what `next` gave have been written. */
    take(length: number): void {
        this.#used += length;
        if (this.#lent !== undefined) {
            this.#lent.lent += length;
        }
    }

    close(): void {
        if (this.#lent !== undefined) {
            retire(this.#lent);
            this.#lent = undefined;
        }
        this.#bytes = Buffer.alloc(0);
        this.#used = 0;
    }

    #renew(wanted: number): void {
        this.close();
        if (this.#lend && wanted > SMALL) {
            this.#lent = borrow();
            this.#bytes = this.#lent.bytes;
        } else {
            this.#bytes = Buffer.allocUnsafeSlow(Math.min(LENT_BYTES, wanted));
        }
    }
}
