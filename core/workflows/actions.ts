/** One action of others at one commit. */
export interface PinnedAction {
    /** `owner/name`. */
    readonly repository: string;
    /** The tag that the commit has. */
    readonly version: string;
    /** All 40 digits: a tag can be moved to other code, a commit cannot. */
    readonly commit: string;
    /** The inputs that its action.yml has at that commit, as far as we use them. */
    readonly inputs: readonly string[];
    /** Inputs that are always so, in every workflow. */
    readonly always?: Readonly<Record<string, string | number | boolean>>;
}

/**
 * Images that actions start, which would move from day to day by their tags; sources: the tags of
 * https://hub.docker.com/r/tonistiigi/binfmt and https://hub.docker.com/r/moby/buildkit.
 */
const PINNED_IMAGES = {
    binfmt: "docker.io/tonistiigi/binfmt:qemu-v10.2.3-68@sha256:400a4873b838d1b89194d982c45e5fb3cda4593fbfd7e08a02e76b03b21166f0",
    buildkit: "docker.io/moby/buildkit:v0.31.2@sha256:2f5adac4ecd194d9f8c10b7b5d7bceb5186853db1b26e5abd3a657af0b7e26ec",
} as const;

/**
 * Every action that a workflow of ours may use, and the only place that names a commit. Source of each: the tag
 * `version` in the git repository `https://github.com/<repository>`, and its action.yml there. docs/workflows.md says
 * how to renew them.
 */
export const ACTIONS = {
    checkout: {
        repository: "actions/checkout",
        version: "v7.0.1",
        commit: "3d3c42e5aac5ba805825da76410c181273ba90b1",
        inputs: ["ref", "persist-credentials", "fetch-depth"],
        // Else the token stays in .git/config, where every later step and artifact finds it.
        always: { "persist-credentials": false },
    },
    "setup-node": {
        repository: "actions/setup-node",
        version: "v7.0.0",
        commit: "820762786026740c76f36085b0efc47a31fe5020",
        inputs: ["node-version", "package-manager-cache"],
        // A cache that another workflow can write is a way into this one.
        always: { "package-manager-cache": false },
    },
    "upload-artifact": {
        repository: "actions/upload-artifact",
        version: "v7.0.0",
        commit: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
        inputs: ["name", "path", "if-no-files-found", "retention-days", "overwrite"],
        always: { "if-no-files-found": "error" },
    },
    "download-artifact": {
        repository: "actions/download-artifact",
        version: "v8.0.1",
        commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
        inputs: ["name", "path", "pattern", "merge-multiple"],
    },
    "docker-login": {
        repository: "docker/login-action",
        version: "v4.1.0",
        commit: "4907a6ddec9925e35a0a9e82d7399ccc52663121",
        inputs: ["registry", "username", "password"],
    },
    "setup-qemu": {
        repository: "docker/setup-qemu-action",
        version: "v4.2.0",
        commit: "96fe6ef7f33517b61c61be40b68a1882f3264fb8",
        inputs: ["platforms", "image", "cache-image"],
        // A container with every right on the runner, and by default whatever `latest` is that day.
        always: { image: PINNED_IMAGES.binfmt, "cache-image": false },
    },
    "setup-buildx": {
        repository: "docker/setup-buildx-action",
        version: "v4.3.0",
        commit: "37fe631027851001ddb9b187196cc803df7f5f0e",
        inputs: ["driver-opts", "cache-binary"],
        // It sees the build's files and pushes what it makes of them.
        always: { "driver-opts": `image=${PINNED_IMAGES.buildkit}`, "cache-binary": false },
    },
    "docker-metadata": {
        repository: "docker/metadata-action",
        version: "v6.2.0",
        commit: "dc802804100637a589fabce1cb79ff13a1411302",
        inputs: ["images", "tags", "flavor"],
    },
    "build-push": {
        repository: "docker/build-push-action",
        version: "v7.3.0",
        commit: "53b7df96c91f9c12dcc8a07bcb9ccacbed38856a",
        inputs: [
            "context",
            "file",
            "target",
            "build-args",
            "platforms",
            "labels",
            "annotations",
            "outputs",
            "provenance",
            "sbom",
            "cache-from",
            "cache-to",
        ],
    },
    "cosign-installer": {
        repository: "sigstore/cosign-installer",
        // It has the digest of cosign v3.0.6 in itself.
        version: "v4.1.2",
        commit: "6f9f17788090df1f26f669e9d70d6ae9567deba6",
        inputs: [],
    },
    "aws-credentials": {
        repository: "aws-actions/configure-aws-credentials",
        version: "v6.2.3",
        commit: "e6de054238d6b7531b4efff3b6587d9aade6a06c",
        inputs: ["aws-region", "role-to-assume", "aws-profile"],
    },
    "google-auth": {
        repository: "google-github-actions/auth",
        version: "v3.0.0",
        commit: "7c6bc770dae815cd3e89ee6cdf493a5fab2cc093",
        inputs: ["workload_identity_provider", "service_account"],
    },
} as const satisfies Readonly<Record<string, PinnedAction>>;

export type ActionName = keyof typeof ACTIONS;

export function actionOf(name: ActionName): PinnedAction {
    return ACTIONS[name];
}
