/**
 * Buffers that are used again once everybody who got a piece of them has given it back.
 *
 * Buffers that are left to the garbage collector cost more than they seem: V8 runs a whole collection for about every
 * 35 MB of them, 17 for 600 MiB, which took a quarter of the processor time of a relay. What is never given back is
 * collected as any buffer: to forget it is slow, and never wrong. To give back what is still read is wrong.
 */
export interface LentBuffer {
    readonly bytes: Buffer;
    /** Bytes handed out, once for each holder. */
    lent: number;
    returned: number;
    /** Nothing more will be read into it before all of it is back. */
    full: boolean;
}

/** Bytes of each buffer. */
export const LENT_BYTES = 512 * 1024;
/** Bytes of free buffers that are kept. */
const MAX_FREE = 32 * 1024 * 1024;

const owners = new WeakMap<ArrayBufferLike, LentBuffer>();
const free: Buffer[] = [];

export function borrow(): LentBuffer {
    const bytes = free.pop() ?? Buffer.allocUnsafeSlow(LENT_BYTES);
    const buffer = { bytes, lent: 0, returned: 0, full: false };
    owners.set(bytes.buffer, buffer);
    return buffer;
}

/** Ends the filling of a buffer. */
export function retire(buffer: LentBuffer): void {
    buffer.full = true;
    reuse(buffer);
}

/**
 * Says that nobody reads these bytes any more; to be called once by each holder, in whatever parts. A buffer of anybody
 * else's is left alone.
 */
export function giveBack(piece: Uint8Array): void {
    const buffer = owners.get(piece.buffer);
    if (buffer !== undefined) {
        buffer.returned += piece.length;
        reuse(buffer);
    }
}

/** Says that `holders` more will give the piece back, besides the one that has it. */
export function share(piece: Uint8Array, holders: number): void {
    const buffer = owners.get(piece.buffer);
    if (buffer !== undefined) {
        buffer.lent += piece.length * holders;
    }
}

function reuse(buffer: LentBuffer): void {
    if (buffer.full && buffer.returned === buffer.lent) {
        owners.delete(buffer.bytes.buffer);
        if ((free.length + 1) * LENT_BYTES <= MAX_FREE) {
            free.push(buffer.bytes);
        }
    }
}
