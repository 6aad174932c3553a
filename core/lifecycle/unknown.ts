/** How the engine's SDK writes a value that is not known before the deploy; it reaches hooks nested, too. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value holds anything that is not known yet. */
export function hasUnknown(value: unknown): boolean {
    if (typeof value === "string") {
        return value === UNKNOWN;
    }
    if (typeof value !== "object" || value === null) {
        return false;
    }
    return Object.values(value).some(hasUnknown);
}
