import { expression } from "./expression";
import type { Job } from "./model";
import {
    type Common,
    documentPermissions,
    EVEN_AFTER_FAILURE,
    parameterEnv,
    prepareDocuments,
    SHORT_MINUTES,
} from "./parts";

/** What came before the job that writes the issue. */
export interface Proven {
    /** Id of the job whose output `exit-code` is what the look ended with. */
    readonly job: string;
    /** The artifact that has the document. */
    readonly artifact: string;
    /** The document's file in it. */
    readonly file: string;
}

/**
 * The one issue: opened on drift, closed when it is gone. A job of its own, since only it may write issues, and it never
 * sees a registry's credentials. A look that ended with 2 says nothing of the images: then nothing is done.
 */
export function issueJob(common: Common, { job, artifact, file }: Proven): Job {
    const { catalog, installation, runner } = common;
    const exitCode = `needs.${job}.outputs.exit-code`;
    return {
        name: "Tell of drift",
        needs: [job],
        if: `${EVEN_AFTER_FAILURE} && contains(fromJSON('["0", "1", "3"]'), ${exitCode})`,
        runsOn: runner,
        timeoutMinutes: SHORT_MINUTES,
        permissions: {
            ...documentPermissions(common),
            issues: { access: "write", why: "to open, update and close the one issue" },
        },
        steps: [
            ...prepareDocuments(common, {
                name: "Fetch the document",
                uses: "download-artifact",
                with: { name: artifact },
            }),
            {
                name: "Open, update or close the issue",
                env: {
                    ...parameterEnv({ catalog }),
                    EXIT_CODE: expression(exitCode),
                    GITHUB_TOKEN: expression("github.token"),
                },
                run: [
                    "status=0",
                    "# The look itself has written the run's summary.",
                    `GITHUB_STEP_SUMMARY="" ${installation.documentCommand} report ${file} --github-issue --issue-name "$CATALOG" || status=$?`,
                    "# It ends as the look itself did, unless the issue could not be written.",
                    '[ "$status" -eq "$EXIT_CODE" ]',
                ],
            },
        ],
    };
}
