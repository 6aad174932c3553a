import { dirname } from "node:path";
import { type AwsEmulator, EMULATED_REGION } from "./emulator";

const SERVICES = ["ecr", "ecrpublic", "iam", "secretsmanager", "sts"];

/** Settings of a stack whose default provider of @pulumi/aws asks an emulator instead of AWS. */
export function awsConfig({ url, client }: AwsEmulator): Record<string, { readonly value: string }> {
    const settings = {
        region: EMULATED_REGION,
        accessKey: client.credentials.accessKeyId,
        secretKey: client.credentials.secretAccessKey,
        endpoints: JSON.stringify([Object.fromEntries(SERVICES.map((service) => [service, url]))]),
        skipCredentialsValidation: "true",
        skipMetadataApiCheck: "true",
        skipRegionValidation: "true",
        skipRequestingAccountId: "false",
    };
    return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`aws:${key}`, { value }]));
}

/** The plugin's own folder on PATH, for the engine. */
export function withPlugin(plugin: string): Record<string, string> {
    return { PATH: `${dirname(plugin)}:${process.env.PATH}` };
}
