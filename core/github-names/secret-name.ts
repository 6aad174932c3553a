/** UTF-8 bytes of a secret's or variable's value. (https://docs.github.com/en/actions/reference/security/secrets) */
export const MAX_SECRET_BYTES = 48 * 1024;
/** How many secrets a place may have. */
export const MAX_SECRETS = { repository: 100, organization: 1000, environment: 100 } as const;

/**
 * Why GitHub refuses the name of a secret or variable, as a clause with what to do; undefined where it takes it.
 * (https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets)
 */
export function secretNameProblem(name: string): string | undefined {
    const shown = JSON.stringify(name);
    if (name === "") {
        return "a secret's name is empty: write one of letters, digits and underscores";
    }
    const [strange] = /[^A-Za-z0-9_]/u.exec(name) ?? [];
    if (strange !== undefined) {
        const better = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
        const hint = secretNameProblem(better) === undefined ? `, such as ${better.toUpperCase()}` : "";
        return `GitHub takes no secret of the name ${shown}, which has ${JSON.stringify(strange)} in it: use letters, digits and underscores only${hint}`;
    }
    if (/^\d/.test(name)) {
        return `GitHub takes no secret of the name ${shown}, which begins with a digit: begin it with a letter or an underscore`;
    }
    return /^GITHUB_/i.test(name)
        ? `GitHub takes no secret of the name ${shown}: names that begin with GITHUB_ are its own; use another prefix, such as GH_`
        : undefined;
}

/** Why a value cannot be stored, without the value; undefined where it can. */
export function secretValueProblem(name: string, value: string): string | undefined {
    const bytes = Buffer.byteLength(value, "utf8");
    if (bytes === 0) {
        return `the secret ${name} has an empty value, which GitHub refuses: give it one, or leave it out`;
    }
    return bytes > MAX_SECRET_BYTES
        ? `the secret ${name} has ${bytes} bytes, and GitHub stores ${MAX_SECRET_BYTES} at most: encrypt it into a file of the repository, and make the passphrase the secret`
        : undefined;
}

/** Names of one place that GitHub does not tell apart: it stores them in upper case. @returns pairs, each as written */
export function sameSecretNames(names: readonly string[]): (readonly [string, string])[] {
    const seen = new Map<string, string>();
    const same: (readonly [string, string])[] = [];
    for (const name of names) {
        const first = seen.get(name.toUpperCase());
        if (first === undefined) {
            seen.set(name.toUpperCase(), name);
        } else {
            same.push([first, name]);
        }
    }
    return same;
}
