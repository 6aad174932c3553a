import { parseEcrHost } from "../../aws-names";

/**
 * What to do at one of ECR's hosts in place of `docker login`, which does not know AWS's keys; undefined at others.
 * (docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html)
 */
export function ecrLogin(host: string): string | undefined {
    const ecr = parseEcrHost(host);
    if (ecr === undefined) {
        return undefined;
    }
    const command =
        ecr.visibility === "public"
            ? "aws ecr-public get-login-password --region us-east-1"
            : `aws ecr get-login-password --region ${ecr.region}`;
    return `give the registry credentials: { from: aws }, or run ${command} | docker login --username AWS --password-stdin ${host}`;
}
