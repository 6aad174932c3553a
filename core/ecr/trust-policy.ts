import { quote } from "../oci";
import { ecrError } from "./error";
import { type TrustedRuns, trustedSubjects, wildcardProblem } from "./trusted-subjects";

/** Who may take a role by an identity of CI (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html). */
export interface TrustPolicy {
    readonly Version: "2012-10-17";
    readonly Statement: readonly {
        readonly Effect: "Allow";
        readonly Principal: { readonly Federated: string };
        readonly Action: "sts:AssumeRoleWithWebIdentity";
        readonly Condition: { readonly StringEquals: Readonly<Record<string, readonly string[]>> };
    }[];
}

export interface TrustOptions {
    /** Of the account's identity provider: `arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com`. */
    readonly providerArn: string;
    /** @default GITHUB_ISSUER */
    readonly issuer?: string;
    /** The `aud` of the runs' tokens. @default audienceOf(issuer) */
    readonly audience?: string;
    readonly runs: readonly TrustedRuns[];
}

/**
 * Who issues the identities of runs at github.com. An enterprise may have `…/SLUG`, one at ghe.com has
 * `https://token.actions.SUBDOMAIN.ghe.com`, a server of one's own `https://HOST/_services/token`.
 */
export const GITHUB_ISSUER = "https://token.actions.githubusercontent.com";

/** What AWS's action for GitHub asks for; GitLab's pages have the issuer itself. */
export function audienceOf(issuer: string): string {
    return isGitHub(issuer) ? "sts.amazonaws.com" : issuer;
}

/** Without its protocol, as AWS names the provider and the keys of conditions on its claims. */
export function issuerName(issuer: string): string {
    const parsed = URL.canParse(issuer) ? new URL(issuer) : undefined;
    const plain = parsed?.protocol === "https:" && `https://${parsed.host}${parsed.pathname}`.replace(/\/$/, "");
    if (plain !== issuer) {
        throw ecrError(
            `The issuer ${quote(issuer)} must be the "iss" of the tokens: https://, a host and perhaps a path, nothing behind it.`,
        );
    }
    return issuer.slice("https://".length);
}

/** Characters that AWS takes at most, once the account's quota is raised; 2,048 before. */
const MOST_CHARACTERS = 4096;

/**
 * The trust policy of a role. Every claim is compared as a whole (`StringEquals`), never with a wildcard.
 *
 * @throws EcrError
 */
export function trustPolicy({ providerArn, issuer = GITHUB_ISSUER, audience, runs }: TrustOptions): TrustPolicy {
    const name = issuerName(issuer);
    const aud = audience ?? audienceOf(issuer);
    const problem =
        aud === "" ? 'The audience must be the "aud" of the runs\' tokens.' : wildcardProblem("The audience", aud);
    if (problem !== undefined) {
        throw ecrError(problem);
    }
    const provider = /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/(.+)$/.exec(providerArn)?.[1];
    if (provider !== name) {
        throw ecrError(
            `The identity provider ${quote(providerArn)} is not that of ${issuer}: its ARN must end with oidc-provider/${name}.`,
        );
    }
    if (runs.length === 0) {
        throw ecrError("Nobody could have the role: name the runs that may, by repository and branch.");
    }
    const policy: TrustPolicy = {
        Version: "2012-10-17",
        Statement: [...grouped(runs, issuer)].map(([workflows, subjects]) => ({
            Effect: "Allow",
            Principal: { Federated: providerArn },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
                StringEquals: {
                    [`${name}:aud`]: [aud],
                    [`${name}:sub`]: [...new Set(subjects)].sort(),
                    ...(workflows === "[]" ? {} : { [`${name}:job_workflow_ref`]: JSON.parse(workflows) as string[] }),
                },
            },
        })),
    };
    const { length } = JSON.stringify(policy);
    if (length > MOST_CHARACTERS) {
        throw ecrError(
            `The trust policy has ${length} characters, and IAM takes ${MOST_CHARACTERS}: give the runs several roles, or have them share an environment.`,
        );
    }
    return policy;
}

/** Subjects by the workflows they are narrowed to: all conditions of one statement hold together. */
function grouped(runs: readonly TrustedRuns[], issuer: string): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const one of runs) {
        const subjects = trustedSubjects(one);
        if ((one.project !== undefined && isGitHub(issuer)) || (one.repository !== undefined && isGitLab(issuer))) {
            const wanted =
                one.project === undefined ? '"project" for "repository"' : 'an "issuer", such as https://gitlab.com';
            throw ecrError(`${subjects[0]} is no subject that ${issuer} issues: give ${wanted}.`);
        }
        const key = JSON.stringify([...new Set(checkedWorkflows(one.workflows ?? [], issuer))].sort());
        groups.set(key, [...(groups.get(key) ?? []), ...subjects]);
    }
    return groups;
}

function checkedWorkflows(workflows: readonly string[], issuer: string): readonly string[] {
    if (workflows.length > 0 && issuer !== GITHUB_ISSUER) {
        throw ecrError(
            `AWS reads job_workflow_ref of ${GITHUB_ISSUER} only: let a template at GitHub put it into the subject, and give that as the whole "subject".`,
        );
    }
    for (const workflow of workflows) {
        const problem = wildcardProblem("The workflow", workflow);
        if (problem !== undefined || !/^[^/\s]+\/[^/\s]+\/\S+\.ya?ml@\S+$/.test(workflow)) {
            throw ecrError(
                problem ??
                    `The workflow ${quote(workflow)} must be its whole reference: owner/name/.github/workflows/mirror.yml@refs/heads/main.`,
            );
        }
    }
    return workflows;
}

/** github.com, an enterprise there, ghe.com, a server of one's own. */
function isGitHub(issuer: string): boolean {
    return (
        issuer === GITHUB_ISSUER ||
        issuer.startsWith(`${GITHUB_ISSUER}/`) ||
        /^https:\/\/(?:token\.actions\.[a-z0-9-]+\.ghe\.com(?:\/[\w-]+)?|[^/]+\/_services\/token(?:\/[\w-]+)?)$/.test(
            issuer,
        )
    );
}

function isGitLab(issuer: string): boolean {
    return issuer === "https://gitlab.com";
}
