import { type PrivateEcrHost, repositoryArn } from "../aws-names";
import { type Encryption, encryptionConfiguration } from "./encryption";
import { ROOT } from "./prefixes";

/** What the templates of one role ask of it. */
export interface TemplateRoleWish {
    readonly prefix: string;
    readonly replicates: boolean;
    readonly encryption?: Encryption;
}

/** Who may assume the role (docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create-iam.html). */
export const TEMPLATE_ROLE_TRUST = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" }],
} as const;

/**
 * What the role may: AWS's own example (…/userguide/repository-creation-templates-custom.html), but only for repositories
 * below the prefixes and for the keys that the templates have. Of a template that names no key it is AWS's own key for
 * ECR, whose ARN nobody knows beforehand: any key of the place.
 */
export function templateRolePolicy(
    wishes: readonly TemplateRoleWish[],
    place: Omit<PrivateEcrHost, "visibility">,
): { Version: "2012-10-17"; Statement: object[] } {
    const arns = wishes.map(({ prefix }) => repositoryArn(place, prefix === ROOT ? "*" : `${prefix}/*`));
    const replicates = wishes.some((one) => one.replicates);
    const keys = wishes
        .map(({ encryption = "AES256" }) => encryptionConfiguration(encryption))
        .filter(({ encryptionType }) => encryptionType !== "AES256")
        .map(({ kmsKey }) => kmsKey ?? `arn:${place.partition}:kms:${place.region}:${place.account}:key/*`);
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "MakeRepositories",
                Effect: "Allow",
                Action: ["ecr:CreateRepository", ...(replicates ? ["ecr:ReplicateImage"] : []), "ecr:TagResource"],
                Resource: unique(arns),
            },
            ...(keys.length === 0
                ? []
                : [
                      {
                          Sid: "EncryptThem",
                          Effect: "Allow",
                          Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
                          Resource: unique(keys),
                      },
                  ]),
        ],
    };
}

function unique(values: readonly string[]): string[] {
    return [...new Set(values)].sort();
}
