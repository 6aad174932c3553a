/** A Markdown table, padded so that it reads as plain text too. The first column is left-aligned, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    const widths = head.map((title, column) =>
        Math.max(3, title.length, ...rows.map((row) => (row[column] ?? "").length)),
    );
    const line = (cells: readonly string[]) =>
        `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
    const rule = widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
    return [line(head), line(rule), ...rows.map(line)].join("\n");
}

/** `1,234` */
export function count(value: number): string {
    return Math.round(value).toLocaleString("en-US");
}

export function milliseconds(value: number): string {
    return `${count(value)} ms`;
}

export function megabytes(bytes: number | undefined): string {
    return bytes === undefined ? "unknown" : `${count(bytes / 1024 / 1024)} MB`;
}

/** `0.83×` */
export function ratio(ours: number, theirs: number): string {
    return `${(ours / theirs).toFixed(2)}×`;
}
