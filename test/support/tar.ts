/** An entry of a tar: a file with its bytes, or a symbolic link. */
export type TarEntry =
    | { readonly path: string; readonly bytes: Uint8Array; readonly mode?: number }
    | { readonly path: string; readonly link: string };

const BLOCK = 512;

/** A tar (POSIX ustar) with owner root and time 0, so that equal entries give equal bytes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
    const parts = entries.flatMap((entry) => {
        const bytes = "bytes" in entry ? Buffer.from(entry.bytes) : Buffer.alloc(0);
        return [headerOf(entry, bytes.length), bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
    });
    return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(entry: TarEntry, size: number): Buffer {
    const link = "link" in entry ? entry.link : "";
    const mode = "bytes" in entry ? (entry.mode ?? 0o644) : 0o777;
    if (entry.path.length > 100 || link.length > 100) {
        throw new Error(`${entry.path} is too long for this tar`);
    }
    const header = Buffer.alloc(BLOCK);
    header.write(entry.path, 0);
    header.write(octal(mode, 7), 100);
    header.write(octal(0, 7), 108);
    header.write(octal(0, 7), 116);
    header.write(octal(size, 11), 124);
    header.write(octal(0, 11), 136);
    header.write("        ", 148);
    header.write("link" in entry ? "2" : "0", 156);
    header.write(link, 157);
    header.write("ustar\u000000", 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${octal(sum, 6)}\0 `, 148);
    return header;
}

function octal(value: number, digits: number): string {
    return value.toString(8).padStart(digits, "0");
}
