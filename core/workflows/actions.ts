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
