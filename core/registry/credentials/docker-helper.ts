import { spawn } from "node:child_process";
import { parseEcrHost } from "../../aws-names";
import type { Endpoint } from "../endpoint";
import { redactText } from "../redact";
import type { Environment } from "../settings";
import type { Credential } from "./credential";
import { credentialError } from "./credential-error";

/** A helper may ask its user (a key ring, a browser); one that waits longer than this has nobody to ask. */
const PATIENCE_MS = 60_000;
const MAX_OUTPUT = 1024 * 1024;

interface Answer {
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
}

/**
 * `docker-credential-<name> get` with the server's address on its standard input
 * (github.com/docker/docker-credential-helpers). `undefined` where the helper knows of none.
 */
export async function askHelper(
    name: string,
    server: string,
    endpoint: Endpoint,
    environment: Environment,
): Promise<Credential | undefined> {
    const program = `docker-credential-${name}`;
    if (!/^[\w.-]+$/.test(name)) {
        throw credentialError(
            "CREDENTIALS_INVALID",
            `Docker's configuration names the credential helper ${JSON.stringify(name.slice(0, 60))} for the registry ${endpoint.host}, which is no program's name: correct credsStore or credHelpers.`,
            endpoint,
        );
    }
    const answer = await run(program, server, endpoint, environment);
    if (answer.code !== 0) {
        const said = `${answer.stdout}\n${answer.stderr}`;
        if (/credentials not found/i.test(said)) {
            return undefined;
        }
        throw failed(
            program,
            `it ended with ${answer.code ?? "a signal"}: ${redactText(said) || "no message"}`,
            endpoint,
        );
    }
    return readAnswer(answer.stdout, program, endpoint);
}

function run(program: string, server: string, endpoint: Endpoint, environment: Environment): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const child = spawn(program, ["get"], {
            env: environment.env as NodeJS.ProcessEnv,
            stdio: ["pipe", "pipe", "pipe"],
            timeout: PATIENCE_MS,
            signal: environment.signal,
        });
        const out = collect(child.stdout);
        const err = collect(child.stderr);
        child.on("error", (error: NodeJS.ErrnoException) => {
            reject(
                error.code === "ENOENT"
                    ? credentialError(
                          "CREDENTIALS_MISSING",
                          `Docker's configuration names the credential helper ${program} for the registry ${endpoint.host}, and there is no such program on PATH: install it, ${withoutHelper(endpoint)}.`,
                          endpoint,
                      )
                    : failed(program, `it cannot be run (${error.code ?? error.name})`, endpoint),
            );
        });
        child.on("close", (code) => resolve({ code, stdout: out(), stderr: err() }));
        // A helper that ends without reading makes this fail; its answer says more.
        child.stdin.on("error", () => undefined);
        child.stdin.end(server);
    });
}

function collect(stream: NodeJS.ReadableStream): () => string {
    let text = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
        if (text.length < MAX_OUTPUT) {
            text += chunk;
        }
    });
    return () => text;
}

function readAnswer(text: string, program: string, endpoint: Endpoint): Credential | undefined {
    let document: unknown;
    try {
        document = JSON.parse(text);
    } catch {
        throw failed(program, "it did not answer in JSON", endpoint);
    }
    const { Username, Secret } = (document ?? {}) as Record<string, unknown>;
    if (typeof Username !== "string" || typeof Secret !== "string") {
        throw failed(program, "its answer has no Username and Secret", endpoint);
    }
    if (Secret === "") {
        return undefined;
    }
    return Username === "<token>" ? { identityToken: Secret } : { username: Username, password: Secret };
}

/** ECR needs no program: the SDK does what `docker-credential-ecr-login` does. */
function withoutHelper({ host }: Endpoint): string {
    return parseEcrHost(host) === undefined
        ? "or take it out of credsStore and credHelpers"
        : "or give the registry credentials: { from: aws } in the catalogue, which needs none";
}

function failed(program: string, why: string, endpoint: Endpoint): Error {
    return credentialError(
        "CREDENTIALS_INVALID",
        `The credential helper ${program} gave no credentials for the registry ${endpoint.host}: ${why}; run docker login ${endpoint.host} again, or correct credsStore and credHelpers.`,
        endpoint,
    );
}
