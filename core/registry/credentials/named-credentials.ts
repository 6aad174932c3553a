/** What `credentials: { from: config, key: … }` names, by key. */
export type NamedCredentials = Readonly<Record<string, { readonly username: string; readonly password: string }>>;

/** Whether somebody's JSON is that; the caller says what is wrong, and never repeats the value. */
export function isNamedCredentials(value: unknown): value is NamedCredentials {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        Object.values(value).every(
            (entry) => typeof entry?.username === "string" && typeof entry?.password === "string",
        )
    );
}
