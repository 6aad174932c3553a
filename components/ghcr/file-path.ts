import { badArgument } from "../images/arguments";

/** A path of a file from the repository's root. @throws InputPropertyError */
export function checkPath(property: string, path: string): string {
    if (
        path === "" ||
        path.startsWith("/") ||
        path.endsWith("/") ||
        path.split("/").some((part) => /^\.{0,2}$/.test(part))
    ) {
        throw badArgument(
            property,
            `${JSON.stringify(path)} is no path from the repository's root: write it as .github/transship/catalog.yaml`,
        );
    }
    return path;
}

/** GitHub runs workflows of one folder only. @throws InputPropertyError */
export function checkWorkflowPath(path: string): string {
    if (!/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) {
        throw badArgument(
            "workflowPath",
            `GitHub runs no workflow at ${JSON.stringify(path)}: write .github/workflows/NAME.yml`,
        );
    }
    return path;
}
