import { repositoryArn } from "../aws-names";
import { quote } from "../oci";
import { ecrError } from "./error";
import { type PolicyDocument, type PolicyStatement, policyDocument } from "./policy-document";
import { allowStatements, checkedAccount, checkList, type Principal, sortPrincipals } from "./principals";
import type { PolicyPlace } from "./repository-policy";
import { repositoryPrefixProblem } from "./repository-prefix";

/** Which accounts may replicate hither. */
export interface ReplicationSource {
    /** Of the registries that replicate: twelve digits each, as texts. */
    readonly accounts: readonly string[];
    /** Begins of the repositories' names that may be written: `mirror/`. @default all repositories */
    readonly prefixes?: readonly string[];
    /** Whether repositories that are missing here are made; without it they must be there, or nothing comes. @default true */
    readonly createRepositories?: boolean;
}

/** Who may have a pull-through cache of this registry fetch what it has not. */
export interface PullThroughGrant {
    readonly principals: readonly Principal[];
    /** Begins of the cached repositories' names: the rules' own, `docker-hub/`. @default all repositories */
    readonly prefixes?: readonly string[];
    /** Whether the first pull of an image makes its repository; without it the repository must be there. @default true */
    readonly createRepositories?: boolean;
}

/** What a registry allows to others. */
export interface RegistryGrants {
    readonly replication?: readonly ReplicationSource[];
    readonly pullThrough?: readonly PullThroughGrant[];
    /** Statements of your own, in IAM's words, each with its `Resource`. Actions beside these need the scope V2. */
    readonly statements?: readonly PolicyStatement[];
}

const KNOWN = ["replication", "pullThrough", "statements"];

/**
 * The policy of a whole registry, of which there is one for each account and region.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html, …/registry-permissions-create-replication.html,
 * …/registry-permissions-create-pullthroughcache.html)
 *
 * @throws EcrError for whom AWS would refuse, the registry's own account as a source, empty lists, prefixes that begin no
 * repository's name, and more than 10,240 characters
 */
export function registryPolicy(grants: RegistryGrants, place: PolicyPlace): PolicyDocument {
    const what = "The policy of a registry";
    const unknown = Object.keys(grants).find((key) => !KNOWN.includes(key));
    if (unknown !== undefined) {
        throw ecrError(`${what} has no grant ${quote(unknown)}: one of ${KNOWN.join(", ")}.`);
    }
    const { replication, pullThrough, statements } = grants;
    for (const [argument, list] of Object.entries({ replication, pullThrough, statements })) {
        if (list !== undefined) {
            checkList(argument, list, "an object");
        }
    }
    const made = [
        ...(replication ?? []).map((source, index) => replicationStatement(source, index, place)),
        ...(pullThrough ?? []).flatMap((grant, index) => pullThroughStatements(grant, index, place)),
    ];
    return policyDocument(what, made, statements, { resources: true });
}

function replicationStatement(source: ReplicationSource, index: number, place: PolicyPlace): PolicyStatement {
    const at = `replication[${index}]`;
    checkList(`${at}.accounts`, source.accounts, `an account ("111111111111")`);
    const accounts = source.accounts.map((account, position) => checkedAccount(`${at}.accounts[${position}]`, account));
    if (accounts.includes(place.account)) {
        throw ecrError(
            `${at}.accounts names ${place.account}, which is the registry's own: between its regions an account replicates without a policy, so leave it out.`,
        );
    }
    return {
        Sid: `Replication${index + 1}`,
        Effect: "Allow",
        Principal: { AWS: [...new Set(accounts)].map((account) => `arn:${place.partition}:iam::${account}:root`) },
        Action: [...creating(source), "ecr:ReplicateImage"],
        Resource: resourcesOf(at, source.prefixes, place),
    };
}

function pullThroughStatements(grant: PullThroughGrant, index: number, place: PolicyPlace): PolicyStatement[] {
    const at = `pullThrough[${index}]`;
    const who = sortPrincipals(`${at}.principals`, grant.principals, place.partition);
    const actions = ["ecr:BatchImportUpstreamImage", ...creating(grant)];
    return allowStatements(
        `PullThrough${index + 1}`,
        actions,
        who,
        place.account,
        resourcesOf(at, grant.prefixes, place),
    );
}

function creating({ createRepositories = true }: { readonly createRepositories?: boolean }): string[] {
    return createRepositories ? ["ecr:CreateRepository"] : [];
}

function resourcesOf(at: string, prefixes: readonly string[] | undefined, place: PolicyPlace): string[] {
    if (prefixes === undefined) {
        return [repositoryArn(place, "*")];
    }
    checkList(`${at}.prefixes`, prefixes, `the begin of a repository's name ("mirror/")`);
    return [...new Set(prefixes)].map((prefix) => {
        const problem = repositoryPrefixProblem(prefix);
        if (problem !== undefined) {
            throw ecrError(`${at}.prefixes has ${problem}.`);
        }
        return repositoryArn(place, `${prefix}*`);
    });
}
