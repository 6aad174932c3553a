const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `1.2 GB`: units of a thousand, as registries bill them. */
export function formatBytes(bytes: number): string {
    const { unit, power } = unitOf(bytes);
    const maximumFractionDigits = power === 0 ? 0 : 1;
    return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits }).format(bytes / 1000 ** power);
}

/** `14 MB/s`: two digits, since no measured speed has more. */
export function formatRate(bytesPerSecond: number): string {
    const { unit, power } = unitOf(bytesPerSecond);
    const format = new Intl.NumberFormat("en", { style: "unit", unit, maximumSignificantDigits: 2 });
    return `${format.format(bytesPerSecond / 1000 ** power)}/s`;
}

/** `80 ms`, `1.2 s`: two digits as well. */
export function formatMilliseconds(ms: number): string {
    const digits = new Intl.NumberFormat("en", { maximumSignificantDigits: 2, useGrouping: false });
    return ms < 995 ? `${digits.format(ms)} ms` : `${digits.format(ms / 1000)} s`;
}

function unitOf(bytes: number) {
    const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
    return { unit: UNITS[power], power };
}
