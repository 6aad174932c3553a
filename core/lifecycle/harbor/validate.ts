import * as v from "valibot";

export const text = (what: string) =>
    v.pipe(v.string(`${what} must be a text`), v.trim(), v.minLength(1, `${what} is empty`));

export const flag = (what: string) => v.optional(v.boolean(`${what} must be true or false`));

/** A service's address, without anything behind its host. */
export function isAddress(given: string): boolean {
    return /^https?:\/\/[^/?#@]+\/?$/.test(given) && URL.canParse(given);
}

/** What every object of Harbor's has. */
export const commonEntries = {
    url: v.pipe(
        text("url"),
        v.check(isAddress, "url must be Harbor's address without a path, such as https://harbor.example.com"),
    ),
    name: text("name"),
    credentials: text("credentials"),
    adopt: flag("adopt"),
};

export function problemsOf(schema: v.GenericSchema, inputs: unknown): string[] {
    return (v.safeParse(schema, inputs).issues ?? []).map(({ message }) => message);
}
