/** What the host of an ECR registry tells of it. */
export type EcrHost = PrivateEcrHost | { readonly visibility: "public" };

/** `111111111111.dkr.ecr.eu-west-1.amazonaws.com`: one registry for each account and region. */
export interface PrivateEcrHost {
    readonly visibility: "private";
    /** Twelve digits; zeros in front count. */
    readonly account: string;
    readonly region: string;
    /** The begin of every ARN there: `aws`, `aws-cn`, `aws-us-gov`. */
    readonly partition: string;
}

const PRIVATE = /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)(?::443)?$/;

/**
 * Reads the host of a catalogue's registry; undefined for one that is none of ECR's own names, as an emulator's.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html, …/ecr-requests.html for the hosts of both IP versions)
 */
export function parseEcrHost(host: string): EcrHost | undefined {
    if (/^public\.ecr\.aws(?::443)?$/.test(host)) {
        return { visibility: "public" };
    }
    const [, account, region] = PRIVATE.exec(host) ?? [];
    return account === undefined || region === undefined
        ? undefined
        : { visibility: "private", account, region, partition: partitionOf(region) };
}

/** The same of a private registry alone; undefined for ECR Public too. */
export function parsePrivateEcrHost(host: string): PrivateEcrHost | undefined {
    const read = parseEcrHost(host);
    return read?.visibility === "private" ? read : undefined;
}

/** The partition of a region (docs.aws.amazon.com/general/latest/gr/rande.html). */
export function partitionOf(region: string): string {
    return region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** The host of an account's registry in a region. */
export function ecrHostOf(account: string, region: string): string {
    const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
    return `${account}.dkr.ecr.${region}.${suffix}`;
}

/** `arn:aws:ecr:eu-west-1:111111111111:repository/mirror/app`; a name may end with `*` where a policy takes patterns. */
export function repositoryArn(
    { account, region, partition }: Omit<PrivateEcrHost, "visibility">,
    name: string,
): string {
    return `arn:${partition}:ecr:${region}:${account}:repository/${name}`;
}

/** Twelve digits, as a text: as a number it would lose its zeros. */
export function isAccount(text: unknown): text is string {
    return typeof text === "string" && /^\d{12}$/.test(text);
}

/** The form of a region's name, `eu-west-1`: which ones there are changes too often to know. */
export function isRegion(text: unknown): text is string {
    return typeof text === "string" && /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/.test(text);
}
