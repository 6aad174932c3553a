import { getRepositoryOutput } from "@pulumi/github/getRepository";
import * as pulumi from "@pulumi/pulumi";
import { badArgument, checkChoice } from "../images/arguments";
import type { Visibility } from "./organization-places";
import { type RepositoryNames, readRepositories } from "./repository-names";

export interface OrganizationAccess {
    /**
     * Which of the organisation's repositories get the secrets. With `private`, GitHub gives them to private and internal
     * repositories, and with the free plan to none of those.
     */
    readonly visibility: "selected" | "private" | "all";
    /**
     * With `selected`: repositories by name. Each costs a request at every preview, which asks for its number.
     * Plain, since each is asked for by itself.
     */
    readonly repositories?: RepositoryNames;
    /** With `selected`: GitHub's numbers of repositories (`repository.repoId`), beside or instead of their names. */
    readonly repositoryIds?: pulumi.Input<pulumi.Input<number>[]>;
}

/** @throws InputPropertyError where the words do not fit each other */
export function readOrganization(
    given: OrganizationAccess,
    owner: string | undefined,
    parent: pulumi.Resource,
): Visibility {
    const { repositories, repositoryIds, visibility } = given;
    checkChoice("organization.visibility", visibility, ["selected", "private", "all"]);
    const named = readRepositories(repositories, "organization.repositories", owner);
    const selects = named.length > 0 || repositoryIds !== undefined;
    if (visibility !== "selected") {
        if (selects) {
            const what = `are given, but visibility "${visibility}" selects by itself`;
            throw badArgument("organization.repositories", `${what}: leave them out, or say "selected"`);
        }
        return { visibility };
    }
    if (!selects) {
        throw badArgument(
            "organization.repositories",
            'nobody would get the secrets: visibility "selected" needs repositories or repositoryIds',
        );
    }
    const found = named.map(({ key, name }) =>
        getRepositoryOutput({ name }, { parent }).apply(({ repoId }) => existing(repoId, key)),
    );
    const ids = pulumi
        .all([pulumi.all(found), pulumi.output(repositoryIds ?? [])])
        .apply((lists) => [...new Set(lists.flat())].sort((one, other) => one - other));
    return { visibility, ids };
}

/** Of a repository that it cannot see, the provider answers nothing instead of an error. */
function existing(id: number | undefined, name: string): number {
    if (!id) {
        throw badArgument(
            "organization.repositories",
            `there is no repository ${name} of the provider's owner, or its token does not see it: check the name, github:owner and the token's access`,
        );
    }
    return id;
}
