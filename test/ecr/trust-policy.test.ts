import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EcrError, GITHUB_ISSUER, type TrustedRuns, trustedSubjects, trustPolicy } from "../../core/ecr";
import { trusts } from "../support/aws/policy-evaluation";

const AT = "token.actions.githubusercontent.com";
const providerArn = `arn:aws:iam::111111111111:oidc-provider/${AT}`;
const aud = "sts.amazonaws.com";
const trust = (...runs: TrustedRuns[]) => trustPolicy({ providerArn, runs });

describe("Subjects of runs", () => {
    it.each<[string, TrustedRuns, string[]]>([
        [
            "branches",
            { repository: "acme/app", branches: ["main", "release/1.x"] },
            ["repo:acme/app:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/release/1.x"],
        ],
        ["tags", { repository: "acme/app", tags: ["v1.0.0"] }, ["repo:acme/app:ref:refs/tags/v1.0.0"]],
        [
            "environments, a colon as GitHub writes it",
            { repository: "acme/app", environments: ["Production:V1"] },
            ["repo:acme/app:environment:Production%3AV1"],
        ],
        ["pull requests", { repository: "acme/app", pullRequests: true }, ["repo:acme/app:pull_request"]],
        [
            "an immutable subject",
            { repository: "acme@123456/app@456789", branches: ["main"] },
            ["repo:acme@123456/app@456789:ref:refs/heads/main"],
        ],
        [
            "GitLab",
            { project: "group/sub/app", branches: ["main"], tags: ["v1"] },
            ["project_path:group/sub/app:ref_type:branch:ref:main", "project_path:group/sub/app:ref_type:tag:ref:v1"],
        ],
        [
            "a template of one's own",
            {
                subject:
                    "repo:acme/app:environment:prod:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main",
            },
            ["repo:acme/app:environment:prod:job_workflow_ref:acme/ci/.github/workflows/x.yml@refs/heads/main"],
        ],
    ])("of %s", (_what, runs, subjects) => {
        expect(trustedSubjects(runs)).toEqual(subjects);
    });

    const instead =
        'name each repository and branch whole, in lists (repository: "owner/name", branches: ["main", "release"])';
    it.each<[string, TrustedRuns, string]>([
        ["all of an owner", { repository: "acme/*", branches: ["main"] }, instead],
        ["every repository there is", { repository: "*", branches: ["main"] }, instead],
        ["branches by a pattern", { repository: "acme/app", branches: ["release/*"] }, instead],
        ["tags by a pattern", { repository: "acme/app", tags: ["v?"] }, instead],
        ["environments by a pattern", { repository: "acme/app", environments: ["*"] }, instead],
        ["a whole subject with a wildcard", { subject: "repo:acme/app:*" }, instead],
        ["a project with a wildcard", { project: "group/*", branches: ["main"] }, instead],
        [
            "a variable of AWS",
            { repository: "acme/app", branches: [`\${aws:username}`] },
            "which AWS replaces by a value of its own",
        ],
        [
            "all runs of a repository",
            { repository: "acme/app" },
            "Every run of acme/app, on whatever branch anybody pushes, would have the role: name branches, environments, tags or pullRequests",
        ],
        ["all runs of a project", { project: "group/app", branches: [] }, "name branches or tags, such as"],
        ["pull requests that are off", { repository: "acme/app", pullRequests: false }, "Every run of acme/app"],
        [
            "a subject that an owner's repositories share",
            { subject: "repository_owner:acme:repository_visibility:private" },
            "is that of every repository of an owner",
        ],
        ["one number of two", { repository: "acme@1/app", branches: ["main"] }, "with both numbers"],
        ["a repository without owner", { repository: "app", branches: ["main"] }, 'must be "owner/name"'],
        ["a project without group", { project: "app", branches: ["main"] }, 'must be "group/project"'],
        ["nothing", {}, "give exactly one of the three"],
        [
            "two of three",
            { repository: "acme/app", subject: "repo:acme/app:pull_request" },
            "give exactly one of the three",
        ],
        [
            "a whole subject and a branch",
            { subject: "repo:acme/app", branches: ["main"] },
            "is whole: give no branches",
        ],
        ["a whole ref", { repository: "acme/app", branches: ["refs/heads/main"] }, 'must be its short name, "main"'],
        ["an empty branch", { repository: "acme/app", branches: [""] }, "must be a name, without spaces around it"],
        [
            "what GitLab has not",
            { project: "group/app", branches: ["main"], environments: ["prod"] },
            "have no effect: leave them out",
        ],
    ])("refuses %s", (_what, runs, sentence) => {
        expect(() => trustedSubjects(runs)).toThrow(EcrError);
        expect(() => trustedSubjects(runs)).toThrow(sentence);
    });
});

describe("A trust policy", () => {
    it("compares the audience and the subject as a whole", () => {
        expect(trust({ repository: "acme/app", branches: ["main"] })).toEqual({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { Federated: providerArn },
                    Action: "sts:AssumeRoleWithWebIdentity",
                    Condition: {
                        StringEquals: { [`${AT}:aud`]: [aud], [`${AT}:sub`]: ["repo:acme/app:ref:refs/heads/main"] },
                    },
                },
            ],
        });
    });

    it("has a statement of its own for runs that are narrowed to workflows", () => {
        const workflow = "acme/ci/.github/workflows/mirror.yml@refs/heads/main";
        const policy = trust(
            { repository: "acme/app", branches: ["main"] },
            { repository: "acme/api", branches: ["main"], workflows: [workflow] },
            { repository: "acme/web", branches: ["main"] },
        );
        expect(policy.Statement.map(({ Condition }) => Condition.StringEquals)).toEqual([
            {
                [`${AT}:aud`]: [aud],
                [`${AT}:sub`]: ["repo:acme/app:ref:refs/heads/main", "repo:acme/web:ref:refs/heads/main"],
            },
            {
                [`${AT}:aud`]: [aud],
                [`${AT}:sub`]: ["repo:acme/api:ref:refs/heads/main"],
                [`${AT}:job_workflow_ref`]: [workflow],
            },
        ]);
        const sub = "repo:acme/api:ref:refs/heads/main";
        expect(trusts(policy, GITHUB_ISSUER, { aud, sub, job_workflow_ref: workflow })).toBe(true);
        expect(trusts(policy, GITHUB_ISSUER, { aud, sub, job_workflow_ref: `${workflow}x` })).toBe(false);
        expect(trusts(policy, GITHUB_ISSUER, { aud, sub })).toBe(false);
    });

    it.each([
        "https://token.actions.octocorp.ghe.com",
        "https://github.example.com/_services/token",
        "https://token.actions.githubusercontent.com/octocat-inc",
    ])("of %s has that issuer's keys, and AWS's audience", (issuer) => {
        const name = issuer.slice("https://".length);
        const policy = trustPolicy({
            providerArn: `arn:aws:iam::111111111111:oidc-provider/${name}`,
            issuer,
            runs: [{ repository: "acme/app", branches: ["main"] }],
        });
        expect(policy.Statement[0]?.Condition.StringEquals).toEqual({
            [`${name}:aud`]: ["sts.amazonaws.com"],
            [`${name}:sub`]: ["repo:acme/app:ref:refs/heads/main"],
        });
    });

    it("of GitLab has the issuer as its audience", () => {
        const policy = trustPolicy({
            providerArn: "arn:aws:iam::111111111111:oidc-provider/gitlab.com",
            issuer: "https://gitlab.com",
            runs: [{ project: "group/app", branches: ["main"] }],
        });
        expect(policy.Statement[0]?.Condition.StringEquals).toEqual({
            "gitlab.com:aud": ["https://gitlab.com"],
            "gitlab.com:sub": ["project_path:group/app:ref_type:branch:ref:main"],
        });
    });

    const runs: TrustedRuns[] = [{ repository: "acme/app", branches: ["main"] }];
    it.each<[string, Partial<Parameters<typeof trustPolicy>[0]>, string]>([
        ["no runs", { runs: [] }, "Nobody could have the role"],
        ["an audience with a wildcard", { audience: "*" }, 'The audience "*" has a wildcard'],
        ["an empty audience", { audience: "" }, "The audience must be"],
        [
            "an issuer that is no URL",
            { issuer: "gitlab.com" },
            'The issuer "gitlab.com" must be the "iss" of the tokens',
        ],
        ["an issuer over http", { issuer: "http://gitlab.com" }, "https://, a host and perhaps a path"],
        ["an issuer with a slash behind it", { issuer: "https://gitlab.com/" }, "nothing behind it"],
        ["another issuer's provider", { issuer: "https://gitlab.com" }, "must end with oidc-provider/gitlab.com"],
        [
            "a project at GitHub",
            { runs: [{ project: "acme/app", branches: ["main"] }] },
            'an "issuer", such as https://gitlab.com',
        ],
        [
            "a repository at GitLab",
            { issuer: "https://gitlab.com", providerArn: "arn:aws:iam::111111111111:oidc-provider/gitlab.com" },
            'give "project" for "repository"',
        ],
        [
            "a workflow without its ref",
            { runs: [{ ...runs[0], workflows: ["acme/app/.github/workflows/x.yml"] }] },
            "must be its whole reference",
        ],
        [
            "a workflow with a wildcard",
            { runs: [{ ...runs[0], workflows: ["acme/app/.github/workflows/x.yml@*"] }] },
            "has a wildcard",
        ],
        [
            "workflows where AWS does not read the claim",
            {
                issuer: "https://github.example.com/_services/token",
                providerArn: "arn:aws:iam::111111111111:oidc-provider/github.example.com/_services/token",
                runs: [{ ...runs[0], workflows: ["acme/app/.github/workflows/x.yml@refs/heads/main"] }],
            },
            'give that as the whole "subject"',
        ],
        [
            "more than IAM takes",
            { runs: [{ repository: "acme/app", branches: Array.from({ length: 120 }, (_, n) => `branch-${n}`) }] },
            "and IAM takes 4096",
        ],
    ])("refuses %s", (_what, options, sentence) => {
        expect(() => trustPolicy({ providerArn, runs, ...options })).toThrow(EcrError);
        expect(() => trustPolicy({ providerArn, runs, ...options })).toThrow(sentence);
    });

    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const repository = fc.tuple(name, name).map((parts) => parts.join("/"));
    const kinds = ["branches", "tags", "environments"] as const;
    const sub = (of: string, kind: (typeof kinds)[number], one: string): string =>
        `repo:${of}:${{ branches: "ref:refs/heads/", tags: "ref:refs/tags/", environments: "environment:" }[kind]}${one}`;

    it("lets in the runs that are named, and no others", () => {
        const claim = fc.record({ of: repository, kind: fc.constantFrom(...kinds), one: name });
        fc.assert(
            fc.property(fc.array(claim, { minLength: 1, maxLength: 4 }), claim, (named, other) => {
                const policy = trust(...named.map(({ of, kind, one }) => ({ repository: of, [kind]: [one] })));
                const subjects = named.map(({ of, kind, one }) => sub(of, kind, one));
                const asked = [...subjects, sub(other.of, other.kind, other.one), `repo:${other.of}:pull_request`];
                for (const each of asked) {
                    expect(trusts(policy, GITHUB_ISSUER, { aud, sub: each })).toBe(subjects.includes(each));
                    expect(trusts(policy, GITHUB_ISSUER, { aud: "https://github.com/acme", sub: each })).toBe(false);
                    expect(trusts(policy, "https://gitlab.com", { aud, sub: each })).toBe(false);
                }
            }),
        );
    });

    it("never has a wildcard, whatever is asked for", () => {
        const text = fc.string({
            minLength: 1,
            maxLength: 12,
            unit: fc.constantFrom("a", "b", "/", "*", "?", ":", "$", "{", "}", "@", "1"),
        });
        const asked = fc.oneof(
            fc.record({
                repository: text,
                branches: fc.array(text, { maxLength: 2 }),
                environments: fc.array(text, { maxLength: 2 }),
            }),
            fc.record({ subject: text }),
        );
        let built = 0;
        fc.assert(
            fc.property(asked, (runs) => {
                let values: string[] = [];
                try {
                    values = trust(runs).Statement.flatMap(({ Condition }) =>
                        Object.values(Condition.StringEquals).flat(),
                    );
                } catch (error) {
                    expect(error).toBeInstanceOf(EcrError);
                    return;
                }
                built++;
                expect(values.join(" ")).not.toMatch(/[*?]|\$\{/);
            }),
            { numRuns: 500 },
        );
        expect(built).toBeGreaterThan(20);
    });
});
