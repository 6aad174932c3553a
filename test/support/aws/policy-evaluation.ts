import type { AccessPolicy, TrustPolicy } from "../../../core/ecr";

/**
 * Whether a policy of a role allows an action on a resource, as IAM decides where nothing denies: some statement has both,
 * and `*` in a resource stands for whatever is there.
 * (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html)
 */
export function allows(policy: AccessPolicy, action: string, resource: string): boolean {
    return policy.Statement.some(
        ({ Action, Resource }) => Action.includes(action) && [Resource].flat().some((one) => matches(one, resource)),
    );
}

/** Whether a trust policy lets a token's claims take the role; a claim that the token lacks matches nothing. */
export function trusts(policy: TrustPolicy, issuer: string, claims: Readonly<Record<string, string>>): boolean {
    const name = issuer.replace("https://", "");
    return policy.Statement.some(
        ({ Condition, Principal }) =>
            Principal.Federated.endsWith(`:oidc-provider/${name}`) &&
            Object.entries(Condition.StringEquals).every(([key, values]) => {
                const claim = key.startsWith(`${name}:`) ? claims[key.slice(name.length + 1)] : undefined;
                return claim !== undefined && values.includes(claim);
            }),
    );
}

function matches(pattern: string, text: string): boolean {
    const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`).test(text);
}
