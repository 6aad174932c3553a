import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Endpoint, isDockerHub } from "../endpoint";
import type { Environment } from "../settings";
import { ANONYMOUS, type Credential, type ResolvedCredential } from "./credential";
import { credentialError } from "./credential-error";
import { askHelper } from "./docker-helper";
import { ecrLogin } from "./ecr-login";

/** The key under which Docker keeps Docker Hub's credentials, and by which it asks helpers for them. */
const HUB_KEY = "https://index.docker.io/v1/";

/** github.com/awslabs/amazon-ecr-credential-helper */
const ECR_HELPER = "ecr-login";

interface ConfigFile {
    readonly path: string;
    readonly auths: Readonly<Record<string, unknown>>;
    readonly credHelpers: Readonly<Record<string, unknown>>;
    readonly credsStore?: string;
}

/**
 * Docker's config.json, then podman's auth.json, which has the same form. In each: the helper named for the host, then
 * the helper for all, then what stands in the file (github.com/docker/cli, docs/reference/commandline/login.md).
 */
export async function fromDocker(endpoint: Endpoint, environment: Environment): Promise<ResolvedCredential> {
    let nobody = ANONYMOUS;
    for (const path of configPaths(environment)) {
        const config = await readConfig(path, endpoint);
        const found = config && (await lookUp(config, endpoint, environment));
        if (found?.credential !== undefined) {
            return found;
        }
        nobody = found ?? nobody;
    }
    return nobody;
}

function configPaths({ env, home }: Environment): string[] {
    const directory = given(env.DOCKER_CONFIG) ?? join(home ?? given(env.HOME) ?? homedir(), ".docker");
    const paths = [join(directory, "config.json")];
    const podman = given(env.REGISTRY_AUTH_FILE) ?? runtimeFile(given(env.XDG_RUNTIME_DIR));
    if (podman !== undefined) {
        paths.push(podman);
    }
    return paths;
}

function runtimeFile(directory: string | undefined): string | undefined {
    return directory === undefined ? undefined : join(directory, "containers", "auth.json");
}

function given(value: string | undefined): string | undefined {
    return value === "" ? undefined : value;
}

async function readConfig(path: string, endpoint: Endpoint): Promise<ConfigFile | undefined> {
    let text: string;
    try {
        text = await readFile(path, "utf8");
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === "ENOENT" || code === "ENOTDIR") {
            return undefined;
        }
        throw unreadable(path, `it cannot be read (${code})`, endpoint);
    }
    let document: unknown;
    try {
        document = text.trim() === "" ? {} : JSON.parse(text);
    } catch {
        // The parser's message quotes the text, which holds secrets: it is not even kept as the cause.
        throw unreadable(path, "it is not JSON", endpoint);
    }
    if (typeof document !== "object" || document === null || Array.isArray(document)) {
        throw unreadable(path, "it is not a JSON object", endpoint);
    }
    const { auths, credHelpers, credsStore } = document as Record<string, unknown>;
    return {
        path,
        auths: record(auths),
        credHelpers: record(credHelpers),
        ...(typeof credsStore === "string" && credsStore !== "" ? { credsStore } : {}),
    };
}

function unreadable(path: string, why: string, endpoint: Endpoint): Error {
    return credentialError(
        "CREDENTIALS_INVALID",
        `The file ${path} gives no credentials for the registry ${endpoint.host}: ${why}; correct it, or set DOCKER_CONFIG to another directory.`,
        endpoint,
    );
}

function record(value: unknown): Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : {};
}

async function lookUp(
    config: ConfigFile,
    endpoint: Endpoint,
    environment: Environment,
): Promise<ResolvedCredential | undefined> {
    const named = find(config.credHelpers, endpoint.host);
    const helper = typeof named === "string" && named !== "" ? named : config.credsStore;
    if (helper !== undefined) {
        const server = isDockerHub(endpoint.host) ? HUB_KEY : endpoint.host;
        const credential = await askHelper(helper, server, endpoint, environment);
        if (credential !== undefined) {
            return withAdvice(
                { credential, description: `the credential helper docker-credential-${helper}` },
                endpoint,
            );
        }
    }
    const credential = readAuth(find(config.auths, endpoint.host), config, endpoint);
    if (credential === undefined) {
        return helper === ECR_HELPER ? silence(endpoint) : undefined;
    }
    return withAdvice({ credential, description: config.path }, endpoint);
}

/** ECR's helper knows of none also where AWS refused it, and tells its log alone why. */
function silence({ host }: Endpoint): ResolvedCredential | undefined {
    const login = ecrLogin(host);
    return login === undefined
        ? undefined
        : {
              advice: `look into ~/.ecr/log/ecr-login.log for why docker-credential-${ECR_HELPER} found none, or ${login}`,
          };
}

/** What Docker keeps of a login to ECR ends after twelve hours, whoever made it, and does not tell when it began. */
function withAdvice(found: ResolvedCredential, { host }: Endpoint): ResolvedCredential {
    const login = ecrLogin(host);
    return login === undefined
        ? found
        : { ...found, advice: `log in anew, since a login to ECR lasts 12 hours: ${login}` };
}

/** An exact key first; then, as Docker does, one that is a URL of the same host; Docker Hub has several names. */
function find(entries: Readonly<Record<string, unknown>>, host: string): unknown {
    const hub = isDockerHub(host);
    const exact = hub ? HUB_KEY : host;
    if (Object.hasOwn(entries, exact)) {
        return entries[exact];
    }
    for (const [key, value] of Object.entries(entries)) {
        const name = key.replace(/^https?:\/\//, "").split("/", 1)[0] ?? "";
        const whole = key === name || /^https?:\/\//.test(key);
        if (whole && (hub ? isDockerHub(name) : name.toLowerCase() === host.toLowerCase())) {
            return value;
        }
    }
    return undefined;
}

function readAuth(entry: unknown, config: ConfigFile, endpoint: Endpoint): Credential | undefined {
    const { auth, username, password, identitytoken } = record(entry);
    if (typeof identitytoken === "string" && identitytoken !== "") {
        return { identityToken: identitytoken };
    }
    if (typeof auth === "string" && auth !== "") {
        // Docker writes base64 of user:password; a password may hold colons, and old versions padded with NUL.
        const decoded = Buffer.from(auth, "base64").toString("utf8").replace(/\0+$/, "");
        const colon = decoded.indexOf(":");
        if (colon <= 0) {
            throw unreadable(config.path, `the entry's "auth" is not base64 of user:password`, endpoint);
        }
        return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
    }
    if (typeof username === "string" && username !== "" && typeof password === "string") {
        return { username, password };
    }
    return undefined;
}
