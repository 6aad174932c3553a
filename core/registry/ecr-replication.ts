import { parsePrivateEcrHost } from "../aws-names";
import { TransshipError } from "../errors";
import { openEcr } from "./credentials/aws";
import { credentialError } from "./credentials/credential-error";
import type { Endpoint } from "./endpoint";
import { RegistryError } from "./errors";
import type { Transport } from "./http/transport";
import { redactText } from "./redact";
import type { Environment } from "./settings";

/** (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageReplicationStatus.html) */
export interface EcrReplicationStatus {
    readonly region: string;
    /** The destination's account. */
    readonly account: string;
    readonly status: "IN_PROGRESS" | "COMPLETE" | "FAILED";
    /** Only of one that failed. */
    readonly failureCode?: string;
}

interface Described {
    readonly replicationStatuses?: readonly {
        readonly region?: string;
        readonly registryId?: string;
        readonly status?: EcrReplicationStatus["status"];
        readonly failureCode?: string;
    }[];
}

/**
 * `DescribeImageReplicationStatus`, of a private registry whose credentials come from AWS. Empty for an image that no
 * rule replicates, or that was there before its rule.
 *
 * @throws RegistryError `CREDENTIALS_MISSING` without the SDK or with other credentials
 * @throws TransshipError `ECR_REPLICATION_UNKNOWN` for whatever AWS says
 */
export async function ecrReplicationOf(
    { options }: Transport,
    repository: string,
    digest: string,
): Promise<EcrReplicationStatus[]> {
    const { endpoint, environment, settings, stats } = options;
    const source = settings.credentials?.pull;
    if (source?.from !== "aws") {
        throw credentialError(
            "CREDENTIALS_MISSING",
            `What ECR replicates from ${endpoint.host} is asked of AWS's API: give the registry credentials by { from: aws }.`,
            endpoint,
        );
    }
    const { client, sdk } = await openEcr(source, endpoint, environment);
    try {
        const Describe = sdk.DescribeImageReplicationStatusCommand as new (input: object) => unknown;
        const host = parsePrivateEcrHost(endpoint.host);
        const input = {
            repositoryName: repository,
            imageId: { imageDigest: digest },
            ...(host === undefined ? {} : { registryId: host.account }),
        };
        stats.count("POST");
        const { replicationStatuses = [] } = (await client.send(new Describe(input))) as Described;
        return replicationStatuses.map(({ region = "", registryId: account = "", status, failureCode }) => ({
            region,
            account,
            status: status ?? "IN_PROGRESS",
            ...(failureCode === undefined ? {} : { failureCode }),
        }));
    } catch (error) {
        throw error instanceof RegistryError ? error : refusal(error, repository, endpoint, environment);
    } finally {
        client.destroy?.();
    }
}

/** One sentence for what AWS's SDK threw, which is no cause: its fields hold requests, with what signs them. */
function refusal(thrown: unknown, repository: string, { host }: Endpoint, { env }: Environment): TransshipError {
    const secrets = [env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN, env.AWS_ACCESS_KEY_ID];
    const said = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : "no reason given";
    const known = secrets.filter((secret) => secret !== undefined);
    return new TransshipError(
        "ECR_REPLICATION_UNKNOWN",
        `ECR at ${host} does not tell how far ${repository} is replicated (${redactText(said.replace(/\.\s*$/, ""), known)}): allow ecr:DescribeImageReplicationStatus there, and check the credentials.`,
    );
}
