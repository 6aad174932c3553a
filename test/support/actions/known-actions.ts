import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { globSync } from "tinyglobby";

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
}

/**
 * The actions of our workflows, as their documentation says what they do with the inputs that we give. Those that only a
 * cloud could answer are not here, and a workflow with one cannot be run.
 *
 * @throws Error where the action would fail
 */
export const KNOWN_ACTIONS: Readonly<Record<string, (call: ActionCall) => void>> = {
    "actions/checkout": ({ repository, workspace }) => cpSync(repository, workspace, { recursive: true }),

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
    },

    "docker/login-action": ({ home, inputs }) => {
        const { registry = "https://index.docker.io/v1/", username = "", password = "" } = inputs;
        if (username === "" || password === "") {
            throw new Error("Username and password required");
        }
        const auth = Buffer.from(`${username}:${password}`).toString("base64");
        mkdirSync(join(home, ".docker"), { recursive: true });
        writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ auths: { [registry]: { auth } } }));
    },
};
