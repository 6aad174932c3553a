import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import { checkChoice } from "../images/arguments";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.project.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.project.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.project.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.project.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.project.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.project.delete(id, props);
    },
};

/** The lowest severity whose images nobody gets. */
export type HarborSeverity = "none" | "low" | "medium" | "high" | "critical";

/** A project that pulls from another registry what it does not have. */
export interface HarborProxyCacheArgs {
    /** The endpoint: `endpoint.objectId`. Another one is another project. */
    readonly registryId: pulumi.Input<number>;
    /** Kilobits a second that Harbor takes from the other registry; -1: no limit. @default no limit */
    readonly speed?: pulumi.Input<number>;
    /** Connections to the other registry for one image at a time; -1: no limit. Harbor 2.15. @default no limit */
    readonly maxConnections?: pulumi.Input<number>;
    /** Whether what the other registry no longer has is served from here. Harbor 2.15.2. @default false */
    readonly serveLocalOnNotFound?: pulumi.Input<boolean>;
    /** Whether signatures and other referrers are asked for there, too; newer than Harbor 2.15. @default false */
    readonly referrers?: pulumi.Input<boolean>;
    /** Which repositories are cached; newer than Harbor 2.15. @default all */
    readonly filter?: pulumi.Input<{
        readonly pattern: pulumi.Input<string>;
        /** @default "doublestar" */
        readonly kind?: pulumi.Input<"doublestar" | "regex">;
    }>;
}

/** What is not given stays as it is at Harbor, and is nobody's drift. */
export interface HarborProjectArgs extends HarborObjectArgs {
    /** Lower-case letters and digits, with single `.`, `_` or `-` between them. Another one is another project. */
    readonly name: pulumi.Input<string>;
    /** Whether everybody may pull. @default Harbor's: false */
    readonly public?: pulumi.Input<boolean>;
    /** Bytes, or `"50GiB"` (KiB, MiB, GiB, TiB), or `"unlimited"`. An administrator's. @default Harbor's own setting */
    readonly quota?: pulumi.Input<number | string>;
    /** Whether an image is scanned when it is pushed. @default Harbor's: false */
    readonly autoScan?: pulumi.Input<boolean>;
    /** Whether a software bill of materials is made of an image when it is pushed. Harbor 2.11. @default Harbor's: false */
    readonly autoSbom?: pulumi.Input<boolean>;
    /** Whether images with vulnerabilities of `severity` and worse are not given out. @default Harbor's: false */
    readonly preventVulnerable?: pulumi.Input<boolean>;
    /** @default Harbor's: "low" */
    readonly severity?: pulumi.Input<HarborSeverity>;
    /** CVEs that prevent nothing: `CVE-2019-10164`. With a list of its own the project leaves the system's. */
    readonly cveAllowlist?: pulumi.Input<pulumi.Input<string>[]>;
    /** When the list ends: `2027-01-31T00:00:00Z`. @default never */
    readonly cveAllowlistUntil?: pulumi.Input<string>;
    /** Whether the system's list of CVEs counts. @default Harbor's: true; false with a `cveAllowlist` */
    readonly systemCveAllowlist?: pulumi.Input<boolean>;
    /** Whether only images that cosign has signed are given out. @default Harbor's: false */
    readonly contentTrust?: pulumi.Input<boolean>;
    /** @default it is no proxy cache */
    readonly proxyCache?: HarborProxyCacheArgs;
}

/**
 * A project of Harbor. Each deploy looks at it: what somebody changed by hand is shown at the preview, field by field,
 * and put right by the deploy. Harbor deletes no project that has repositories, so `destroy` loses no image.
 */
export class HarborProject extends pulumi.dynamic.Resource {
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of it. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborProjectArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("severity", args.severity, ["none", "low", "medium", "high", "critical"]);
        const { registryId, ...proxyCache } = args.proxyCache ?? {};
        const inputs: GivenInputs<harborTypes.ProjectInputs, "project"> = {
            url: args.url,
            name: args.name,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            public: args.public,
            quota: args.quota,
            autoScan: args.autoScan,
            autoSbom: args.autoSbom,
            preventVulnerable: args.preventVulnerable,
            severity: args.severity,
            cveAllowlist: args.cveAllowlist,
            cveAllowlistUntil: args.cveAllowlistUntil,
            systemCveAllowlist: args.systemCveAllowlist,
            contentTrust: args.contentTrust,
            registryId,
            proxyCache: args.proxyCache && proxyCache,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborProject");
    }
}
