import { catalogOptions } from "../parts";
import { accessTo } from "./access";
import { checkSchedule, commandLines, groupName, installLines, MINUTES } from "./common";
import { writtenLogins } from "./docker-config";
import { idTokensOf, prepareLines } from "./gitlab-access";
import { jobHead, renderJobs, scheduledRule, scheduleSentence, script, whatToSet } from "./gitlab-job";
import { commitLines, mirrorLines } from "./page-commit";
import type { MirrorPipelineParameters, Pipeline } from "./parameters";
import { mirrorSelection, mirrorValues } from "./selection";
import { assignments } from "./shell-text";

const KIND = "mirror";

/** Carries the catalogue's images on a schedule, and commits the page that says where they are. */
export function gitlabMirror(parameters: MirrorPipelineParameters): Pipeline {
    const { environment, page, registries, pushed = registries, schedule } = parameters;
    checkSchedule(schedule);
    const access = accessTo(registries, pushed);
    const set = whatToSet(access);
    const tokens = idTokensOf(access);
    const job = {
        ...jobHead(parameters, "deploy", MINUTES.mirror),
        resource_group: groupName(KIND, environment),
        rules: [scheduledRule(KIND)],
        ...(Object.keys(tokens).length > 0 && { id_tokens: tokens }),
        before_script: script(prepareLines(access, writtenLogins(access))),
        script: script([
            ...assignments(mirrorValues(parameters)),
            ...installLines(parameters, access),
            ...commandLines(parameters, access),
            ...mirrorLines(catalogOptions(parameters), mirrorSelection(parameters)),
            ...commitLines("transship@$CI_SERVER_HOST", PUSH),
            '[ "$status" -eq 0 ]',
        ]),
    };
    return {
        ...set,
        about: [
            `Carries the catalogue's images to its targets on a schedule, by digest, and commits ${page}, where each image can be pulled from, and the lock file with what was carried. The job fails where an image could not be carried.`,
            "Take it as .gitlab-ci.yml, or include it there (include: local), where the stage deploy has to be one. Its machine needs git and Node.js 20.19 or newer.",
            scheduleSentence(KIND, schedule),
            `${page} is pushed with the job's own token, which the project has to allow (Settings > CI/CD > Job token permissions > Allow Git push requests), or with the variable TRANSSHIP_PUSH_TOKEN: a project access token that may write the repository.`,
            ...set.about,
        ],
        content: renderJobs({ [KIND]: job }),
    };
}

/** The token goes to git by its environment: never to a file, never to a command line. */
const PUSH = [
    `basic=$(printf 'gitlab-ci-token:%s' "\${TRANSSHIP_PUSH_TOKEN:-$CI_JOB_TOKEN}" | base64 | tr -d '\\n')`,
    'export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="http.$CI_PROJECT_URL.git.extraHeader"',
    'export GIT_CONFIG_VALUE_0="Authorization: Basic $basic"',
    'git -c user.name=transship -c user.email="transship@$CI_SERVER_HOST" pull --quiet --rebase "$CI_PROJECT_URL.git" "$CI_COMMIT_BRANCH"',
    'git push --quiet --push-option=ci.skip "$CI_PROJECT_URL.git" "HEAD:refs/heads/$CI_COMMIT_BRANCH"',
];
