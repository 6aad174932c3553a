import { readFileSync } from "node:fs";
import * as v from "valibot";
import { InvalidDigestError, isDigest, isPlatform, parseDigest } from "../oci";
import { reasonOf } from "./include";
import { Problems } from "./problems";
import { map, named } from "./schema-parts";
import type { Lock } from "./types";
import { validate } from "./validate";
import { readYaml } from "./yaml-document";

/** A lock file, whole: environment -> image -> tag -> digest and history. */
export interface LockFile {
    readonly version: 1;
    readonly environments: Readonly<Record<string, Lock>>;
}

const digest = v.pipe(
    v.string(),
    v.check(
        (text: string) => isDigest(text),
        (issue) => whyNot(issue.input),
    ),
);
const platform = v.pipe(
    v.string(),
    v.check((text: string) => isPlatform(text), "must be a platform such as linux/arm64"),
);
const since = v.pipe(v.string(), v.isoTimestamp("must be a time such as 2026-08-01T12:00:00.000Z"));
const entry = map({
    digest,
    history: v.optional(v.array(digest)),
    since: v.optional(since),
    subset: v.optional(map({ digest, platforms: v.array(platform) })),
    olderSubsets: v.optional(v.array(digest)),
    missing: v.optional(v.array(v.string())),
});
const lockSchema = map({
    version: v.literal(1, "must be 1"),
    environments: named(v.string(), named(v.string(), named(v.string(), entry))),
});

const EMPTY: LockFile = { version: 1, environments: {} };

/**
 * Reads a lock file; one that is not there is empty.
 *
 * @throws CatalogError with everything that is wrong, each with its line and column
 */
export function readLock(path: string): LockFile {
    const problems = new Problems();
    const file = readLockInto(path, problems);
    problems.throwIfAny();
    return file;
}

/** The same, for who reports these problems among others; empty where there are any. */
export function readLockInto(path: string, problems: Problems): LockFile {
    let text: string;
    try {
        text = readFileSync(path, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
            const document = { file: path, value: undefined, position: () => undefined, sourceText: () => undefined };
            problems.add(document, { at: "", message: `the lock file cannot be read: ${reasonOf(error)}` });
        }
        return EMPTY;
    }
    const before = problems.count;
    const document = readYaml(path, text, problems);
    if (problems.count > before) {
        return EMPTY;
    }
    const file = document.value === null ? EMPTY : validate(lockSchema, document, problems);
    return problems.count > before ? EMPTY : (file as LockFile);
}

function whyNot(text: string): string {
    try {
        parseDigest(text);
        return "";
    } catch (error) {
        if (!(error instanceof InvalidDigestError)) {
            throw error;
        }
        return error.message.replace(/\.$/, "");
    }
}
