import type { Access, Need } from "./access";
import { MAKE_DOCKER_CONFIG, NAME_DOCKER_CONFIG } from "./docker-config";
import { groovyString } from "./groovy";

/** One credential of Jenkins': its id, its kind in Jenkins' own words, and the binding that hands it over. */
export interface Credential {
    readonly id: string;
    readonly kind: string;
    readonly binding: string;
}

/** What the agent may do by itself, and needs no credential for. */
export interface AgentIdentity {
    readonly cloud: "AWS" | "Google Cloud";
    readonly profile?: string;
}

export const COSIGN_KEY: readonly Credential[] = [
    secretFile("transship-cosign-key", "COSIGN_KEY"),
    secretText("transship-cosign-password", "COSIGN_PASSWORD"),
];
/** Of the plugin oidc-provider: an identity token for the audience `sigstore`. */
export const SIGSTORE_TOKEN: readonly Credential[] = [secretText("transship-sigstore-token", "SIGSTORE_ID_TOKEN")];
export const GIT_CREDENTIAL: Credential = {
    id: "transship-git",
    kind: "username with password",
    binding: "gitUsernamePassword(credentialsId: 'transship-git', gitToolName: 'Default')",
};

/** Ids follow from the catalogue's names: `transship-ghcr` for its registry ghcr. */
export function credentialsOf({ needs }: Access): Credential[] {
    return needs.flatMap((need) => {
        switch (need.kind) {
            case "variables":
                return need.username === undefined
                    ? [secretText(`transship-${need.id}`, need.password)]
                    : [usernamePassword(`transship-${need.id}`, need.username, need.password)];
            case "login":
                return [usernamePassword(`transship-${need.id}`, need.username, need.password)];
            case "document":
                return [secretText("transship-credentials", need.password)];
            default:
                return [];
        }
    });
}

export function identitiesOf({ needs }: Access): AgentIdentity[] {
    const identityOf = (need: Need): AgentIdentity[] => {
        switch (need.kind) {
            case "aws":
                return [{ cloud: "AWS", ...(need.profile === undefined ? {} : { profile: need.profile }) }];
            case "gcp":
                return [{ cloud: "Google Cloud" }];
            default:
                return [];
        }
    };
    return needs.flatMap(identityOf);
}

/** `withCredentials([…])`, or the lines alone where nothing is to be handed over. */
export function withCredentials(credentials: readonly Credential[], lines: readonly string[]): string[] {
    if (credentials.length === 0) {
        return [...lines];
    }
    const bindings = credentials.map(
        ({ binding }, index) => `    ${binding}${index < credentials.length - 1 ? "," : ""}`,
    );
    return ["withCredentials([", ...bindings, "]) {", ...lines.map((line) => (line === "" ? "" : `    ${line}`)), "}"];
}

/** What each script begins with: steps of one job share `$work`, which is outside of the checkout. */
export const SCRIPT_HEAD: readonly string[] = ["set -eu", 'work="$WORKSPACE_TMP/transship"', NAME_DOCKER_CONFIG];
/** And the first of them. */
export const MAKE_WORK: readonly string[] = ['mkdir -p -m 700 "$work"', ...MAKE_DOCKER_CONFIG];

function usernamePassword(id: string, username: string, password: string): Credential {
    const variables = `usernameVariable: ${groovyString(username)}, passwordVariable: ${groovyString(password)}`;
    return {
        id,
        kind: "username with password",
        binding: `usernamePassword(credentialsId: ${groovyString(id)}, ${variables})`,
    };
}

function secretText(id: string, variable: string): Credential {
    const binding = `string(credentialsId: ${groovyString(id)}, variable: ${groovyString(variable)})`;
    return { id, kind: "secret text", binding };
}

function secretFile(id: string, variable: string): Credential {
    const binding = `file(credentialsId: ${groovyString(id)}, variable: ${groovyString(variable)})`;
    return { id, kind: "secret file", binding };
}
