import type { Registry } from "../../catalog";
import { packageSettingsUrl } from "../../github-names";

/**
 * How a repository is made public at its kind of registry; a clause with what to do. GitHub has no API for a package's
 * visibility (cli/cli#6820), and packages start private: its own page is the only way.
 *
 * @param where host and repository, for people
 */
export function visibilityAdvice({ kind, host, name }: Registry, repository: string, where: string): string {
    const [owner = "", ...rest] = repository.split("/");
    const path = rest.join("/");
    switch (kind) {
        case "ghcr": {
            const ofOrganization = packageSettingsUrl({ login: owner, kind: "Organization" }, path);
            const ofUser = packageSettingsUrl({ login: owner, kind: "User" }, path);
            return `no API can change that: set "Change visibility" to public on ${ofOrganization}, or on ${ofUser} if ${owner} is a user`;
        }
        case "dockerhub":
            return `make it public on https://hub.docker.com/repository/docker/${repository}/settings`;
        case "quay":
            return `make it public on https://${host}/repository/${repository}?tab=settings`;
        case "harbor":
            return `set the project "${owner}" to public in its configuration on https://${host}`;
        case "ecr":
            return `a private ECR registry always wants a login: take "public" from the registry "${name}", or publish at ECR Public`;
        case "ecr-public":
            return `ECR Public shows every repository to everybody: look whether ${where} is the right one`;
        case "gar":
            return `grant roles/artifactregistry.reader to allUsers on the repository of ${where}`;
        case "acr":
            return `let it be pulled anonymously: az acr update --name ${host.split(".")[0]} --anonymous-pull-enabled`;
        case "nexus":
            return `allow anonymous pulls of that repository, and activate the Docker Bearer Token Realm, on ${host}`;
        default:
            return `let ${host} allow reading ${repository} to everybody`;
    }
}
