const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** `1.2 GB`: units of a thousand, as registries bill them. */
export function formatBytes(bytes: number): string {
    const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
    const unit = UNITS[power];
    const maximumFractionDigits = power === 0 ? 0 : 1;
    return new Intl.NumberFormat("en", { style: "unit", unit, maximumFractionDigits }).format(bytes / 1000 ** power);
}
