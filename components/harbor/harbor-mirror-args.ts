import type * as pulumi from "@pulumi/pulumi";
import type { Catalog, Lock } from "../../core/catalog";
import type { Keep } from "../../core/harbor-plan";
import type { HarborObjectArgs } from "./harbor-args";
import type { HarborProjectArgs, HarborProxyCacheArgs } from "./harbor-project";
import type { HarborRegistryType } from "./harbor-registry-endpoint";
import type { HarborReplicationArgs } from "./harbor-replication";
import type { HarborRobotArgs } from "./harbor-robot";

/** What a project is set to, but for its name and for being a proxy cache. */
export type HarborMirrorProjectArgs = Omit<HarborProjectArgs, keyof HarborObjectArgs | "name" | "proxyCache">;

/** How Harbor reaches a registry that images come from. What is no Input is known when the program runs. */
export interface HarborMirrorSourceArgs {
    /**
     * Key of the login that Harbor uses there, in the stack's configuration: `transship:credentials.KEY.username` and
     * `.password`; never an input. @default the key of the catalogue's `credentials: { from: config, key }`, where they
     * are from there; else Harbor asks as nobody
     */
    readonly credentials?: pulumi.Input<string>;
    /** Any other value than at the last deploy sends the login again. */
    readonly rotate?: pulumi.Input<string | number>;
    /** @default by the kind of the catalogue's registry, or by its host; `docker-registry` for what Harbor has no word for */
    readonly type?: pulumi.Input<HarborRegistryType>;
    /** Its address. @default `https://` and the host; Docker Hub's is `https://hub.docker.com` */
    readonly endpoint?: pulumi.Input<string>;
    /** Its name at Harbor, at most 64 characters. @default the component's name and the key */
    readonly name?: pulumi.Input<string>;
    /** Whether Harbor takes any certificate there. @default Harbor's: false */
    readonly insecure?: pulumi.Input<boolean>;
    /** The certificate authority, as PEM. Harbor 2.15. @default those of Harbor's system */
    readonly caCertificate?: pulumi.Input<string>;
    /** Whether Harbor is asked to reach it where something changes. @default true */
    readonly ping?: pulumi.Input<boolean>;
}

/** What the rules carry, and when. */
export interface HarborMirrorReplicationArgs
    extends Pick<HarborReplicationArgs, "copyByChunk" | "enabled" | "override" | "singleActive" | "speed"> {
    /** Six fields in UTC, the first of which, the second, is 0: `0 0 2 * * *`. @default rules run by hand, or by the fleet */
    readonly schedule?: pulumi.Input<string>;
    /**
     * Whether a rule brings exactly what the catalogue names. `false`: fewer rules, since repositories below one path share
     * one, and each comes with the tags of all of them. Plain. @default true
     */
    readonly exact?: boolean;
    /**
     * Whether the tags `sha256-*` come along: signatures of cosign's older form, and lists of referrers, of whatever image of
     * the repository. From another Harbor signatures come by themselves. Plain. @default false
     */
    readonly signatures?: boolean;
    /** Whether images of which the catalogue names platforms come with all of them. Plain. @default false: the fleet carries them */
    readonly allPlatforms?: boolean;
    /**
     * Who carries where the environment is `locked`. Harbor brings what a tag is now, which the lock may not know: the fleet
     * finds that, and somebody has to put it right. Plain. @default "transship"
     */
    readonly locked?: "transship" | "harbor";
}

export interface HarborMirrorRetentionArgs {
    /**
     * How long what neither the catalogue nor the lock names stays, tagged or not: as long as one of them says.
     * Plain. @default 90 days after the push, and 90 days after the last pull
     */
    readonly others?: Keep | readonly Keep[];
    /** As HarborRetention has it. @default it runs by hand only */
    readonly schedule?: pulumi.Input<"hourly" | "daily" | "weekly" | "manual" | (string & {})>;
}

/** A robot that pushes and pulls, and nothing else. */
export interface HarborMirrorRobotArgs
    extends Pick<HarborRobotArgs, "description" | "duration" | "keepSecret" | "rotate" | "rotateAfter"> {
    /** Its short name. @default the component's name, with `-ci` */
    readonly name?: pulumi.Input<string>;
    /** `pull`: it may not push. Plain. @default "push" */
    readonly access?: "pull" | "push";
}

export interface HarborMirrorGarbageArgs {
    /** As HarborSchedule has it. */
    readonly schedule: pulumi.Input<"hourly" | "daily" | "weekly" | "manual" | (string & {})>;
    /** Whether artifacts without a tag are deleted first; never beside a proxy cache. Plain. @default false */
    readonly deleteUntagged?: boolean;
    /** How many delete at a time, 1 to 10. @default Harbor's: 1 */
    readonly workers?: pulumi.Input<number>;
}

/** A project that pulls from a registry what it does not have. */
export interface HarborMirrorCacheArgs extends Omit<HarborProxyCacheArgs, "registryId">, HarborMirrorProjectArgs {
    /** Key of a registry of the catalogue, or a host: `ghcr.io`. How Harbor reaches it may be said in `sources`. Plain. */
    readonly source: string;
}

/** What is no Input decides what there is, and is known when the program runs. */
export interface HarborMirrorArgs extends Omit<HarborObjectArgs, "url"> {
    readonly catalog: Catalog;
    /** A key among the catalogue's registries, of kind `harbor`. @default the only one of that kind */
    readonly registry?: string;
    /** Harbor's address. @default `https://` and the host of that registry */
    readonly url?: pulumi.Input<string>;
    /** Of an environment, such as the `lock` of a fleet or of another stack, where it is known. @default the catalogue's own */
    readonly lock?: Lock;
    /** Settings of every project that images are carried to. `public` follows the catalogue's registry. */
    readonly project?: HarborMirrorProjectArgs;
    /** By the project's name, in the place of the common ones, one by one. */
    readonly perProject?: Readonly<Record<string, HarborMirrorProjectArgs>>;
    /** By the key of the catalogue's registry, or the host. */
    readonly sources?: Readonly<Record<string, HarborMirrorSourceArgs>>;
    /** `false`: no rules; `carriedByTransship` then names everything. */
    readonly replication?: false | HarborMirrorReplicationArgs;
    /** @default one that pushes */
    readonly robot?: false | HarborMirrorRobotArgs;
    /** @default what the catalogue and the lock name is kept, and nothing runs by itself */
    readonly retention?: false | HarborMirrorRetentionArgs;
    /**
     * Whether whole versions (`1.18.3`) that the catalogue or the lock names are never written again with another digest.
     * Left out are Docker's official images, which are built anew below their tags, and the images that `except` names.
     * @default true
     */
    readonly immutableTags?: boolean | { readonly except: readonly string[] };
    /** Of the whole Harbor. @default nothing is said of it */
    readonly garbageCollection?: HarborMirrorGarbageArgs;
    /** When all images of the whole Harbor are scanned, as HarborSchedule has it. @default nothing is said of it */
    readonly scanAll?: pulumi.Input<"hourly" | "daily" | "weekly" | "manual" | (string & {})>;
    /** By the project's name. */
    readonly proxyCaches?: Readonly<Record<string, HarborMirrorCacheArgs>>;
}
