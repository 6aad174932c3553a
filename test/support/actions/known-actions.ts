import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { globSync } from "tinyglobby";
import { buildAndPush } from "./build-push";
import { metadata } from "./metadata";

/** What an action's stand-in gets. */
export interface ActionCall {
    readonly inputs: Readonly<Record<string, string>>;
    /** The job's folder. */
    readonly workspace: string;
    readonly home: string;
    /** The repository's files. */
    readonly repository: string;
    /** By name: folders. */
    readonly artifacts: Map<string, string>;
    /** Where a new artifact's files go. */
    readonly store: string;
    readonly env: Readonly<Record<string, string>>;
    /** The context `github`, as far as the test gives it. */
    readonly github: Readonly<Record<string, string>>;
    /** The registry that plays Docker Hub, whose log-in names none. */
    readonly hub?: string | undefined;
}

export interface ActionResult {
    readonly outputs: Readonly<Record<string, string>>;
    readonly log?: string;
}

type Action = (call: ActionCall) => ActionResult | undefined | Promise<ActionResult>;

/**
 * The actions of our workflows, as their documentation says what they do with the inputs that we give. Those that only a
 * cloud could answer are not here, and a workflow with one cannot be run.
 *
 * @throws Error where the action would fail
 */
export const KNOWN_ACTIONS: Readonly<Record<string, Action>> = {
    "actions/checkout": ({ repository, workspace }) => {
        cpSync(repository, workspace, { recursive: true });
        return undefined;
    },

    "actions/setup-node": () => undefined,

    "actions/upload-artifact": ({ artifacts, inputs, store, workspace }) => {
        const { name = "artifact", path = "" } = inputs;
        const files = path.split("\n").flatMap((pattern) => globSync(pattern.trim(), { cwd: workspace }));
        if (files.length === 0 && inputs["if-no-files-found"] === "error") {
            throw new Error(`No files were found with the provided path: ${path}.`);
        }
        if (artifacts.has(name)) {
            throw new Error(`An artifact with the name ${name} already exists.`);
        }
        const folder = join(store, `artifact-${artifacts.size}`);
        for (const file of files) {
            cpSync(join(workspace, file), join(folder, files.length === 1 ? basename(file) : file), {
                recursive: true,
            });
        }
        artifacts.set(name, folder);
        return undefined;
    },

    "actions/download-artifact": ({ artifacts, inputs, workspace }) => {
        const target = join(workspace, inputs.path ?? "");
        const { name, pattern } = inputs;
        if (name !== undefined && !artifacts.has(name)) {
            throw new Error(`Unable to download artifact(s): Artifact not found for name: ${name}`);
        }
        const fits = new RegExp(`^${(name ?? pattern ?? "*").replaceAll("*", ".*")}$`);
        mkdirSync(target, { recursive: true });
        for (const [found, folder] of artifacts) {
            if (fits.test(found) && existsSync(folder)) {
                const merged = name !== undefined || inputs["merge-multiple"] === "true";
                cpSync(folder, merged ? target : join(target, found), { recursive: true });
            }
        }
        return undefined;
    },

    "docker/login-action": ({ home, hub, inputs }) => {
        const { registry = hub ?? "https://index.docker.io/v1/", username = "", password = "" } = inputs;
        if (username === "" || password === "") {
            throw new Error("Username and password required");
        }
        const file = join(home, ".docker", "config.json");
        const { auths = {} } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
        const auth = Buffer.from(`${username}:${password}`).toString("base64");
        mkdirSync(join(home, ".docker"), { recursive: true });
        writeFileSync(file, JSON.stringify({ auths: { ...auths, [registry]: { auth } } }));
        return undefined;
    },

    // A builder, emulators and cosign are there, or are played.
    "docker/setup-qemu-action": () => undefined,
    "docker/setup-buildx-action": () => undefined,
    "sigstore/cosign-installer": () => undefined,

    "docker/metadata-action": metadata,

    "docker/build-push-action": buildAndPush,
};
