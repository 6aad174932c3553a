import { TransshipError } from "../core/errors";
import type { Outcome } from "../core/report";

/** What the process ends with; docs/cli.md is the promise. */
export const EXIT = {
    consistent: 0,
    /** Proven drift, a missing copy, an image that could not be carried. Wins over `unknown`. */
    drift: 1,
    /** Bad usage, a bad catalogue, a port in use: nothing was asked and nothing was done. */
    usage: 2,
    /** Nothing is proven wrong, but something could not be asked. */
    unknown: 3,
    /** Ctrl-C, as shells count it: 128 and the signal's number. */
    interrupted: 130,
    terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of what was seen, and of what could not be done. */
export function exitCodeOf(outcome: Outcome, failures = 0): ExitCode {
    if (failures > 0) {
        return EXIT.drift;
    }
    return { consistent: EXIT.consistent, drift: EXIT.drift, unknown: EXIT.unknown }[outcome];
}

/** The user's own mistake, found by a verb: one sentence, exit 2. Code `USAGE`. */
export class UsageError extends TransshipError {
    override readonly name: string = "UsageError";

    constructor(message: string, options?: { readonly cause?: unknown }) {
        super("USAGE", message, options);
    }
}

/** The work was stopped by a signal. */
export class InterruptedError extends TransshipError {
    override readonly name: string = "InterruptedError";
    readonly exitCode: ExitCode;

    constructor(signal: "SIGINT" | "SIGTERM") {
        super("INTERRUPTED", "stopped before the end; run it again to go on where it stopped.");
        this.exitCode = signal === "SIGINT" ? EXIT.interrupted : EXIT.terminated;
    }
}

const USAGE_CODES: ReadonlySet<string> = new Set([
    "USAGE",
    "CATALOG_INVALID",
    "IMAGE_UNKNOWN",
    "REGISTRY_UNKNOWN",
    "ENVIRONMENT_UNKNOWN",
    "REFERENCE_INVALID",
    "DIGEST_INVALID",
    "PLATFORM_INVALID",
    "INVALID_ARGUMENT",
    "CREDENTIALS_MISSING",
    "CREDENTIALS_INVALID",
    "PORT_IN_USE",
    "ADDRESS_UNAVAILABLE",
    "STORAGE_UNWRITABLE",
    "STORAGE_IN_USE",
    "RETENTION_INVALID",
    "TEXTFILE_UNWRITABLE",
    "DIGEST_NEEDED",
    "NOT_OURS",
    "PLATFORMS_FILTERED",
    "TAG_INVALID",
    "PURPOSE_REFUSED",
]);

/** Work that is done and not recorded has failed, and so has the publication of what is proven to be nowhere. */
const FAILURE_CODES: ReadonlySet<string> = new Set(["LOCK_UNWRITABLE", "ORIGIN_MISSING"]);

/** The code of an error that ended a verb: a user's mistake, an interruption, or something that proves nothing. */
export function exitCodeOfError(error: unknown): ExitCode {
    if (error instanceof InterruptedError) {
        return error.exitCode;
    }
    if (error instanceof TransshipError) {
        return FAILURE_CODES.has(error.code) ? EXIT.drift : USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.unknown;
    }
    return EXIT.unknown;
}
