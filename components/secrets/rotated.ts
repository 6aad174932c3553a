import type * as pulumi from "@pulumi/pulumi";
import type { RegistryCredential } from "./catalog-values";
import type { CiCredential, GivenCredential } from "./credentials";
import { DockerHubToken } from "./docker-hub-token";
import { HarborRobotSecret } from "./harbor-robot-secret";

/** A credential with its values: what is rotated gets a resource of its own, and is a login from there on. */
export function givenCredential(child: string, credential: CiCredential, parent: pulumi.Resource): GivenCredential {
    switch (credential.kind) {
        case "harborRobot": {
            const { apps, kind, ...args } = credential;
            const { secret, username } = new HarborRobotSecret(`${child}-robot`, args, { parent });
            return { kind: "login", apps, username, password: secret };
        }
        case "dockerHubToken": {
            const { apps, kind, ...args } = credential;
            const { token, username } = new DockerHubToken(`${child}-token`, args, { parent });
            return { kind: "login", apps, username, password: token };
        }
        default:
            return credential;
    }
}

/** The same of what a registry is given to pull and to push. */
export function givenRegistry(
    child: string,
    given: RegistryCredential<CiCredential>,
    parent: pulumi.Resource,
): RegistryCredential<GivenCredential> {
    if ("kind" in given) {
        return givenCredential(child, given, parent);
    }
    const { pull, push } = given;
    return {
        ...(pull && { pull: givenCredential(`${child}-pull`, pull, parent) }),
        ...(push && { push: givenCredential(`${child}-push`, push, parent) }),
    };
}
