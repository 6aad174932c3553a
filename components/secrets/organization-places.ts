import { ActionsOrganizationSecret } from "@pulumi/github/actionsOrganizationSecret";
import { ActionsOrganizationSecretRepositories } from "@pulumi/github/actionsOrganizationSecretRepositories";
import { ActionsOrganizationVariable } from "@pulumi/github/actionsOrganizationVariable";
import { CodespacesOrganizationSecret } from "@pulumi/github/codespacesOrganizationSecret";
import { DependabotOrganizationSecret } from "@pulumi/github/dependabotOrganizationSecret";
import { DependabotOrganizationSecretRepositories } from "@pulumi/github/dependabotOrganizationSecretRepositories";
import type * as pulumi from "@pulumi/pulumi";
import { MAX_SECRETS } from "../../core/github-names";
import type { SecretsApp } from "./credentials";
import type { NamedValue } from "./named-values";
import type { Place } from "./placed";

/** Who in an organisation gets a secret. */
export interface Visibility {
    readonly visibility: "selected" | "private" | "all";
    /** GitHub's numbers of the selected repositories. */
    readonly ids?: pulumi.Output<number[]>;
}

/** The stores of an organisation. */
export function organizationPlaces(component: string, apps: readonly SecretsApp[], who: Visibility): Place[] {
    return apps.map((app) => ({
        label: `organization/${app}`,
        app,
        mostSecrets: MAX_SECRETS.organization,
        put: (value, opts) => put(`${component}-organization-${app}-${value.name}`, app, value, who, opts),
    }));
}

/**
 * The provider's three ways to say which repositories: Actions' and Dependabot's secrets by a resource beside them,
 * since their own list is deprecated and replaces the secret; variables by their own, since each change of the value
 * sends that list, and would clear one that is elsewhere; Codespaces' by their own, since a changed value replaces them.
 */
function put(
    child: string,
    app: SecretsApp,
    { isSecret, name, value }: NamedValue,
    { ids, visibility }: Visibility,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const inline = { visibility, ...(ids && { selectedRepositoryIds: ids }) };
    if (!isSecret) {
        return new ActionsOrganizationVariable(child, { variableName: name, value, ...inline }, opts).updatedAt;
    }
    switch (app) {
        case "actions": {
            const secret = new ActionsOrganizationSecret(child, { secretName: name, value, visibility }, opts);
            if (ids !== undefined) {
                const selected = { secretName: secret.secretName, selectedRepositoryIds: ids };
                new ActionsOrganizationSecretRepositories(`${child}-repositories`, selected, left(opts));
            }
            return secret.remoteUpdatedAt;
        }
        case "dependabot": {
            const secret = new DependabotOrganizationSecret(child, { secretName: name, value, visibility }, opts);
            if (ids !== undefined) {
                const selected = { secretName: secret.secretName, selectedRepositoryIds: ids };
                new DependabotOrganizationSecretRepositories(`${child}-repositories`, selected, left(opts));
            }
            return secret.remoteUpdatedAt;
        }
        case "codespaces":
            return new CodespacesOrganizationSecret(child, { secretName: name, plaintextValue: value, ...inline }, opts)
                .updatedAt;
    }
}

/**
 * A selection goes with its secret, or with its being selected. To delete it by itself is to select nobody, which GitHub
 * refuses (409) once the secret is for all.
 */
function left(opts: pulumi.CustomResourceOptions): pulumi.CustomResourceOptions {
    return { ...opts, retainOnDelete: true };
}
