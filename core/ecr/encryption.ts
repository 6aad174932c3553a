import { quote } from "../oci";
import { ecrError } from "./error";

/**
 * How a repository's images are encrypted at rest: `AES256` with keys of S3, `KMS` with AWS's own key of the account
 * (`aws/ecr`), `KMS_DSSE` the same in two layers, or a key of yours. ECR never changes it after the repository is made.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html)
 */
export type Encryption = "AES256" | "KMS" | "KMS_DSSE" | KeyEncryption;

export interface KeyEncryption {
    /** ARN, id or alias of a KMS key of the registry's region; its policy must allow `kms:CreateGrant` and `kms:DescribeKey`. */
    readonly key: string;
    /** @default "KMS" */
    readonly type?: "KMS" | "KMS_DSSE";
}

/** As the API and the provider have it. */
export interface EncryptionConfiguration {
    readonly encryptionType: string;
    readonly kmsKey?: string;
}

const KEY =
    /^(?:arn:[a-z-]+:kms:([a-z0-9-]+):\d{12}:(?:key|alias)\/.+|alias\/[\w/-]+|(?:mrk-)?[0-9a-f]{8,}[0-9a-f-]*)$/;

/**
 * @param region the registry's, where its host tells it
 * @throws EcrError for an unknown type, and a key that is none or of another region
 */
export function encryptionConfiguration(encryption: Encryption, region?: string): EncryptionConfiguration {
    const given: { type?: string; key?: string } =
        typeof encryption === "string" ? { type: encryption } : { type: "KMS", ...encryption };
    const types = typeof encryption === "string" ? ["AES256", "KMS", "KMS_DSSE"] : ["KMS", "KMS_DSSE"];
    if (given.type === undefined || !types.includes(given.type)) {
        throw ecrError(`"encryption" is "AES256", "KMS", "KMS_DSSE" or { key }, not ${quote(String(given.type))}.`);
    }
    if (typeof encryption === "string") {
        return { encryptionType: encryption };
    }
    const found = KEY.exec(String(given.key));
    if (found === null) {
        throw ecrError(
            `"encryption.key" is ${quote(String(given.key))}, which is no KMS key: give its ARN, its id or its alias ("alias/ecr").`,
        );
    }
    const [, at] = found;
    if (at !== undefined && region !== undefined && at !== region) {
        throw ecrError(
            `"encryption.key" is a key of ${at}, but the registry is in ${region}: ECR takes keys of its region.`,
        );
    }
    return { encryptionType: given.type, kmsKey: given.key };
}

/**
 * Why a repository that is there cannot become what is wanted, as a clause; undefined where it is that already. An alias
 * or an id cannot be compared with the ARN that ECR answers, and counts as the same.
 */
export function encryptionProblem(
    wanted: EncryptionConfiguration,
    actual: EncryptionConfiguration | undefined,
): string | undefined {
    const { encryptionType, kmsKey } = actual ?? { encryptionType: "AES256" };
    const other =
        encryptionType !== wanted.encryptionType ||
        (wanted.kmsKey?.includes(":key/") === true && kmsKey?.includes(":key/") === true && kmsKey !== wanted.kmsKey);
    return other ? `is encrypted by ${shown({ encryptionType, kmsKey })}, not by ${shown(wanted)}` : undefined;
}

function shown({ encryptionType, kmsKey }: EncryptionConfiguration): string {
    return kmsKey ? `${encryptionType} with ${kmsKey}` : encryptionType;
}
