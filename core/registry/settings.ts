import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import type { CredentialSource, RegistryKind } from "../catalog/types";
import { AwsTokens } from "./credentials/aws-tokens";
import type { Credential } from "./credentials/credential";
import { Pacers } from "./http/pacer";
import { PullAccounts } from "./http/pull-meter";

export type { CredentialSource, RegistryKind } from "../catalog/types";

/** How one registry is reached. Plain JSON, no secrets; a catalogue's `Registry` is one. */
export interface RegistrySettings {
    /** The name that pool and messages use. */
    readonly name: string;
    /** Host with an optional port, no path: `docker.io`, `127.0.0.1:5001`. */
    readonly host: string;
    readonly kind: RegistryKind;
    /** Plain HTTP. @default false */
    readonly insecure?: boolean;
    /** Path of a PEM file, or its text, whose certificates are trusted besides the system's. */
    readonly ca?: string;
    /** Paths of PEM files. */
    readonly clientCert?: { readonly cert: string; readonly key: string };
    /** Milliseconds. `connect` @default 10000; `idle`, the longest silence within an exchange, @default 60000 */
    readonly timeouts?: { readonly connect?: number; readonly idle?: number };
    /** Ceiling of requests at a time to this host. @default 32 */
    readonly concurrency?: number;
    /** Pulls of the registry's limit that are never spent: a GET that would is refused with PULL_BUDGET. @default 0 */
    readonly keepRemaining?: number;
    /** @default Docker's config, then anonymous */
    readonly credentials?: { readonly pull: CredentialSource; readonly push: CredentialSource };
}

/** How long and how often a request is tried. */
export interface RetrySettings {
    /** Times that one request is sent at most. @default 5 */
    readonly attempts?: number;
    /** Milliseconds after which no further attempt starts. A `Retry-After` beyond it ends the request at once. @default 300000 */
    readonly totalMs?: number;
    /** Milliseconds, the mean of the first pause; doubled for each further one, with jitter. @default 250 */
    readonly baseMs?: number;
    /** Milliseconds, the longest pause of our own choice. @default 20000 */
    readonly maxMs?: number;
}

/** Everything from outside that a client uses; each part can be replaced, which is how it is tested. */
export interface ClientEnvironment {
    /** Takes the place of the connections that a client would open by itself. It is not closed by `close()`. */
    readonly dispatcher?: Dispatcher;
    /** Milliseconds since 1970. @default Date.now */
    readonly now?: () => number;
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
    /** At least 0, below 1. @default Math.random */
    readonly random?: () => number;
    /** @default process.env */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** The home directory, for `~/.docker`. @default os.homedir() */
    readonly home?: string;
    /** What `{ from: config, key }` finds. */
    readonly credentials?: Readonly<Record<string, Credential>>;
    /** Ends everything: what is under way is aborted, and no further request starts. */
    readonly signal?: AbortSignal;
    readonly retry?: RetrySettings;
    /** What is known of pull limits; for pools that share it. @default its own */
    readonly pulls?: PullAccounts;
    /** Keeps to the rates that registries document; for pools that send to the same hosts. @default its own */
    readonly pacers?: Pacers;
    /** Tokens of ECR and the roles behind them; for pools that share them. @default its own */
    readonly awsTokens?: AwsTokens;
    /** Loads an optional package (the AWS SDK). @default a dynamic import */
    readonly loadModule?: (name: string) => Promise<unknown>;
}

/** `ClientEnvironment` with every default filled in. */
export interface Environment {
    readonly dispatcher?: Dispatcher;
    readonly now: () => number;
    readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
    readonly random: () => number;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly home?: string;
    readonly credentials: Readonly<Record<string, Credential>>;
    readonly signal?: AbortSignal;
    readonly retry: Required<RetrySettings>;
    readonly pulls: PullAccounts;
    readonly pacers: Pacers;
    readonly awsTokens: AwsTokens;
    readonly loadModule: (name: string) => Promise<unknown>;
}

export const DEFAULT_CONCURRENCY = 32;
export const DEFAULT_CONNECT_MS = 10_000;
export const DEFAULT_IDLE_MS = 60_000;

export function resolveEnvironment(given: ClientEnvironment = {}): Environment {
    if (given.signal !== undefined) {
        // Hundreds of requests may be waiting for their next try at once: Node would warn of a leak on the console.
        setMaxListeners(0, given.signal);
    }
    return {
        dispatcher: given.dispatcher,
        now: given.now ?? Date.now,
        sleep: given.sleep ?? sleep,
        random: given.random ?? Math.random,
        env: given.env ?? process.env,
        home: given.home,
        credentials: given.credentials ?? {},
        signal: given.signal,
        retry: {
            attempts: given.retry?.attempts ?? 5,
            totalMs: given.retry?.totalMs ?? 300_000,
            baseMs: given.retry?.baseMs ?? 250,
            maxMs: given.retry?.maxMs ?? 20_000,
        },
        pulls: given.pulls ?? new PullAccounts(),
        pacers: given.pacers ?? new Pacers(),
        awsTokens: given.awsTokens ?? new AwsTokens(),
        loadModule: given.loadModule ?? ((name) => import(name)),
    };
}

/** Resolves after `ms`, or as soon as the signal aborts: who sleeps looks at the signal afterwards. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        if (signal?.aborted) {
            resolve();
            return;
        }
        const end = (): void => {
            clearTimeout(timer);
            signal?.removeEventListener("abort", end);
            resolve();
        };
        const timer = setTimeout(end, ms);
        signal?.addEventListener("abort", end, { once: true });
    });
}
