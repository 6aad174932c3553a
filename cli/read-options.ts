import { UsageError } from "./exit-code";

const SIZES: Readonly<Record<string, number>> = {
    "": 1,
    kb: 1000,
    mb: 1000 ** 2,
    kib: 1024,
    mib: 1024 ** 2,
};

/** A whole number between two others. @throws UsageError that names the option */
export function readNumber(option: string, value: unknown, least: number, most: number): number {
    const text = String(value);
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= least && number <= most)) {
        throw new UsageError(
            `${option} ${JSON.stringify(text)} will not do: write a whole number from ${least} to ${most}.`,
        );
    }
    return number;
}

/** `4194304`, `4MiB`, `500kB`. @throws UsageError that names the option */
export function readSize(option: string, value: unknown, most: number): number {
    const [, digits = "", unit = ""] = /^(\d{1,9})\s*([kKmM]i?[bB]|)$/.exec(String(value)) ?? [];
    const bytes = digits === "" ? Number.NaN : Number(digits) * (SIZES[unit.toLowerCase()] ?? Number.NaN);
    if (!(bytes <= most)) {
        throw new UsageError(
            `${option} ${JSON.stringify(String(value))} is no size up to ${most} bytes: write 4194304, 4MiB or 500kB.`,
        );
    }
    return bytes;
}
