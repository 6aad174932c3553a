import * as pulumi from "@pulumi/pulumi";
import { SECRET_PREFIX, secretArnProblem, upstreamSecret, upstreamSecretName } from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import { awsService } from "./aws-peer";
import type { RegistryPlace } from "./registry-place";

/** Who pulls at an upstream: name and token, of which a secret is made, or a secret that is there. */
export type EcrUpstreamCredentials =
    | {
          readonly username: pulumi.Input<string>;
          /** Kept as a secret of the stack, whether it is given as one or not. */
          readonly accessToken: pulumi.Input<string>;
      }
    | {
          /** Of a secret of the cache's account and region whose name begins with `ecr-pullthroughcache/`. */
          readonly secretArn: pulumi.Input<string>;
      };

/** Where ECR reads them, and what must be there before it does. */
export interface PlacedCredentials {
    readonly arn: pulumi.Output<string>;
    readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * The secret of one rule.
 *
 * Its value is written as `secretString` and not as the provider's write-only `secretStringWo`: Pulumi puts that into the
 * state as well, encrypted in the same way (pulumi/pulumi-terraform-bridge#3201), and a new token would go nowhere until
 * somebody counts a version up.
 */
export function upstreamCredentials(
    component: string,
    { credentials, key, upstream }: RuleCredentials,
    { place, region }: RegistryPlace,
    parent: pulumi.Resource,
): PlacedCredentials {
    const property = `upstreams[${JSON.stringify(key)}].credentials`;
    if ("secretArn" in credentials) {
        checkArn(property, credentials.secretArn);
        const known = pulumi.all([pulumi.output(credentials.secretArn), place]);
        return { arn: known.apply(([arn, at]) => readable(property, arn, at)), dependsOn: [] };
    }
    const { accessToken, username } = credentials;
    const text = plainOrLater({ accessToken, username }, (login) =>
        atProperty(property, () => upstreamSecret(key, upstream, login)),
    );
    const secretName = atProperty(property, () => upstreamSecretName(component, key));
    const { Secret, SecretVersion } = awsService("secretsmanager");
    const secret = new Secret(
        `${component}-${key}-secret`,
        {
            region,
            name: place.apply(() => secretName),
            description: `What ECR's pull-through cache logs in with at ${upstream}`,
            // It holds nothing that is not in the program: deleted at once, so that its name is free for the next one.
            recoveryWindowInDays: 0,
        },
        { parent },
    );
    const version = new SecretVersion(
        `${component}-${key}-credentials`,
        { region, secretId: unlessRefused(secret.id, [place]), secretString: pulumi.secret(text) },
        { parent },
    );
    return { arn: unlessRefused(secret.arn, [place, text]), dependsOn: [version] };
}

export interface RuleCredentials {
    readonly key: string;
    /** The upstream's name in the table. */
    readonly upstream: string;
    readonly credentials: EcrUpstreamCredentials;
}

function checkArn(property: string, arn: pulumi.Input<string>): void {
    if (typeof arn === "string") {
        readable(property, arn);
    }
}

function readable(
    property: string,
    arn: string,
    place?: { readonly account: string; readonly region: string },
): string {
    const problem = secretArnProblem(arn, place);
    if (problem !== undefined) {
        throw badArgument(property, `${problem}; a secret for ECR is named ${SECRET_PREFIX}…, beside the cache`);
    }
    return arn;
}
