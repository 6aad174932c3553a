import { createHash } from "node:crypto";
import type { runtime } from "@pulumi/pulumi";
import { type CompactCatalog, expandCatalog, type Lock } from "../../core/catalog";

/**
 * What a mock answers as the real provider would: of each resource an id and its inputs, and where a program needs what
 * only a provider knows, a value that follows from the names, so that two recordings are equal.
 */
export function answerResource({ type, name, inputs, id }: runtime.MockResourceArgs): {
    id: string;
    state: Record<string, unknown>;
} {
    return {
        id: id || `${name}-id`,
        state: { ...inputs, ...(COMPUTED[type] ?? ROTATED[type] ?? AT_AWS[type])?.(inputs, name) },
    };
}

/** What a provider's function answers: its arguments, and what is computed. */
export function answerCall({ token, inputs }: runtime.MockCallArgs): Record<string, unknown> {
    return { ...inputs, ...CALLS[token]?.(inputs) };
}

type Inputs = Readonly<Record<string, unknown>>;

/** GitHub's times are all of one moment here. */
const MOMENT = "2026-01-01 00:00:00 +0000 UTC";

const times = () => ({ createdAt: MOMENT, updatedAt: MOMENT });
const secretTimes = () => ({ ...times(), remoteUpdatedAt: MOMENT });

const COMPUTED: Readonly<Record<string, (inputs: Inputs, name: string) => Record<string, unknown>>> = {
    "github:index/repository:Repository": (inputs, name) => {
        const repository = String(inputs.name ?? name);
        return {
            name: repository,
            fullName: `owner/${repository}`,
            defaultBranch: "main",
            nodeId: `node-${repository}`,
            repoId: numberFor(repository),
            htmlUrl: `https://github.com/owner/${repository}`,
        };
    },
    "pulumi-nodejs:dynamic/transship:ImageFleetWave": ({ catalog }) => ({
        proven: provenBy(catalog as CompactCatalog),
        absent: [],
        unproven: [],
    }),
    "pulumi-nodejs:dynamic/transship:RepositoryGuard": ({ branch, delivery, headPrefix }) => ({
        base: branch ?? "main",
        ...(delivery === "commit" ? {} : { head: `${headPrefix}-0123456789ab` }),
        kept: {},
        rewritten: {},
        ownerKind: "Organization",
    }),
    "pulumi-nodejs:dynamic/transship:PullRequest": ({ repository }) => ({
        state: "open",
        number: 1,
        url: `https://github.com/${repository}/pull/1`,
    }),
    "pulumi-nodejs:dynamic/transship:EcrPriming": ({ catalog }) => ({
        digests: digestsOf(provenBy(catalog as CompactCatalog)),
        different: [],
        failed: [],
    }),
    "github:index/actionsSecret:ActionsSecret": secretTimes,
    "github:index/actionsVariable:ActionsVariable": times,
    "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": secretTimes,
    "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": times,
    "github:index/actionsOrganizationSecret:ActionsOrganizationSecret": secretTimes,
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable": times,
    "github:index/codespacesSecret:CodespacesSecret": times,
    "github:index/codespacesOrganizationSecret:CodespacesOrganizationSecret": times,
    "github:index/dependabotSecret:DependabotSecret": secretTimes,
    "github:index/dependabotOrganizationSecret:DependabotOrganizationSecret": secretTimes,
};

/** The account and region that a provider without further ado has here. */
const ACCOUNT = "111111111111";
const REGION = "eu-west-1";

const AT_AWS: typeof COMPUTED = {
    "aws:ecr/repository:Repository": ({ name }) => ({
        arn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`,
        registryId: ACCOUNT,
        repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
    }),
    "aws:ecrpublic/repository:Repository": ({ repositoryName }) => ({
        arn: `arn:aws:ecr-public::${ACCOUNT}:repository/${repositoryName}`,
        registryId: ACCOUNT,
        repositoryUri: `public.ecr.aws/acme/${repositoryName}`,
    }),
    "aws:secretsmanager/secret:Secret": ({ name }) => ({
        arn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`,
    }),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ url }) => ({ arn: providerArn(url) }),
    "aws:iam/role:Role": ({ name, path }, logical) => ({
        name: name ?? logical,
        arn: `arn:aws:iam::${ACCOUNT}:role${path ?? "/"}${name ?? logical}`,
    }),
};

function providerArn(url: unknown): string {
    return `arn:aws:iam::${ACCOUNT}:oidc-provider/${String(url).replace("https://", "")}`;
}

const ROTATED: typeof COMPUTED = {
    "pulumi-nodejs:dynamic/transship:HarborRobotSecret": ({ robot }) => ({ username: robot, secret: "made by Harbor" }),
    "pulumi-nodejs:dynamic/transship:DockerHubToken": () => ({ username: "account", token: "made by Docker Hub" }),
};

const CALLS: Readonly<Record<string, (inputs: Inputs) => Record<string, unknown>>> = {
    "github:index/getRepository:getRepository": (inputs) => {
        const fullName = String(inputs.fullName ?? `owner/${inputs.name}`);
        const name = fullName.slice(fullName.lastIndexOf("/") + 1);
        return { fullName, name, defaultBranch: "main", repoId: numberFor(fullName), nodeId: `node-${fullName}` };
    },
    "aws:ecr/getRepository:getRepository": ({ name, registryId, region = REGION }) => ({
        arn: `arn:aws:ecr:${region}:${registryId}:repository/${name}`,
        repositoryUrl: `${registryId}.dkr.ecr.${region}.amazonaws.com/${name}`,
    }),
    "aws:index/getCallerIdentity:getCallerIdentity": () => ({
        accountId: ACCOUNT,
        arn: `arn:aws:iam::${ACCOUNT}:user/me`,
    }),
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": ({ url }) => ({
        arn: providerArn(url),
        clientIdLists: ["sts.amazonaws.com"],
        thumbprintLists: [],
    }),
    "aws:index/getRegion:getRegion": () => ({ region: REGION, id: REGION, name: REGION }),
};

/** All copies of the tags that are listed by name are proven; the digests follow from the names. */
function provenBy(catalog: CompactCatalog): Lock {
    const digest = (name: string): string => `sha256:${createHash("sha256").update(name).digest("hex")}`;
    const images = Object.values(expandCatalog(catalog).images);
    return Object.fromEntries(
        images.map(({ name, tags }) => [
            name,
            Object.fromEntries(tags.map((tag) => [tag, { digest: digest(`${name}:${tag}`) }])),
        ]),
    );
}

function digestsOf(lock: Lock): Record<string, Record<string, string>> {
    return Object.fromEntries(
        Object.entries(lock).map(([image, tags]) => [
            image,
            Object.fromEntries(Object.entries(tags).map(([tag, { digest }]) => [tag, digest])),
        ]),
    );
}

/** A repository's number at GitHub, which never changes with its name; here it follows from it. */
function numberFor(name: string): number {
    return createHash("sha256").update(name).digest().readUIntBE(0, 4);
}
