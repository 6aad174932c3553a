/** How generated files come into a repository. `render` has no resource, and so no hook. */
export type DeliveryWay = "pull-request" | "commit";

/** What becomes of a file that somebody else wrote, or changed since we did. */
export type OnEdited = "refuse" | "keep" | "overwrite";

/** The inputs of the guard of one delivery. */
export interface GuardInputs {
    /** `owner/name`. */
    readonly repository: string;
    readonly delivery: DeliveryWay;
    /** Which component delivers: two of one program must not write the same file. */
    readonly deliverer: string;
    /** The branch that is written to, or that a pull request is for. Absent: the repository's default branch. */
    readonly branch?: string;
    /** Of the pull request's branch; what follows tells one delivery from the next. */
    readonly headPrefix: string;
    /** Path -> sha256 of what the component wants there. */
    readonly files: Readonly<Record<string, string>>;
    readonly onEdited: OnEdited;
    /** The owner that an explicit GitHub provider writes as, empty where it names none. Absent: the stack's configuration says it. */
    readonly providerOwner?: string;
    /** The component made the repository, so a README that GitHub began it with is nobody's work. */
    readonly created: boolean;
    /** Computed in `check`: the branch as GitHub names it. */
    readonly base?: string;
    /** Computed in `check`: whose it is, which decides the addresses of its packages' settings. */
    readonly ownerKind?: "Organization" | "User";
    /** Computed in `check`: the pull request's branch. */
    readonly head?: string;
    /** Computed in `check`: the files that stay as they are, under `onEdited: "keep"`. */
    readonly kept?: Readonly<Record<string, string>>;
    /** Computed in `check`: how often a file had to be written again over an edit, under `onEdited: "overwrite"`. */
    readonly rewritten?: Readonly<Record<string, number>>;
    /** Computed in `check`: exceptions only. */
    readonly observed?: GuardObserved;
}

export interface GuardObserved {
    /** Paths of files that are not as we left them. */
    readonly edited?: readonly string[];
}

/** `absent`: there is none, and one is due. `merged`: the branch that it is for has the files already. */
export type PullRequestStanding = "absent" | "open" | "closed" | "merged";

export interface PullRequestInputs {
    readonly repository: string;
    readonly base: string;
    readonly head: string;
    readonly title: string;
    readonly body: string;
    /** Path -> sha256 of what was delivered. */
    readonly files: Readonly<Record<string, string>>;
    /** Computed in `check`: what was found. */
    readonly observed?: PullRequestFound;
}

export interface PullRequestFound {
    readonly state: PullRequestStanding;
    readonly number?: number;
    readonly url?: string;
}

/** What the state holds beside the inputs. */
export interface PullRequestState extends PullRequestInputs {
    readonly state: PullRequestStanding;
    /** Absent where the files came in without a pull request. */
    readonly number?: number;
    readonly url?: string;
}
