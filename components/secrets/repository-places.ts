import { ActionsEnvironmentSecret } from "@pulumi/github/actionsEnvironmentSecret";
import { ActionsEnvironmentVariable } from "@pulumi/github/actionsEnvironmentVariable";
import { ActionsSecret } from "@pulumi/github/actionsSecret";
import { ActionsVariable } from "@pulumi/github/actionsVariable";
import { CodespacesSecret } from "@pulumi/github/codespacesSecret";
import { DependabotSecret } from "@pulumi/github/dependabotSecret";
import { MAX_SECRETS } from "../../core/github-names";
import type { SecretsApp } from "./credentials";
import type { Place } from "./placed";
import type { NamedRepository } from "./repository-names";

/** The stores of one repository. With environments, Actions' secrets and variables are in them, and not in the repository. */
export function repositoryPlaces(
    name: string,
    repository: NamedRepository,
    apps: readonly SecretsApp[],
    environments: readonly string[],
): Place[] {
    return apps.flatMap((app) =>
        app === "actions" && environments.length > 0
            ? environments.map((environment) => environmentPlace(name, repository, environment))
            : [repositoryPlace(name, repository, app)],
    );
}

function repositoryPlace(component: string, { key, name: repository }: NamedRepository, app: SecretsApp): Place {
    const prefix = `${component}-${key}-${app}`;
    return {
        label: `${key}/${app}`,
        app,
        mostSecrets: MAX_SECRETS.repository,
        put: ({ isSecret, name, value }, opts) => {
            const child = `${prefix}-${name}`;
            if (!isSecret) {
                return new ActionsVariable(child, { repository, variableName: name, value }, opts).updatedAt;
            }
            const secret = { repository, secretName: name };
            switch (app) {
                case "actions":
                    return new ActionsSecret(child, { ...secret, value }, opts).remoteUpdatedAt;
                case "dependabot":
                    return new DependabotSecret(child, { ...secret, value }, opts).remoteUpdatedAt;
                case "codespaces":
                    // It has no `value`: this one is not deprecated here.
                    return new CodespacesSecret(child, { ...secret, plaintextValue: value }, opts).updatedAt;
            }
        },
    };
}

function environmentPlace(component: string, { key, name: repository }: NamedRepository, environment: string): Place {
    const prefix = `${component}-${key}-environment-${environment}`;
    return {
        label: `${key}/environments/${environment}`,
        app: "actions",
        mostSecrets: MAX_SECRETS.environment,
        put: ({ isSecret, name, value }, opts) => {
            const where = { repository, environment };
            const child = `${prefix}-${name}`;
            return isSecret
                ? new ActionsEnvironmentSecret(child, { ...where, secretName: name, value }, opts).remoteUpdatedAt
                : new ActionsEnvironmentVariable(child, { ...where, variableName: name, value }, opts).updatedAt;
        },
    };
}
