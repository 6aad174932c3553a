import { describe, expect, it } from "vitest";
import { giveBack, LENT_BYTES, share } from "../../core/registry/http/lent-buffers";
import { ReadRoom } from "../../core/registry/http/read-room";

/** Fills a whole buffer of the room in pieces, as reads do; what comes next is read elsewhere. */
function fill(room: ReadRoom, size: number): Buffer[] {
    const pieces: Buffer[] = [];
    for (let left = LENT_BYTES; left > 0; left -= size) {
        pieces.push(room.next().subarray(0, size));
        room.take(size);
    }
    return pieces;
}

const memory = (piece: Uint8Array) => piece.buffer;

describe("a lent buffer", () => {
    it("is used again once all of it was given back, in whatever parts", () => {
        const room = new ReadRoom(true);
        const [first, second] = fill(room, LENT_BYTES / 2) as [Buffer, Buffer];
        const next = room.next();
        expect(memory(next)).not.toBe(memory(first));
        giveBack(first.subarray(0, 10));
        giveBack(first.subarray(10));
        giveBack(second.subarray(0, LENT_BYTES / 2 - 1));
        expect(memory(new ReadRoom(true).next())).not.toBe(memory(first));
        giveBack(second.subarray(LENT_BYTES / 2 - 1));
        expect(memory(new ReadRoom(true).next())).toBe(memory(first));
    });

    it("is used again from its front, where nothing of it is out", () => {
        const room = new ReadRoom(true);
        const start = room.next().subarray(0, 1000);
        room.take(1000);
        expect(room.next().byteOffset).toBe(start.byteOffset + 1000);
        giveBack(start);
        expect(room.next().byteOffset).toBe(start.byteOffset);
    });

    it("waits for each of those who share it", () => {
        const room = new ReadRoom(true);
        const [piece] = fill(room, LENT_BYTES) as [Buffer];
        share(piece, 2);
        room.next();
        for (let holder = 1; holder <= 3; holder += 1) {
            expect(memory(new ReadRoom(true).next())).not.toBe(memory(piece));
            giveBack(piece);
        }
        expect(memory(new ReadRoom(true).next())).toBe(memory(piece));
    });

    it("is no business of memory that nobody lent", () => {
        const own = Buffer.alloc(10);
        giveBack(own);
        share(own, 3);
        const room = new ReadRoom(false);
        const piece = room.next().subarray(0, 10);
        room.take(10);
        giveBack(piece);
        expect(room.next().byteOffset).toBe(piece.byteOffset + 10);
    });
});
