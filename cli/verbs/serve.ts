import { resolve } from "node:path";
import { type EmbeddedAuth, type PullLimitOptions, startEmbeddedRegistry } from "../../core/registry/embedded";
import { documentHead, type ServeDocument } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import type { Verb } from "../verb";

const DEFAULT_PORT = 5000;
const LOOPBACK = /^(?:127\.|::1$|localhost$)/;

/** The embedded registry in the foreground: for local runs and tests. It is not a production server, and says so. */
export const serve: Verb = {
    configure(command) {
        command
            .option("--root <folder>", "where images are stored", ".transship/registry")
            .option("--host <address>", "address to listen on", "127.0.0.1")
            .option("--port <number>", "port to listen on; 0 takes a free one", String(DEFAULT_PORT))
            .option("--pull-limit <limit>", "pulls without credentials, as 10 or 10/3600 (seconds; default 21600)")
            .option("--auth <kind>", "ask for credentials: basic, or bearer as Docker Hub and ghcr do")
            .option("--user <name=VARIABLE>", "a user, and the environment variable with the password", collect, [])
            .option("--reader <name=VARIABLE>", "a user who may only pull", collect, [])
            .option("--anonymous-pull", "with --auth: pulls need no credentials")
            .option("--log", "print a line for each request on standard error");
    },

    async run({ output, signal }, _args, options) {
        const root = resolve(String(options.root));
        const settings = {
            root,
            host: String(options.host),
            port: readPort(String(options.port)),
            auth: readAuth(options, process.env),
            pullLimit: readPullLimit(options.pullLimit),
            log: options.log === true ? (line: string) => void process.stderr.write(`${line}\n`) : undefined,
        };
        const registry = await startEmbeddedRegistry(settings);
        const { url, host, port } = registry;
        const document: ServeDocument = { ...documentHead("serve", EXIT.consistent), url, host, port, root };
        output.document(document);
        output.line(`Serving ${root} at ${url}`);
        if (!LOOPBACK.test(settings.host) && settings.auth === undefined) {
            output.note(
                "transship: everybody who reaches this address may push here; --auth and --user ask who it is.",
            );
        }
        output.note("A registry for local use, not for production; Ctrl-C stops it.");
        await new Promise<void>((stop) => signal.addEventListener("abort", () => stop(), { once: true }));
        await registry.close();
        return EXIT.consistent;
    },
};

function collect(value: string, previous: readonly string[]): string[] {
    return [...previous, value];
}

function readPort(text: string): number {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    if (!(port <= 65535)) {
        throw new UsageError(`--port ${JSON.stringify(text)} is not a port: write a number from 0 to 65535.`);
    }
    return port;
}

function readPullLimit(value: unknown): PullLimitOptions | undefined {
    if (value === undefined) {
        return undefined;
    }
    const [, limit, seconds] = /^(\d{1,9})(?:\/(\d{1,9}))?$/.exec(String(value)) ?? [];
    if (limit === undefined || seconds === "0") {
        throw new UsageError(`--pull-limit ${JSON.stringify(value)} is not a limit: write 10, or 10/3600 for an hour.`);
    }
    return { limit: Number(limit), ...(seconds === undefined ? {} : { windowSeconds: Number(seconds) }) };
}

function readAuth(options: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): EmbeddedAuth | undefined {
    const { auth, anonymousPull } = options;
    const writers = readUsers(options.user as string[], env);
    const readers = readUsers(options.reader as string[], env);
    if (auth === undefined) {
        if (writers.length + readers.length > 0 || anonymousPull === true) {
            throw new UsageError("--user, --reader and --anonymous-pull need --auth basic or --auth bearer.");
        }
        return undefined;
    }
    if (auth !== "basic" && auth !== "bearer") {
        throw new UsageError(`--auth ${JSON.stringify(auth)} is not known: write basic or bearer.`);
    }
    if (writers.length + readers.length === 0) {
        throw new UsageError("--auth needs at least one --user NAME=VARIABLE, or nobody could push.");
    }
    return {
        kind: auth,
        users: Object.fromEntries([...writers, ...readers]),
        readers: readers.map(([name]) => name),
        anonymousPull: anonymousPull === true,
    };
}

/** Passwords come by the environment: an argument shows in every list of processes. */
function readUsers(texts: readonly string[], env: NodeJS.ProcessEnv): [name: string, password: string][] {
    return texts.map((text) => {
        const [, name, variable] = /^([^=:]+)=(\w+)$/.exec(text) ?? [];
        if (name === undefined || variable === undefined) {
            // Whatever it is, it may be a password: it is not repeated.
            throw new UsageError("--user and --reader take NAME=VARIABLE, with the environment variable's name.");
        }
        const password = env[variable];
        if (password === undefined || password === "") {
            throw new UsageError(`The environment variable ${variable} for the user ${name} is not set: set it first.`);
        }
        return [name, password];
    });
}
