import { WorkflowError } from "../error";

/** What may be in a branch's or tag's name, with `*` (not `/`) and `**` (anything) as GitHub's filters have them. */
const PATTERN = /^[A-Za-z0-9._/+@#*-]+$/;

/**
 * @param patterns names of branches or tags
 * @throws WorkflowError for the first that is none that every platform reads alike
 */
export function checkRefPatterns(patterns: readonly string[]): void {
    const bad = patterns.find((pattern) => !PATTERN.test(pattern) || pattern.startsWith("-"));
    if (bad !== undefined) {
        throw new WorkflowError(
            `${JSON.stringify(bad)} is no pattern for branches or tags here: take letters, digits and . _ - / + @ #, with * and ** for any.`,
        );
    }
}

export function hasWildcard(pattern: string): boolean {
    return pattern.includes("*");
}

/** As a regular expression of RE2's over the whole name, as GitLab writes one between slashes. */
export function refExpression(pattern: string): string {
    const parts = pattern.split(/(\*\*|\*)/).map((part) => {
        if (part === "**") {
            return ".*";
        }
        return part === "*" ? "[^\\/]*" : part.replace(/[^A-Za-z0-9_]/g, "\\$&");
    });
    return `^${parts.join("")}$`;
}

/** As GitLab and Jenkins read it: there `**` is whole folders only. `src/**` is `src/**\/*`, `**.js` is `**\/*.js`. */
export function pathPattern(path: string): string {
    return path.replace(/\*\*(?!\/)/g, "**/*");
}

/**
 * @param paths of files, with `*` and `**`, as GitHub's `paths` has them
 * @throws WorkflowError for the first that would mean something else
 */
export function checkPaths(paths: readonly string[]): void {
    const bad = paths.find((path) => path === "" || /[$%!?{}[\]\\\0\n\r]/.test(path) || /^\/|[^/]\*\*/.test(path));
    if (bad !== undefined) {
        throw new WorkflowError(
            `${JSON.stringify(bad)} is no pattern for paths here: write it from the repository's root, with * and ** for any, without $ % ! ? { } [ ] and backslashes.`,
        );
    }
}
