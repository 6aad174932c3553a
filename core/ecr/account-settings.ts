import { quote } from "../oci";
import { ecrError } from "./error";

/**
 * A setting of an account's registry in one region, as PutAccountSetting takes it.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html)
 */
export interface AccountSetting {
    readonly name: "BASIC_SCAN_TYPE_VERSION" | "BLOB_MOUNTING" | "REGISTRY_POLICY_SCOPE";
    readonly value: "AWS_NATIVE" | "ENABLED" | "DISABLED" | "V2";
}

export function blobMounting(enabled: boolean): AccountSetting {
    if (typeof enabled !== "boolean") {
        throw ecrError(`blobMounting must be true or false, not ${quote(String(enabled))}.`);
    }
    return { name: "BLOB_MOUNTING", value: enabled ? "ENABLED" : "DISABLED" };
}

/** (docs.aws.amazon.com/AmazonECR/latest/userguide/doc-history.html, 2 February 2026) */
export function basicScanType(version: string): AccountSetting {
    if (version !== "AWS_NATIVE") {
        throw ecrError(
            version === "CLAIR"
                ? 'AWS ended basic scanning by CLAIR on 2 February 2026 and moved every account to "AWS_NATIVE": leave basicScanType out, or give "AWS_NATIVE".'
                : `basicScanType must be "AWS_NATIVE", not ${quote(String(version))}.`,
        );
    }
    return { name: "BASIC_SCAN_TYPE_VERSION", value: version };
}

/** (docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-account-settings.html) */
export function registryPolicyScope(scope: string): AccountSetting {
    if (scope !== "V2") {
        throw ecrError(
            scope === "V1"
                ? 'registryPolicyScope "V1" applies a registry policy to replication and pull-through only, so what else it forbids would be open again, and AWS takes "V2" alone for a change: leave registryPolicyScope out, or give "V2".'
                : `registryPolicyScope must be "V2", not ${quote(String(scope))}.`,
        );
    }
    return { name: "REGISTRY_POLICY_SCOPE", value: scope };
}

/** Principals whose pulls need not count (docs.aws.amazon.com/AmazonECR/latest/userguide/pull-time-update-exclusions.html). */
export const MOST_PULL_TIME_EXCLUSIONS = 100;
const PRINCIPAL = /^arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:role|user)\/[\w+=,.@-]+(?:\/[\w+=,.@-]+)*$/;

/**
 * An ARN whose pulls AWS can leave uncounted: of a role or a user, neither a session's nor a whole account's.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegisterPullTimeUpdateExclusion.html)
 */
export function pullTimeExclusion(arn: string): string {
    if (arn.length > 200 || !PRINCIPAL.test(arn)) {
        const role = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)/.exec(arn);
        const advice = role === null ? "" : `, here arn:${role[1]}:iam::${role[2]}:role/${role[3]}`;
        throw ecrError(
            `Pulls of ${quote(arn)} cannot be left uncounted: give the ARN of a role or a user, at most 200 characters${advice}.`,
        );
    }
    return arn;
}
