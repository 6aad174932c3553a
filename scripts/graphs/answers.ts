import { createHash } from "node:crypto";
import type { runtime } from "@pulumi/pulumi";
import { type CompactCatalog, expandCatalog, type Lock } from "../../core/catalog";
import { awsAnswer, awsComputed } from "./aws-answers";
import { kubernetesComputed } from "./kubernetes-answers";

/**
 * What a mock answers as the real provider would: of each resource an id and its inputs, and where a program needs what
 * only a provider knows, a value that follows from the names, so that two recordings are equal.
 */
export function answerResource(resource: runtime.MockResourceArgs): { id: string; state: Record<string, unknown> } {
    const { type, name, inputs, id } = resource;
    const computed = (COMPUTED[type] ?? ROTATED[type] ?? AT_HARBOR[type])?.(inputs, name) ?? awsComputed(resource);
    return { id: id || `${name}-id`, state: { ...inputs, ...kubernetesComputed(resource), ...computed } };
}

/** What a provider's function answers: its arguments, and what is computed. */
export function answerCall(call: runtime.MockCallArgs): Record<string, unknown> {
    return { ...call.inputs, ...(CALLS[call.token]?.(call.inputs) ?? awsAnswer(call)) };
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

const ROTATED: typeof COMPUTED = {
    "pulumi-nodejs:dynamic/transship:HarborRobotSecret": ({ robot }) => ({ username: robot, secret: "made by Harbor" }),
    "pulumi-nodejs:dynamic/transship:HarborReleaseKeys": () => ({ data: { secretKey: "0123456789abcdef" } }),
    "pulumi-nodejs:dynamic/transship:DockerHubToken": () => ({ username: "account", token: "made by Docker Hub" }),
};

/** Harbor's numbers. */
const objectId = (name: string) => ({ objectId: numberFor(name) });
const AT_HARBOR: typeof COMPUTED = {
    "pulumi-nodejs:dynamic/transship:HarborProject": (_, name) => objectId(name),
    "pulumi-nodejs:dynamic/transship:HarborRegistryEndpoint": (_, name) => objectId(name),
    "pulumi-nodejs:dynamic/transship:HarborReplication": (_, name) => objectId(name),
    "pulumi-nodejs:dynamic/transship:HarborRobot": (inputs, name) => ({
        ...objectId(name),
        username: `robot$${inputs.name}`,
        secret: "made by Harbor",
    }),
};

const CALLS: Readonly<Record<string, (inputs: Inputs) => Record<string, unknown>>> = {
    "github:index/getRepository:getRepository": (inputs) => {
        const fullName = String(inputs.fullName ?? `owner/${inputs.name}`);
        const name = fullName.slice(fullName.lastIndexOf("/") + 1);
        return { fullName, name, defaultBranch: "main", repoId: numberFor(fullName), nodeId: `node-${fullName}` };
    },
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
