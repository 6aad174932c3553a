import type { Branch } from "@pulumi/github/branch";
import type { Repository } from "@pulumi/github/repository";
import type { RepositoryFile } from "@pulumi/github/repositoryFile";
import type { RepositoryRuleset } from "@pulumi/github/repositoryRuleset";
import { badArgument } from "../images/arguments";

interface GitHubResources {
    readonly Branch: typeof Branch;
    readonly Repository: typeof Repository;
    readonly RepositoryFile: typeof RepositoryFile;
    readonly RepositoryRuleset: typeof RepositoryRuleset;
}

/**
 * GitHub's resources, of the optional peer @pulumi/github: single modules, loaded where they are used.
 *
 * @throws InputPropertyError where the package is not installed
 */
export function githubResources(): GitHubResources {
    try {
        return {
            Branch: require("@pulumi/github/branch").Branch,
            Repository: require("@pulumi/github/repository").Repository,
            RepositoryFile: require("@pulumi/github/repositoryFile").RepositoryFile,
            RepositoryRuleset: require("@pulumi/github/repositoryRuleset").RepositoryRuleset,
        };
    } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" ? notInstalled() : error;
    }
}

function notInstalled(): Error {
    return badArgument(
        "delivery",
        'writing to a repository takes the package @pulumi/github: npm install @pulumi/github, or take delivery "render", which only returns the files',
    );
}
