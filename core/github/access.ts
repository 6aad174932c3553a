/** Which GitHub, and as whom. */
export interface GitHubAccess {
    /** The API's root without a slash at its end: `https://api.github.com`, `https://github.example.com/api/v3`. */
    readonly api: string;
    readonly token: string;
    /** Where the token came from, for messages: `GITHUB_TOKEN`. @default "the token" */
    readonly from?: string;
}

/** What one request is about, for the sentence that is told where it fails. */
export interface GitHubRequest {
    /** After "Could not": `read the branch main of kuzudb/explorer`. */
    readonly doing: string;
    /** The right that it takes, as in `rights.ts`: `contents: write`, `admin:org`. */
    readonly needs?: string;
    /** What to do where GitHub answers this status, in place of the general advice: `{ 410: "turn the issues on" }`. */
    readonly advice?: Readonly<Record<number, string>>;
    /**
     * Whether it may be sent again where nobody knows if it was done.
     *
     * @default true for GET, PUT and DELETE; a PUT that makes a commit is none such
     */
    readonly repeatable?: boolean;
}

export const PUBLIC_API = "https://api.github.com";

/** Where people look at what this API serves: `https://github.com`. */
export function webOf({ api }: Pick<GitHubAccess, "api">): string {
    return api === PUBLIC_API ? "https://github.com" : new URL(api).origin.replace(/^https:\/\/api\./, "https://");
}

/** GitHub, for a sentence. */
export function nameOf({ api }: Pick<GitHubAccess, "api">): string {
    return api === PUBLIC_API ? "GitHub" : `GitHub at ${new URL(api).host}`;
}

/** The path below the API's root, each part escaped. */
export function pathOf(parts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
    return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? "") + part);
}
