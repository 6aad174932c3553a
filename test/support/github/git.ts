import { createHash } from "node:crypto";

export interface Commit {
    readonly sha: string;
    readonly message: string;
    readonly parents: readonly string[];
    /** Path -> blob. */
    readonly tree: ReadonlyMap<string, string>;
    readonly author: string;
    readonly at: string;
}

/** The objects of one repository: blobs as git names them, commits with whole trees. */
export class Git {
    readonly commits = new Map<string, Commit>();
    readonly blobs = new Map<string, Buffer>();
    /** Without `refs/`: `heads/main` -> commit. */
    readonly refs = new Map<string, string>();

    addBlob(content: Buffer): string {
        const sha = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
        this.blobs.set(sha, content);
        return sha;
    }

    addCommit(commit: Omit<Commit, "sha">): Commit {
        const text = JSON.stringify([commit.message, commit.parents, [...commit.tree], commit.author, commit.at]);
        const sha = createHash("sha1").update(`${this.commits.size}\n${text}`).digest("hex");
        const made = { ...commit, sha };
        this.commits.set(sha, made);
        return made;
    }

    /** A commit by branch, tag or its own name. */
    resolve(ref: string): Commit | undefined {
        const name = ref.replace(/^refs\//, "");
        const sha = this.refs.get(name) ?? this.refs.get(`heads/${name}`) ?? this.refs.get(`tags/${name}`) ?? ref;
        return this.commits.get(sha);
    }

    /** Commits that the one reaches, itself first, nearest first. */
    history(sha: string): Commit[] {
        const found = new Map<string, Commit>();
        const open = [sha];
        for (let next = open.shift(); next !== undefined; next = open.shift()) {
            const commit = this.commits.get(next);
            if (commit !== undefined && !found.has(next)) {
                found.set(next, commit);
                open.push(...commit.parents);
            }
        }
        return [...found.values()];
    }

    /** Commits of `head` that `base` has not. */
    ahead(base: string, head: string): Commit[] {
        const known = new Set(this.history(base).map(({ sha }) => sha));
        return this.history(head).filter(({ sha }) => !known.has(sha));
    }

    /** The commit that both reach. */
    mergeBase(base: string, head: string): Commit | undefined {
        const known = new Set(this.history(base).map(({ sha }) => sha));
        return this.history(head).find(({ sha }) => known.has(sha));
    }
}

/** Paths whose blobs differ, in order. */
export function changedPaths(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
    const all = new Set([...before.keys(), ...after.keys()]);
    return [...all].filter((path) => before.get(path) !== after.get(path)).sort();
}
