import { catalogOptions } from "../parts";
import { accessTo } from "./access";
import { checkSchedule, commandLines, installLines, MINUTES } from "./common";
import { writtenLogins } from "./docker-config";
import { groovyAssignments, shellStep } from "./groovy";
import { credentialsOf, GIT_CREDENTIAL, MAKE_WORK, SCRIPT_HEAD, withCredentials } from "./jenkins-access";
import { renderJenkinsfile, stage, steps, timeLimit, whatToSet } from "./jenkins-job";
import { commitLines, mirrorLines } from "./page-commit";
import type { MirrorPipelineParameters, Pipeline } from "./parameters";
import { mirrorSelection, mirrorValues } from "./selection";

/** Carries the catalogue's images on a schedule, and commits the page that says where they are. */
export function jenkinsMirror(parameters: MirrorPipelineParameters): Pipeline {
    const { page, registries, pushed = registries, schedule } = parameters;
    checkSchedule(schedule);
    const access = accessTo(registries, pushed);
    const { about, ...set } = whatToSet(access, [GIT_CREDENTIAL]);
    const carry = [
        ...SCRIPT_HEAD,
        ...MAKE_WORK,
        ...writtenLogins(access),
        ...installLines(parameters, access),
        ...commandLines(parameters, access),
        ...mirrorLines(catalogOptions(parameters), mirrorSelection(parameters)),
        `printf '%s\\n' "$status" > "$work/status"`,
    ];
    const commit = [...SCRIPT_HEAD, ...commitLines("transship@noreply.invalid", PUSH)];
    return {
        ...set,
        about: [
            `Carries the catalogue's images to its targets on a schedule, by digest, and commits ${page}, where each image can be pulled from, and the lock file with what was carried. The run fails where an image could not be carried.`,
            "For a Pipeline job whose script comes from this repository. Its agent needs git and Node.js 20.19 or newer. Jenkins needs the plugins Pipeline, Git and Credentials Binding.",
            ...about,
        ],
        content: renderJenkinsfile(parameters, {
            options: [timeLimit(MINUTES.mirror)],
            schedule,
            environment: groovyAssignments(mirrorValues(parameters)),
            stages: [
                ...stage("Carry", steps(withCredentials(credentialsOf(access), shellStep(carry)))),
                ...stage("Commit the page", steps(withCredentials([GIT_CREDENTIAL], shellStep(commit)))),
                ...stage("Result", steps(shellStep([...SCRIPT_HEAD, 'exit "$(cat "$work/status")"']))),
            ],
        }),
    };
}

/** The branch is the job's, as git calls it; credentials reach git by the binding. */
const PUSH = [
    `branch=\${BRANCH_NAME:-\${GIT_BRANCH#*/}}`,
    'git -c user.name=transship -c user.email=transship@noreply.invalid pull --quiet --rebase origin "$branch"',
    'git push --quiet origin "HEAD:refs/heads/$branch"',
];
