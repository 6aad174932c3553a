import { TransshipError } from "../errors";

/** `owner/name`, as GitHub takes it: https://docs.github.com/en/rest/repos/repos#get-a-repository */
export interface RepositoryName {
    readonly owner: string;
    readonly name: string;
}

/**
 * Splits `owner/name`. An address of the repository's page is a common mistake, and told as such.
 *
 * @throws TransshipError `USAGE`
 */
export function parseRepositoryName(text: string): RepositoryName {
    const [, owner, name] = /^([A-Za-z\d](?:[A-Za-z\d]|[-_](?=[A-Za-z\d_])){0,100})\/([\w.-]{1,100})$/.exec(text) ?? [];
    if (owner === undefined || name === undefined || name === "." || name === "..") {
        const found = /^(?:https?:\/\/|git@|ssh:\/\/)[^/:]+[/:](?<inside>[^/]+\/[^/]+?)(?:\.git|\/)?$/.exec(
            text,
        )?.groups;
        const hint = found?.inside === undefined ? "write owner/name" : `write ${found.inside}`;
        throw new TransshipError("USAGE", `${JSON.stringify(text)} is no GitHub repository: ${hint}.`);
    }
    return { owner, name };
}
