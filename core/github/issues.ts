import type { GitHubRequest } from "./access";
import type { GitHubClient } from "./client";

/** As much of an issue as is read. (https://docs.github.com/en/rest/issues/issues) */
export interface Issue {
    readonly number: number;
    readonly html_url: string;
    readonly title: string;
    readonly body: string | null;
    readonly state: "open" | "closed";
    readonly closed_at: string | null;
    readonly author_association: string;
    readonly user: { readonly type: string } | null;
    /** Lists of issues have pull requests in them. */
    readonly pull_request?: unknown;
}

export type IssueChange = Partial<Pick<Issue, "title" | "state">> & {
    readonly body?: string;
    readonly state_reason?: "completed" | "not_planned" | "reopened";
};

/** Who may write to the repository. */
const INSIDERS: ReadonlySet<string> = new Set(["OWNER", "MEMBER", "COLLABORATOR"]);

/** The issues of one repository. */
export class Issues {
    private readonly client: GitHubClient;
    private readonly repository: string;

    /** @param repository `owner/name` */
    constructor(client: GitHubClient, repository: string) {
        this.client = client;
        this.repository = repository;
    }

    /**
     * Issues that a body shows to be ours, newest first. Anybody can write such a body into an issue of their own, so
     * only those count whose author is an app or may write to the repository.
     *
     * @param pages how many pages of 100 issues to read at most
     */
    async find(
        filter: Readonly<Record<string, string>>,
        isOurs: (body: string) => boolean,
        pages: number,
    ): Promise<Issue[]> {
        const query = new URLSearchParams({ ...filter, sort: "created", direction: "desc", per_page: "100" });
        const found: Issue[] = [];
        let read = 0;
        for await (const page of this.client.pages<Issue>(`${this.path}?${query}`, this.about("list the issues"))) {
            found.push(
                ...page.filter(
                    (issue) => issue.pull_request === undefined && isTrusted(issue) && isOurs(issue.body ?? ""),
                ),
            );
            read += 1;
            if (read >= pages) {
                break;
            }
        }
        return found;
    }

    create(issue: {
        readonly title: string;
        readonly body: string;
        readonly labels: readonly string[];
    }): Promise<Issue> {
        return this.client.send("POST", this.path, this.about("open an issue"), issue);
    }

    change(number: number, change: IssueChange): Promise<Issue> {
        return this.client.send("PATCH", `${this.path}/${number}`, this.about(`change the issue #${number}`), change);
    }

    async comment(number: number, body: string): Promise<void> {
        await this.client.send(
            "POST",
            `${this.path}/${number}/comments`,
            this.about(`comment on the issue #${number}`),
            { body },
        );
    }

    private get path(): string {
        return `/repos/${this.repository}/issues`;
    }

    private about(doing: string): GitHubRequest {
        return {
            doing: `${doing} of ${this.repository}`,
            needs: "issues: write",
            advice: { 410: "turn the repository's issues on, in its settings" },
        };
    }
}

function isTrusted({ author_association, user }: Issue): boolean {
    return user?.type === "Bot" || INSIDERS.has(author_association);
}
