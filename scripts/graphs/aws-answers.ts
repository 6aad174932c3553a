import type { runtime } from "@pulumi/pulumi";

/** Where a provider's resources are. */
interface Place {
    readonly account: string;
    readonly region: string;
}

type Inputs = Readonly<Record<string, unknown>>;

/** The account and region that a provider without further ado has here. */
const DEFAULT: Place = { account: "111111111111", region: "eu-west-1" };

/** By URN, without the id: what programs said of their explicit providers. */
const providers = new Map<string, Place>();

/** What AWS's provider computes of a resource; nothing of those of others. */
export function awsComputed({ type, name, inputs, provider }: runtime.MockResourceArgs): Record<string, unknown> {
    if (type === "pulumi:providers:aws") {
        providers.set(name, placeSaid(inputs));
        return {};
    }
    const place = placeOf(provider);
    return COMPUTED[type]?.(inputs, { ...place, region: String(inputs.region ?? place.region) }, name) ?? {};
}

/** What AWS's provider answers to a function; nothing to those of others. */
export function awsAnswer({ token, inputs, provider }: runtime.MockCallArgs): Record<string, unknown> {
    return CALLS[token]?.(inputs, placeOf(provider)) ?? {};
}

function placeSaid({ allowedAccountIds, region }: Inputs): Place {
    // Lists are JSON among a provider's own settings.
    const accounts = typeof allowedAccountIds === "string" ? JSON.parse(allowedAccountIds) : allowedAccountIds;
    return {
        account: String((accounts as readonly string[] | undefined)?.[0] ?? DEFAULT.account),
        region: String(region ?? DEFAULT.region),
    };
}

/** @param reference `urn:pulumi:STACK::PROJECT::pulumi:providers:aws::NAME::ID` */
function placeOf(reference: string | undefined): Place {
    return providers.get(reference?.split("::").at(-2) ?? "") ?? DEFAULT;
}

const COMPUTED: Readonly<Record<string, (inputs: Inputs, place: Place, name: string) => Record<string, unknown>>> = {
    "aws:ecr/repository:Repository": ({ name }, { account, region }) => ({
        arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
        registryId: account,
        repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    }),
    "aws:ecrpublic/repository:Repository": ({ repositoryName }, { account }) => ({
        arn: `arn:aws:ecr-public::${account}:repository/${repositoryName}`,
        registryId: account,
        repositoryUri: `public.ecr.aws/acme/${repositoryName}`,
    }),
    "aws:secretsmanager/secret:Secret": ({ name }, { account, region }) => ({
        arn: `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`,
    }),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ url }, place) => ({ arn: providerArn(url, place) }),
    "aws:iam/role:Role": ({ name, path }, { account }, logical) => ({
        name: name ?? logical,
        arn: `arn:aws:iam::${account}:role${path ?? "/"}${name ?? logical}`,
    }),
};

const CALLS: Readonly<Record<string, (inputs: Inputs, place: Place) => Record<string, unknown>>> = {
    "aws:ecr/getRepository:getRepository": ({ name, registryId, region }, place) => ({
        arn: `arn:aws:ecr:${region ?? place.region}:${registryId}:repository/${name}`,
        repositoryUrl: `${registryId}.dkr.ecr.${region ?? place.region}.amazonaws.com/${name}`,
    }),
    "aws:index/getCallerIdentity:getCallerIdentity": (_, { account }) => ({
        accountId: account,
        arn: `arn:aws:iam::${account}:user/me`,
    }),
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": ({ url }, place) => ({
        arn: providerArn(url, place),
        clientIdLists: ["sts.amazonaws.com"],
        thumbprintLists: [],
    }),
    "aws:index/getRegion:getRegion": (_, { region }) => ({ region, id: region, name: region }),
};

function providerArn(url: unknown, { account }: Place): string {
    return `arn:aws:iam::${account}:oidc-provider/${String(url).replace("https://", "")}`;
}
