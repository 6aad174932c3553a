/** One file of an archive; folders are made of its path by whoever unpacks it. */
export interface TarEntry {
    /** Below the root, without a leading slash, at most 99 bytes. */
    readonly path: string;
    readonly content: Buffer;
    /** @default 0o644 */
    readonly mode?: number;
}

const BLOCK = 512;

/** A POSIX ustar archive (pax(1), "ustar Interchange Format") with fixed owners and times: equal entries, equal bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
    const parts = entries.flatMap(({ path, content, mode }) => [
        header(path, content.length, mode ?? 0o644),
        content,
        Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
    ]);
    return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(path: string, size: number, mode: number): Buffer {
    const block = Buffer.alloc(BLOCK);
    const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, "0")}\0`;
    block.write(path, 0, 100);
    block.write(octal(mode, 7), 100);
    block.write(octal(0, 7), 108);
    block.write(octal(0, 7), 116);
    block.write(octal(size, 11), 124);
    block.write(octal(0, 11), 136);
    block.write(" ".repeat(8), 148);
    block.write("0", 156);
    block.write("ustar\x0000", 257);
    block.write("root", 265);
    block.write("root", 297);
    const sum = block.reduce((total, byte) => total + byte, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    return block;
}
