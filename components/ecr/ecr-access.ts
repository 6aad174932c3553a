import * as pulumi from "@pulumi/pulumi";
import { GITHUB_ISSUER, issuerName, type TrustedRuns, trustPolicy } from "../../core/ecr";
import { atProperty, badArgument } from "../images/arguments";
import { plainOrLater } from "../images/plain-or-later";
import { unlessRefused } from "../images/unless-refused";
import type { AwsRoleCredential } from "../secrets";
import { awsService } from "./aws-peer";
import type { EcrAccessArgs, EcrRoleArgs } from "./ecr-access-args";
import { type IdentityProvider, identityProvider } from "./identity-provider";
import { RepositoriesPlace, rolePolicy } from "./role-repositories";
import { roleSettings } from "./role-settings";

/**
 * Roles for runs of CI, which take them by their identity (OpenID Connect), so that no key is stored: each for named
 * repositories at ECR, for what is said, and for runs of named repositories and branches. A wildcard among those is
 * refused.
 *
 * `destroy` deletes the roles, and the identity provider where the component made it: give the component
 * `retainOnDelete` where other stacks use that.
 */
export class EcrAccess<Name extends string = string> extends pulumi.ComponentResource {
    /** ARN of the identity provider: what another component of the same account takes as its `oidcProvider`. */
    declare readonly oidcProvider: pulumi.Output<string>;
    /** Role -> its ARN, known once it may do what it should. */
    declare readonly roleArns: pulumi.Output<Readonly<Record<Name, string>>>;
    /** Role -> its name at AWS, for policies of your own. */
    declare readonly roleNames: pulumi.Output<Readonly<Record<Name, string>>>;
    /** Role -> what `CiSecrets` takes: `registries: { ecr: access.credentials.push }`. */
    declare readonly credentials: Readonly<Record<Name, AwsRoleCredential>>;

    constructor(
        name: string,
        args: EcrAccessArgs & { readonly roles: Readonly<Record<Name, EcrRoleArgs>> },
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("transship:ecr:EcrAccess", name, {}, opts);
        const roles = Object.entries<EcrRoleArgs>(args.roles);
        if (roles.length === 0) {
            throw badArgument("roles", 'name at least one: roles: { push: { rights: ["pull", "push"], runs: […] } }');
        }
        const at = new RepositoriesPlace(args, this);
        const guard = at.guardOf(roles.map(([, role]) => role));
        const provider = identityProvider(name, args, guard, this);
        const made = roles.map(([key, role]) => {
            const argument = `roles.${key}`;
            const trust = pulumi.all([trustText(role, args, provider, argument), guard]).apply(([text]) => text);
            const policy = rolePolicy(role, args, at, argument);
            return [key, this.makeRole(`${name}-${key}`, roleSettings(role, args, argument), trust, policy)] as const;
        });
        this.oidcProvider = provider.arn;
        const arns = Object.fromEntries(made.map(([key, { arn }]) => [key, arn]));
        this.roleArns = pulumi.output(arns) as typeof this.roleArns;
        const names = Object.fromEntries(made.map(([key, role]) => [key, role.name]));
        this.roleNames = pulumi.output(names) as typeof this.roleNames;
        this.credentials = Object.fromEntries(
            made.map(([key, { arn: roleArn }]) => [key, { kind: "awsRole", roleArn } as const]),
        ) as unknown as Record<Name, AwsRoleCredential>;
        const { oidcProvider, roleArns, roleNames } = this;
        this.registerOutputs({ oidcProvider, roleArns, roleNames });
    }

    private makeRole(
        child: string,
        settings: ReturnType<typeof roleSettings>,
        assumeRolePolicy: pulumi.Output<string>,
        policy: pulumi.Output<string>,
    ): { arn: pulumi.Output<string>; name: pulumi.Output<string> } {
        const { Role, RolePolicy } = awsService("iam");
        const role = new Role(child, { ...settings, assumeRolePolicy }, { parent: this });
        const attached = new RolePolicy(`${child}-policy`, { role: role.name, name: "ecr", policy }, { parent: this });
        // Whoever is told of the role may use it at once.
        const arn = pulumi.all([role.arn, attached.id]).apply(([known]) => known);
        const { maxSessionDuration, name, path, permissionsBoundary } = settings;
        const refusable = [assumeRolePolicy, policy, maxSessionDuration, name, path, permissionsBoundary];
        return { arn: unlessRefused(arn, refusable), name: unlessRefused(role.name, refusable) };
    }
}

/** The trust policy as text; a mistake in it shows at once, whatever the provider's ARN will be. */
function trustText(
    { runs }: EcrRoleArgs,
    { audience, issuer = GITHUB_ISSUER }: EcrAccessArgs,
    provider: IdentityProvider,
    argument: string,
): pulumi.Output<string> {
    const checked = plainOrLater({ runs, issuer, audience }, (known) => {
        const wanted = { runs: known.runs as TrustedRuns[], issuer: known.issuer, audience: known.audience };
        const sample = `arn:aws:iam::000000000000:oidc-provider/${atProperty("issuer", () => issuerName(known.issuer))}`;
        atProperty(`${argument}.runs`, () => trustPolicy({ ...wanted, providerArn: sample }));
        return wanted;
    });
    return pulumi
        .all([checked, provider.arn])
        .apply(([wanted, providerArn]) =>
            JSON.stringify(atProperty(`${argument}.runs`, () => trustPolicy({ ...wanted, providerArn }))),
        );
}
