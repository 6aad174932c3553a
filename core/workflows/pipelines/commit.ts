/** What a run is about: the commit, and the name under which it was pushed. */
export interface Commit {
    /** All 40 or 64 hexadecimal digits. */
    readonly sha: string;
    /** The branch, where one was pushed: `main`. */
    readonly branch?: string;
    /** The git tag, where one was pushed: `v1.2.3`. */
    readonly tag?: string;
    /** Without it no branch is the default one. */
    readonly defaultBranch?: string;
    /** Whether a schedule started the run, and nobody's push. */
    readonly scheduled: boolean;
    /** Of the run. */
    readonly date: Date;
}
