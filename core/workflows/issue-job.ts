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
    /** Also tell of a run that ended with 2, before it looked at anything. @default false */
    readonly alsoWithoutLook?: boolean;
}

/**
 * The one issue: opened on drift, closed when it is gone. A job of its own, since only it may write issues, and it never
 * sees a registry's credentials. A look that ended with 2 says nothing of the images: then nothing is
 * done, unless the issue is to tell of that, too.
 */
export function issueJob(common: Common, { job, artifact, file, alsoWithoutLook = false }: Proven): Job {
    const { catalog, environment, installation, runner } = common;
    const codes = alsoWithoutLook ? ["0", "1", "2", "3"] : ["0", "1", "3"];
    const whose = alsoWithoutLook && environment !== undefined ? ' --issue-environment "$ENVIRONMENT"' : "";
    const exitCode = `needs.${job}.outputs.exit-code`;
    return {
        name: "Tell of drift",
        needs: [job],
        if: `${EVEN_AFTER_FAILURE} && contains(fromJSON('["${codes.join('", "')}"]'), ${exitCode})`,
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
                    ...parameterEnv(alsoWithoutLook ? { catalog, environment } : { catalog }),
                    EXIT_CODE: expression(exitCode),
                    GITHUB_TOKEN: expression("github.token"),
                },
                run: [
                    "status=0",
                    "# The look itself has written the run's summary.",
                    `GITHUB_STEP_SUMMARY="" ${installation.documentCommand} report ${file} --github-issue --issue-name "$CATALOG"${whose} || status=$?`,
                    "# It ends as the look itself did, unless the issue could not be written.",
                    '[ "$status" -eq "$EXIT_CODE" ]',
                ],
            },
        ],
    };
}
