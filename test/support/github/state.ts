import { Git } from "./git";

export interface LocalOwner {
    readonly id: number;
    readonly login: string;
    readonly type: "Organization" | "User";
    /** Users who own the organisation. */
    readonly admins: readonly string[];
    readonly packages: Map<string, LocalPackage>;
    readonly places: Places;
}

/** `actions`, `dependabot`, `codespaces` -> the secrets and variables of a place. */
export interface Places {
    readonly secrets: Map<string, Map<string, LocalSecret>>;
    readonly variables: Map<string, LocalVariable>;
}

export interface LocalSecret {
    readonly name: string;
    /** As it was sent: sealed for the place's public key. */
    encrypted: string;
    createdAt: string;
    updatedAt: string;
    visibility?: "all" | "private" | "selected";
    /** Ids of repositories. */
    selected?: number[];
    /** How often it was written. */
    writes: number;
}

export interface LocalVariable {
    name: string;
    value: string;
    createdAt: string;
    updatedAt: string;
    visibility?: "all" | "private" | "selected";
    selected?: number[];
}

export interface LocalPackage {
    readonly id: number;
    readonly name: string;
    visibility: "public" | "private";
    /** `owner/name`. */
    repository?: string;
    createdAt: string;
    updatedAt: string;
    readonly versions: Map<number, LocalVersion>;
}

export interface LocalVersion {
    readonly id: number;
    readonly digest: string;
    tags: string[];
    downloads: number;
    createdAt: string;
    updatedAt: string;
    deletedAt?: string;
}

export interface LocalPull {
    readonly number: number;
    title: string;
    body: string | null;
    state: "open" | "closed";
    readonly head: string;
    base: string;
    readonly createdAt: string;
    updatedAt: string;
    mergedAt?: string;
    readonly author: string;
    /** The commit of the head when it was closed. */
    closedSha?: string;
    /** As an issue, which every pull request is. */
    comments: string[];
    labels: { name: string }[];
}

export interface LocalIssue {
    number: number;
    html_url: string;
    title: string;
    body: string | null;
    state: "open" | "closed";
    state_reason: string | null;
    created_at: string;
    updated_at: string;
    closed_at: string | null;
    author_association: string;
    user: { login: string; type: string } | null;
    labels: { name: string }[];
    comments: string[];
    pull_request?: object;
}

export interface LocalRepository {
    readonly id: number;
    name: string;
    owner: string;
    visibility: "public" | "private" | "internal";
    archived: boolean;
    defaultBranch: string;
    description: string | null;
    topics: string[];
    hasIssues: boolean;
    vulnerabilityAlerts: boolean;
    /** What the last PATCH or POST said of settings that nothing here depends on. */
    settings: Record<string, unknown>;
    readonly git: Git;
    /** Branch -> its protection as it was put. */
    readonly protection: Map<string, Record<string, unknown>>;
    readonly rulesets: Map<number, Record<string, unknown>>;
    readonly pulls: Map<number, LocalPull>;
    readonly issues: LocalIssue[];
    readonly environments: Map<string, Places & { readonly id: number; readonly name: string; settings: object }>;
    readonly places: Places;
}

/** As whom a request is made, and what that one may do. */
export interface LocalToken {
    /** Undefined for a job's own token. */
    readonly login?: string;
    /** Of a classic token. */
    readonly scopes?: readonly string[];
    /** Of a fine-grained token or a job's: `{ contents: "write" }`. */
    readonly permissions?: Readonly<Record<string, "read" | "write" | "admin">>;
    /** A job's own token is for one repository. */
    readonly repository?: string;
}

/** All that the local GitHub knows. Keys are in lower case where GitHub compares without regard to case. */
export class World {
    readonly owners = new Map<string, LocalOwner>();
    readonly repositories = new Map<string, LocalRepository>();
    /** `owner/name` of old -> of now. */
    readonly renamed = new Map<string, string>();
    readonly tokens = new Map<string, LocalToken>();
    /** Milliseconds since 1970; the time does not pass by itself. */
    now = Date.parse("2026-11-22T05:17:00Z");
    private lastId = 1000;

    id(): number {
        this.lastId += 1;
        return this.lastId;
    }

    at(): string {
        return new Date(this.now).toISOString().replace(/\.\d+Z$/, "Z");
    }

    owner(login: string): LocalOwner | undefined {
        return this.owners.get(login.toLowerCase());
    }

    repository(nameWithOwner: string): LocalRepository | undefined {
        return this.repositories.get(nameWithOwner.toLowerCase());
    }

    addOwner(login: string, type: LocalOwner["type"], admins: readonly string[] = []): LocalOwner {
        const owner: LocalOwner = { id: this.id(), login, type, admins, packages: new Map(), places: places() };
        this.owners.set(login.toLowerCase(), owner);
        return owner;
    }

    /** With one commit on its default branch, unless `files` is undefined. */
    addRepository(
        nameWithOwner: string,
        files: Readonly<Record<string, string>> | undefined = {},
        over: Partial<LocalRepository> = {},
    ): LocalRepository {
        const [owner = "", name = ""] = nameWithOwner.split("/");
        const repository: LocalRepository = {
            id: this.id(),
            name,
            owner: this.owner(owner)?.login ?? owner,
            visibility: "public",
            archived: false,
            defaultBranch: "main",
            description: null,
            topics: [],
            hasIssues: true,
            vulnerabilityAlerts: false,
            settings: {},
            git: new Git(),
            protection: new Map(),
            rulesets: new Map(),
            pulls: new Map(),
            issues: [],
            environments: new Map(),
            places: places(),
            ...over,
        };
        this.repositories.set(nameWithOwner.toLowerCase(), repository);
        if (files !== undefined) {
            this.commit(repository, repository.defaultBranch, files, "Initial commit");
        }
        return repository;
    }

    /** Files as they are after it; `undefined` takes one away. */
    commit(
        { git }: LocalRepository,
        branch: string,
        files: Readonly<Record<string, string | Buffer | undefined>>,
        message: string,
        author = "octocat",
    ): string {
        const parent = git.resolve(`heads/${branch}`);
        const tree = new Map(parent?.tree ?? []);
        for (const [path, content] of Object.entries(files)) {
            if (content === undefined) {
                tree.delete(path);
            } else {
                tree.set(path, git.addBlob(Buffer.from(content)));
            }
        }
        const parents = parent === undefined ? [] : [parent.sha];
        const { sha } = git.addCommit({ message, parents, tree, author, at: this.at() });
        git.refs.set(`heads/${branch}`, sha);
        return sha;
    }

    /** A package with versions of these digests and tags, the oldest first. */
    addPackage(
        owner: string,
        name: string,
        versions: readonly {
            readonly digest: string;
            readonly tags?: readonly string[];
            readonly downloads?: number;
        }[],
        over: Partial<LocalPackage> = {},
    ): LocalPackage {
        const at = this.at();
        const made: LocalPackage = {
            id: this.id(),
            name,
            visibility: "public",
            createdAt: at,
            updatedAt: at,
            versions: new Map(),
            ...over,
        };
        for (const { digest, downloads = 0, tags = [] } of versions) {
            const id = this.id();
            made.versions.set(id, { id, digest, tags: [...tags], downloads, createdAt: at, updatedAt: at });
        }
        this.owner(owner)?.packages.set(name, made);
        return made;
    }
}

export function places(): Places {
    return {
        secrets: new Map(["actions", "dependabot", "codespaces"].map((app) => [app, new Map()])),
        variables: new Map(),
    };
}
