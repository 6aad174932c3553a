import type { Access, Need } from "./access";
import { MAKE_DOCKER_CONFIG, NAME_DOCKER_CONFIG } from "./docker-config";
import { shellWord } from "./shell-text";

/** By the variable that has it: who an identity token is for. (https://docs.gitlab.com/ci/yaml/#id_tokens) */
export type IdTokens = Readonly<Record<string, { readonly aud: string }>>;

export const SIGSTORE_TOKEN: IdTokens = { SIGSTORE_ID_TOKEN: { aud: "sigstore" } };

/** Identities that a job asks GitLab for, instead of stored keys. */
export function idTokensOf({ needs }: Access): IdTokens {
    return Object.assign(
        {},
        ...needs.map((need) => {
            switch (need.kind) {
                case "aws":
                    return { AWS_ID_TOKEN: { aud: "sts.amazonaws.com" } };
                case "gcp":
                    return { GCP_ID_TOKEN: { aud: `https://iam.googleapis.com/$${need.provider}` } };
                default:
                    return {};
            }
        }),
    );
}

/**
 * A folder of this job alone, gone with it, and everything that asks registries made ready in it.
 *
 * @param logins lines that log in where Docker's config has to know the credentials
 * @param cleanup lines that come before the folder goes
 */
export function prepareLines({ needs }: Access, logins: readonly string[], cleanup: readonly string[] = []): string[] {
    return [
        "set -eu",
        ...secretsOf(needs.filter((need) => need.kind !== "login" || !need.isUnknownKind)).map(demanded),
        "# Outside of the checkout: nothing of it can get into an image.",
        "work=$(mktemp -d)",
        "cleanup() {",
        ...cleanup.map((line) => `    ${line}`),
        '    rm -rf "$work"',
        "}",
        "trap cleanup EXIT",
        "trap 'exit 143' INT TERM",
        NAME_DOCKER_CONFIG,
        ...MAKE_DOCKER_CONFIG,
        ...logins,
        ...googleLines(needs),
        ...awsLines(needs),
    ];
}

function googleLines(needs: readonly Need[]): string[] {
    if (!needs.some(({ kind }) => kind === "gcp")) {
        return [];
    }
    return [`printf '%s' "$GCP_ID_TOKEN" > "$work/gcp-token"`, ...GCP_DOCUMENT, EXPORT_GCP];
}

/** Google's description of "an identity of somebody else's". (https://google.aip.dev/auth/4117) */
const GCP_DOCUMENT: readonly string[] = [
    "node -e '",
    "    const { GCP_SERVICE_ACCOUNT: account, GCP_WORKLOAD_IDENTITY_PROVIDER: provider } = process.env;",
    '    const impersonation = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/";',
    "    console.log(JSON.stringify({",
    '        type: "external_account",',
    '        audience: "//iam.googleapis.com/" + provider,',
    '        subject_token_type: "urn:ietf:params:oauth:token-type:jwt",',
    '        token_url: "https://sts.googleapis.com/v1/token",',
    '        service_account_impersonation_url: impersonation + account + ":generateAccessToken",',
    "        credential_source: { file: process.argv[1] },",
    "    }));",
    `' "$work/gcp-token" > "$work/gcp.json"`,
];
const EXPORT_GCP = 'export GOOGLE_APPLICATION_CREDENTIALS="$work/gcp.json"';

/** AWS' tools and SDKs change the token for a role by themselves; a profile of the catalogue's is one of their config. */
function awsLines(needs: readonly Need[]): string[] {
    const roles = needs.flatMap((need) => (need.kind === "aws" ? [need] : []));
    if (roles.length === 0) {
        return [];
    }
    const profiles = roles.flatMap(({ profile, role }) => (profile === undefined ? [] : [{ profile, role }]));
    return [
        `printf '%s' "$AWS_ID_TOKEN" > "$work/aws-token"`,
        ...(roles.length > profiles.length
            ? ['export AWS_WEB_IDENTITY_TOKEN_FILE="$work/aws-token" AWS_ROLE_SESSION_NAME="gitlab-$CI_JOB_ID"']
            : []),
        ...(profiles.length === 0 ? [] : ['export AWS_CONFIG_FILE="$work/aws-config"']),
        ...profiles.map(
            ({ profile, role }) =>
                `printf '[profile %s]\\nrole_arn = %s\\nweb_identity_token_file = %s\\n' ${shellWord(profile)} "$${role}" "$work/aws-token" >> "$AWS_CONFIG_FILE"`,
        ),
    ];
}

/** Before anything is pushed: a protected variable is not there on a branch that is not protected. */
export function demanded(name: string): string {
    return `: "\${${name}:?is a CI/CD variable that the project must have; a protected one reaches protected branches and tags only}"`;
}

/** What the project must have, by name. */
export function gitlabVariables({ needs }: Access): { secrets: string[]; variables: string[] } {
    const variables = needs.flatMap((need) =>
        need.kind === "aws" ? [need.role] : need.kind === "gcp" ? [need.provider, need.account] : [],
    );
    return { secrets: secretsOf(needs), variables: [...new Set(variables)] };
}

function secretsOf(needs: readonly Need[]): string[] {
    const names = needs.flatMap((need) => {
        switch (need.kind) {
            case "variables":
                return need.username === undefined ? [need.password] : [need.username, need.password];
            case "login":
                return [need.username, need.password];
            case "document":
                return [need.password];
            default:
                return [];
        }
    });
    return [...new Set(names)];
}
