import { quote } from "../oci";
import { ecrError } from "./error";

/** Runs of CI that may have a role: those of one repository, on the refs and in the environments that are named. */
export interface TrustedRuns {
    /**
     * `owner/name` at GitHub; `owner@123456/name@456789` where the repository has the immutable subject, which one has that
     * was made, renamed or transferred since 15 July 2026, or that opted in. `gh api repos/OWNER/NAME` tells both numbers.
     * (docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims)
     */
    readonly repository?: string;
    /** `group/project` at GitLab, with the `issuer` that says which. */
    readonly project?: string;
    /** Whole names, `main`: runs on that branch, by a push, a schedule or by hand. */
    readonly branches?: readonly string[];
    /** Whole names, `v1.2.3`. */
    readonly tags?: readonly string[];
    /** Deployment environments of GitHub. A job with one has it as its subject, and no branch. */
    readonly environments?: readonly string[];
    /** Runs for pull requests at GitHub, whoever wrote them in the repository; those of forks get no identity. */
    readonly pullRequests?: boolean;
    /** The whole `sub`, exactly, where a template of your own makes it, or another issuer. Instead of all the above. */
    readonly subject?: string;
    /**
     * Only jobs of these workflows, beside the rest: `owner/name/.github/workflows/mirror.yml@refs/heads/main`, the claim
     * `job_workflow_ref`. AWS looks at it for github.com, in its commercial regions.
     */
    readonly workflows?: readonly string[];
}

const AT_GITHUB = /^[A-Za-z0-9_-]+(?<owner>@\d+)?\/[A-Za-z0-9._-]+(?<name>@\d+)?$/;
const AT_GITLAB = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+$/;
/** Claims that many repositories have in common. */
const SHARED =
    /^(?:repository_owner|repository_owner_id|repository_visibility|enterprise|enterprise_id|actor|actor_id)$/;

/**
 * Every `sub` that such runs have.
 * (docs.github.com/en/actions/reference/security/oidc, docs.gitlab.com/ci/cloud_services)
 *
 * @throws EcrError for a wildcard, for runs that are not narrowed down, and for what the issuer has not
 */
export function trustedSubjects(runs: TrustedRuns): string[] {
    const { repository, project, subject } = runs;
    const given = [repository, project, subject].filter((one) => one !== undefined);
    if (given.length !== 1) {
        throw ecrError(
            'Runs that may have a role are of one "repository" (GitHub) or "project" (GitLab), or are known by their whole "subject": give exactly one of the three.',
        );
    }
    if (subject !== undefined) {
        return [wholeSubject(subject, runs)];
    }
    const subjects = repository === undefined ? ofGitLab(project as string, runs) : ofGitHub(repository, runs);
    if (subjects.length === 0) {
        const choices = repository === undefined ? "branches or tags" : "branches, environments, tags or pullRequests";
        throw ecrError(
            `Every run of ${given[0]}, on whatever branch anybody pushes, would have the role: name ${choices}, such as branches: ["main"].`,
        );
    }
    return subjects;
}

/** Why a text may stand in no condition of a trust policy, as a sentence; undefined where it may. */
export function wildcardProblem(what: string, text: string): string | undefined {
    if (/[*?]/.test(text)) {
        return `${what} ${quote(text)} has a wildcard, by which whoever can make a branch, a tag or a repository that fits could take the role: name each repository and branch whole, in lists (repository: "owner/name", branches: ["main", "release"]), or have a GitHub environment guard the job (environments: ["production"]).`;
    }
    return text.includes("${")
        ? `${what} ${quote(text)} has \${, which AWS replaces by a value of its own: name it without.`
        : undefined;
}

function ofGitHub(repository: string, runs: TrustedRuns): string[] {
    exact("repository", repository);
    const { owner, name } = AT_GITHUB.exec(repository)?.groups ?? {};
    if (!AT_GITHUB.test(repository) || (owner === undefined) !== (name === undefined)) {
        throw ecrError(
            `The repository ${quote(repository)} must be "owner/name", or "owner@123456/name@456789" with both numbers where its subject is immutable.`,
        );
    }
    const { branches = [], tags = [], environments = [], pullRequests = false } = runs;
    return [
        ...branches.map((branch) => `repo:${repository}:ref:refs/heads/${refName("branch", branch)}`),
        ...tags.map((tag) => `repo:${repository}:ref:refs/tags/${refName("tag", tag)}`),
        // A colon would end the field (docs.github.com, "Filtering for metadata containing :").
        ...environments.map(
            (one) => `repo:${repository}:environment:${named("environment", one).replaceAll(":", "%3A")}`,
        ),
        ...(pullRequests ? [`repo:${repository}:pull_request`] : []),
    ];
}

function ofGitLab(project: string, runs: TrustedRuns): string[] {
    exact("project", project);
    if (!AT_GITLAB.test(project)) {
        throw ecrError(`The project ${quote(project)} must be "group/project".`);
    }
    if (runs.environments !== undefined || runs.pullRequests !== undefined || runs.workflows !== undefined) {
        throw ecrError(
            `Subjects of GitLab name a branch or a tag, so environments, pullRequests and workflows of ${project} have no effect: leave them out.`,
        );
    }
    const of = (type: "branch" | "tag", ref: string): string =>
        `project_path:${project}:ref_type:${type}:ref:${refName(type, ref)}`;
    const { branches = [], tags = [] } = runs;
    return [...branches.map((branch) => of("branch", branch)), ...tags.map((tag) => of("tag", tag))];
}

function wholeSubject(subject: string, { branches, tags, environments, pullRequests }: TrustedRuns): string {
    exact("subject", subject);
    if ([branches, tags, environments, pullRequests].some((one) => one !== undefined)) {
        throw ecrError(
            `The subject ${quote(subject)} is whole: give no branches, tags, environments or pullRequests beside it.`,
        );
    }
    // `claim:value:claim:value`, and GitHub writes colons of values as %3A.
    const claims = subject.split(":").filter((_, index) => index % 2 === 0);
    if (claims.every((claim) => SHARED.test(claim))) {
        throw ecrError(
            `The subject ${quote(subject)} is that of every repository of an owner, so each of them could take the role: have the template include "repo" or "job_workflow_ref", and name both values.`,
        );
    }
    return named("subject", subject);
}

function exact(what: string, text: string): void {
    const problem = wildcardProblem(`The ${what}`, text);
    if (problem !== undefined) {
        throw ecrError(problem);
    }
}

function named(what: string, text: string): string {
    exact(what, text);
    if (text.trim() !== text || text === "") {
        throw ecrError(`The ${what} ${quote(text)} must be a name, without spaces around it.`);
    }
    return text;
}

function refName(what: string, text: string): string {
    if (text.startsWith("refs/")) {
        throw ecrError(
            `The ${what} ${quote(text)} must be its short name, ${quote(text.replace(/^refs\/[a-z]+\//, ""))}.`,
        );
    }
    return named(what, text);
}
