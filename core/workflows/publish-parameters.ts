import type { Common } from "./parts";

/** One image that a project builds itself, and where its one build is pushed. */
export interface ImageBuild {
    /** Its name in the catalogue. */
    readonly image: string;
    /** The folder that is built, from the repository's root: `.`, `images/explorer`. */
    readonly context: string;
    /** The Dockerfile, from the repository's root. Default: `Dockerfile` in the context. */
    readonly file?: string;
    /** The stage of the Dockerfile. Default: the last one. */
    readonly target?: string;
    /** Nothing secret: whoever can pull the image reads them in its provenance. */
    readonly buildArgs?: Readonly<Record<string, string>>;
    /** All of them in one build: `linux/amd64`, `linux/arm64`. */
    readonly platforms: readonly string[];
    /**
     * Where the build is pushed, once, by digest: lower case, without a tag: `ghcr.io/kuzudb/explorer`. It has to be one
     * of the image's places in the catalogue, so that its tags are moved there too.
     */
    readonly repository: string;
    /**
     * Which tags a run publishes, as docker/metadata-action writes its rules (`type=semver,pattern={{version}}`).
     * Most projects take `DEFAULT_TAGS`.
     */
    readonly tags: readonly string[];
    /** docker/metadata-action's `flavor`: `latest=false`, `suffix=-slim`. Default: `latest` goes to releases by semver. */
    readonly flavor?: readonly string[];
}

/** When images are published. Always also by hand. */
export interface PublishTriggers {
    readonly branches?: readonly string[];
    /** Patterns of git tags: `v*`. Not together with `releases`, whose tag would be built twice, to two digests. */
    readonly tags?: readonly string[];
    /** Releases at GitHub, when they are published. */
    readonly releases?: boolean;
    /** Only where one of these changed; GitHub does not look at them for tags and releases. */
    readonly paths?: readonly string[];
    /** Cron, in UTC: to take the base images' fixes in. */
    readonly schedule?: string;
    /** Pull requests are built, without a secret, and pushed nowhere. */
    readonly pullRequests?: boolean;
}

/** How the build remembers what it did before. */
export type BuildCache =
    /** Not at all: each run builds everything. */
    | "none"
    /** In the tag `buildcache` of the image's repository, which only this workflow's own pushes write. */
    | "registry";

export interface PublishParameters extends Common {
    /** What the list of workflows shows; tells several of one repository apart. @default "Publish images" */
    readonly name?: string;
    /** At least one. Each is a job. */
    readonly builds: readonly ImageBuild[];
    readonly on: PublishTriggers;
    /** By cosign, keyless: the workflow's identity stands in the public transparency log. */
    readonly sign: boolean;
    /** `max` names the build's arguments and its whole definition, `min` what it was made from. */
    readonly provenance: "max" | "min" | false;
    readonly sbom: boolean;
    /** @default "none" */
    readonly cache?: BuildCache;
    /** Of each image. @default 60 */
    readonly timeoutMinutes?: number;
    /** How many images are built at a time. @default as many as there are runners */
    readonly maxParallel?: number;
}

/**
 * docker/metadata-action's habits: the branch's name, a release's version with and without its patch level, the commit;
 * `latest` follows the releases by its `flavor`. Scheduled runs are `nightly`.
 * (https://github.com/docker/metadata-action#tags-input)
 */
export const DEFAULT_TAGS: readonly string[] = [
    "type=schedule",
    "type=ref,event=branch",
    "type=semver,pattern={{version}}",
    "type=semver,pattern={{major}}.{{minor}}",
    "type=sha",
];
