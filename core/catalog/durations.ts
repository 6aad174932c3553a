const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A whole number and its unit, without anything between: `500ms`, `5s`, `10m`, `24h`, `7d`. */
export const DURATION = /^[0-9]{1,9}(?:ms|s|m|h|d)$/;

/** Milliseconds of a text that matches `DURATION`; undefined for any other. */
export function parseDuration(text: string): number | undefined {
    const unit = DURATION.test(text) ? text.replace(/^[0-9]+/, "") : "";
    return Object.hasOwn(UNITS, unit) ? Number.parseInt(text, 10) * UNITS[unit as keyof typeof UNITS] : undefined;
}
