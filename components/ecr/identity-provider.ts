import * as pulumi from "@pulumi/pulumi";
import { audienceOf, GITHUB_ISSUER, issuerName } from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsService } from "./aws-peer";
import type { EcrAccessArgs } from "./ecr-access-args";

/** Whom AWS trusts to say which run asks. */
export interface IdentityProvider {
    readonly arn: pulumi.Output<string>;
    readonly issuer: pulumi.Output<string>;
    readonly audience: pulumi.Output<string>;
}

/**
 * The identity provider of the issuer: made, looked up, or known by its ARN.
 *
 * @param guard what one that is made waits for
 */
export function identityProvider(
    name: string,
    args: EcrAccessArgs,
    guard: pulumi.Output<unknown> | undefined,
    parent: pulumi.Resource,
): IdentityProvider {
    const { issuer: given = GITHUB_ISSUER, oidcProvider = "create", tags, thumbprints } = args;
    const issuer = plainOrLater({ given }, (known) => {
        atProperty("issuer", () => issuerName(known.given));
        return known.given;
    });
    const audience = pulumi.all([issuer, args.audience]).apply(([of, own]) => own ?? audienceOf(of));
    if (thumbprints !== undefined && oidcProvider !== "create") {
        throw badArgument(
            "thumbprints",
            'belong to a provider that is made here: leave them out, or oidcProvider: "create"',
        );
    }
    if (oidcProvider === "create") {
        const { OpenIdConnectProvider } = awsService("iam");
        const url = pulumi.all([issuer, guard]).apply(([known]) => known);
        const { arn } = new OpenIdConnectProvider(
            `${name}-oidc`,
            { url, clientIdLists: [audience], thumbprintLists: thumbprints, tags },
            { parent },
        );
        return { arn: unlessRefused(arn, [url, audience]), issuer, audience };
    }
    return {
        arn: oidcProvider === "existing" ? lookedUp(issuer, audience, parent) : arnOf(oidcProvider),
        issuer,
        audience,
    };
}

/** AWS refuses tokens for an audience that the provider does not list, and says no more than "Incorrect token audience". */
function lookedUp(
    issuer: pulumi.Output<string>,
    audience: pulumi.Output<string>,
    parent: pulumi.Resource,
): pulumi.Output<string> {
    const { getOpenIdConnectProviderOutput } = awsService("iam");
    const found = getOpenIdConnectProviderOutput({ url: issuer }, { parent });
    return pulumi.all([found, audience, issuer]).apply(([{ arn, clientIdLists }, wanted, of]) => {
        if (!clientIdLists.includes(wanted)) {
            throw badArgument(
                "oidcProvider",
                `the account's provider of ${of} takes the audiences ${clientIdLists.join(", ")}, but not ${wanted}: aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${wanted}, or give one of these as audience`,
            );
        }
        return arn;
    });
}

function arnOf(given: pulumi.Input<string>): pulumi.Output<string> {
    return plainOrLater({ given }, (known) => {
        if (!/^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/.+$/.test(known.given)) {
            throw badArgument(
                "oidcProvider",
                `must be "create", "existing" or the ARN of an identity provider (arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com), not ${JSON.stringify(known.given)}`,
            );
        }
        return known.given;
    });
}
