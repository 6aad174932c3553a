import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.registryEndpoint.delete(id, props);
    },
};

/** Harbor's words for what kind of registry it is; newer versions know more. (goharbor/harbor, src/pkg/reg/model) */
export type HarborRegistryType =
    | "ali-acr"
    | "aws-ecr"
    | "azure-acr"
    | "docker-hub"
    | "docker-registry"
    | "dtr"
    | "github-ghcr"
    | "gitlab"
    | "google-gcr"
    | "harbor"
    | "huawei-SWR"
    | "jfrog-artifactory"
    | "quay"
    | "tencent-tcr"
    | "volcengine-cr"
    | (string & {});

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborRegistryEndpointArgs extends HarborObjectArgs {
    /** At most 64 characters. Another one renames it. */
    readonly name: pulumi.Input<string>;
    /** `docker-hub`, `github-ghcr`, `aws-ecr`, `harbor`, … Another one is another endpoint. */
    readonly type: pulumi.Input<HarborRegistryType>;
    /** The registry's address: `https://ghcr.io`, `https://api.ecr.eu-west-1.amazonaws.com`. */
    readonly endpoint: pulumi.Input<string>;
    readonly description?: pulumi.Input<string>;
    /** Whether Harbor takes any certificate there. @default Harbor's: false */
    readonly insecure?: pulumi.Input<boolean>;
    /** The certificate authority of the registry, as PEM. Harbor 2.15. @default those of Harbor's system */
    readonly caCertificate?: pulumi.Input<string>;
    /**
     * Key of the login that Harbor uses at the registry, in the stack's configuration:
     * `transship:credentials.KEY.username` and `.password`. It is never an input. @default Harbor asks as nobody
     */
    readonly registryCredentials?: pulumi.Input<string>;
    /** Any other value than at the last deploy sends the login again: Harbor shows nobody which one it has. */
    readonly rotate?: pulumi.Input<string | number>;
    /** Whether Harbor is asked to reach the registry where something changes, or where it says that it is not well. @default true */
    readonly ping?: pulumi.Input<boolean>;
}

/**
 * Another registry, as Harbor knows it: what a proxy cache and a replication rule name. Harbor makes and changes none
 * that it does not reach, and deletes none that something uses.
 */
export class HarborRegistryEndpoint extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it: what a project's `proxyCache.registryId` takes. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborRegistryEndpointArgs, opts?: pulumi.CustomResourceOptions) {
        const inputs: GivenInputs<harborTypes.RegistryEndpointInputs, "project"> = {
            url: args.url,
            name: args.name,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            type: args.type,
            endpoint: args.endpoint,
            description: args.description,
            insecure: args.insecure,
            caCertificate: args.caCertificate,
            registryCredentials: args.registryCredentials,
            rotate: args.rotate,
            ping: args.ping,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborRegistryEndpoint");
    }
}
