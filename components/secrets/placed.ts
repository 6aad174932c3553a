import type * as pulumi from "@pulumi/pulumi";
import type { SecretsApp } from "./credentials";
import type { NamedValue } from "./named-values";

/** A store of secrets at GitHub, and how a value is put into it. */
export interface Place {
    /** For outputs and messages: `explorer/actions`, `explorer/environments/production`, `organization/dependabot`. */
    readonly label: string;
    readonly app: SecretsApp;
    /** How many secrets GitHub stores there. (https://docs.github.com/en/actions/reference/security/secrets) */
    readonly mostSecrets: number;
    /**
     * @returns when GitHub changed it last, as the provider writes it: of a secret `remoteUpdatedAt`, which a refresh reads
     * anew, where `updatedAt` stays the time of our own last change
     */
    put(value: NamedValue, opts: pulumi.CustomResourceOptions): pulumi.Output<string>;
}
