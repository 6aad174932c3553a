import type { HarborInputs, HarborState } from "./kind";

export type { ImmutableTagsInputs, ImmutableTagsState } from "./immutable-tags";
export type { QuotaInputs, QuotaState } from "./quota";
export type { RetentionInputs, RetentionState } from "./retention-inputs";

/** The inputs of `transship:HarborProject`. */
export interface ProjectInputs extends HarborInputs {
    readonly public?: boolean;
    /** Bytes, or `50GiB`, or `unlimited`. */
    readonly quota?: number | string;
    readonly autoScan?: boolean;
    readonly autoSbom?: boolean;
    readonly preventVulnerable?: boolean;
    readonly severity?: string;
    readonly cveAllowlist?: readonly string[];
    readonly cveAllowlistUntil?: string;
    readonly systemCveAllowlist?: boolean;
    readonly contentTrust?: boolean;
    /** The endpoint that it is a proxy cache of. */
    readonly registryId?: number;
    readonly proxyCache?: {
        readonly speed?: number;
        readonly maxConnections?: number;
        readonly serveLocalOnNotFound?: boolean;
        readonly referrers?: boolean;
        readonly filter?: { readonly pattern: string; readonly kind?: string };
    };
}

/** The inputs of `transship:HarborRegistryEndpoint`. */
export interface RegistryEndpointInputs extends HarborInputs {
    /** `docker-hub`, `github-ghcr`, … */
    readonly type: string;
    /** The registry's address. */
    readonly endpoint: string;
    readonly description?: string;
    readonly insecure?: boolean;
    readonly caCertificate?: string;
    /** Key of the login at that registry, in the stack's configuration. */
    readonly registryCredentials?: string;
    /** Any other value sends the login again. */
    readonly rotate?: unknown;
    readonly ping?: boolean;
}

export type { PreheatInputs } from "./preheat-inputs";
export type { ReplicationInputs } from "./replication-inputs";
export type { ScheduleInputs } from "./schedule-inputs";
export type { WebhookInputs } from "./webhook-inputs";
export type ProjectState = ProjectInputs & HarborState;
export type RegistryEndpointState = RegistryEndpointInputs & HarborState;
export type { LabelInputs, LabelState } from "./label";
export type { MemberInputs, MemberState } from "./member";
export type { RobotInputs, RobotState } from "./robot-inputs";
export type { RobotAccess, RobotRight, RobotScope } from "./robot-permissions";
