import { expression } from "./expression";
import type { Job } from "./model";
import { CHECKOUT, type Common, SHORT_MINUTES } from "./parts";

/** What a job before has written. */
export interface Written {
    /** Id of that job. */
    readonly job: string;
    /** Also where that job failed: what it has done is done. @default false */
    readonly evenAfterFailure?: boolean;
    /** The artifact that holds the files, at their paths. */
    readonly artifact: string;
    /** Paths from the repository's root; those that are not there are left out. */
    readonly files: readonly string[];
    /** Of the commit, one line. */
    readonly message: string;
}

/** Of whoever commits by a job's token. (https://github.com/actions/checkout#push-a-commit-using-the-built-in-token) */
const AUTHOR = ["github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com"] as const;

/**
 * Commits files to the branch that the run is of. The only job that may write, and the only one without anybody else's
 * code: git alone, and no secret.
 */
export function commitJob({ runner }: Pick<Common, "runner">, written: Written): Job {
    const { artifact, evenAfterFailure = false, files, job, message } = written;
    const [name, email] = AUTHOR;
    return {
        name: "Commit",
        needs: [job],
        ...(evenAfterFailure ? { if: `!cancelled() && needs.${job}.result != 'skipped'` } : {}),
        runsOn: runner,
        timeoutMinutes: SHORT_MINUTES,
        permissions: { contents: { access: "write", why: `to commit ${files.join(" and ")}` } },
        steps: [
            CHECKOUT,
            { name: "Fetch what was written", uses: "download-artifact", with: { name: artifact } },
            {
                name: "Commit what changed",
                env: { GITHUB_TOKEN: expression("github.token"), FILES: files.join("\n"), MESSAGE: message },
                run: [
                    "while IFS= read -r file; do",
                    '    if [ -e "$file" ]; then git add -- "$file"; fi',
                    'done <<< "$FILES"',
                    "if git diff --cached --quiet; then",
                    '    echo "Nothing changed."',
                    "    exit 0",
                    "fi",
                    `git -c user.name='${name}' -c user.email='${email}' commit --quiet --message "$MESSAGE"`,
                    "# The token goes to git by its environment: never to a file, never to a command line.",
                    `basic=$(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 | tr -d '\\n')`,
                    'export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$GITHUB_SERVER_URL/.extraheader"',
                    'export GIT_CONFIG_VALUE_0="AUTHORIZATION: basic $basic"',
                    `git -c user.name='${name}' -c user.email='${email}' pull --quiet --rebase`,
                    "git push --quiet",
                ],
            },
        ],
    };
}
