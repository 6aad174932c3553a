import type { ImageBuild } from "../publish-parameters";
import { publishPipeline } from "../publish-pipeline";
import { type Access, accessTo, buildLogin, NO_ACCESS, splitAccess } from "./access";
import {
    buildLines,
    buildValues,
    CREATE_BUILDER,
    READ_DIGEST,
    REMOVE_BUILDER,
    tryLines,
    tryValues,
} from "./build-script";
import { COMMAND, checkPublish, commandLines, groupName, installLines, listed, MINUTES } from "./common";
import { buildLoginLines, dockerLogins } from "./docker-config";
import { demanded, idTokensOf, prepareLines, SIGSTORE_TOKEN } from "./gitlab-access";
import { type GitLabJob, jobHead, renderJobs, scheduleSentence, script, whatToSet } from "./gitlab-job";
import type { Pipeline, PublishPipelineParameters } from "./parameters";
import { hasWildcard, pathPattern, refExpression } from "./ref-patterns";
import { assignments } from "./shell-text";
import { tagLines } from "./tag-script";

const KIND = "publish";
const KEY = ["COSIGN_KEY", "COSIGN_PASSWORD"];
const SHARED = `.transship-${KIND}`;
/** The stage must be one of the project's; GitLab's own are build, test and deploy. */
const STAGE = "deploy";
const BY_HAND = "/^(web|api|trigger)$/";
const VARIABLES = {
    sha: "$CI_COMMIT_SHA",
    branch: `\${CI_COMMIT_BRANCH:-}`,
    tag: `\${CI_COMMIT_TAG:-}`,
    defaultBranch: "$CI_DEFAULT_BRANCH",
    event: "$CI_PIPELINE_SOURCE",
};
const LABELS = ["org.opencontainers.image.revision=$CI_COMMIT_SHA", "org.opencontainers.image.source=$CI_PROJECT_URL"];

/** A job for each image: build once, sign, carry by digest, check. */
export function gitlabPublish(parameters: PublishPipelineParameters): Pipeline {
    checkPublish(parameters);
    const { builds, on } = parameters;
    const access = accessTo(parameters.registries, parameters.registries);
    const key = signsByKey(parameters) ? KEY : [];
    const set = whatToSet(access, key);
    const jobs: Record<string, GitLabJob> = { [SHARED]: sharedJob(parameters, access) };
    for (const build of builds) {
        jobs[`publish ${build.image}`] = publishJob(build, parameters, access);
        if (on.pullRequests) {
            jobs[`try ${build.image}`] = tryJob(build, parameters);
        }
    }
    return {
        ...set,
        about: [
            `Publishes ${listed(builds.map(({ image }) => image))}: all platforms in one build, pushed once, by digest; that digest ${parameters.sign ? "is signed and " : ""}is carried to every other place of the image in the catalogue, then the tags are moved, and the last step proves that all places show the same.`,
            `Take it as .gitlab-ci.yml, or include it there (include: local), where the stage ${STAGE} has to be one. Its machine needs git, Docker with buildx, Node.js 20.19 or newer${parameters.sign ? " and cosign" : ""}; and for platforms that are not its own, handlers for them (binfmt_misc).`,
            ...set.about,
            ...(key.length > 0 ? ["COSIGN_KEY is of the type file."] : []),
            ...(on.schedule === undefined ? [] : [scheduleSentence(KIND, on.schedule)]),
        ],
        content: renderJobs(jobs),
    };
}

function signsByKey({ sign, signWith = "keyless" }: PublishPipelineParameters): boolean {
    return sign && signWith === "key";
}

function sharedJob(parameters: PublishPipelineParameters, access: Access): GitLabJob {
    const { sign, timeoutMinutes = MINUTES.publish } = parameters;
    const keyless = sign && !signsByKey(parameters);
    const tokens = { ...(keyless ? SIGSTORE_TOKEN : {}), ...idTokensOf(access) };
    return {
        ...jobHead(parameters, STAGE, timeoutMinutes),
        ...(Object.keys(tokens).length > 0 && { id_tokens: tokens }),
        before_script: script([
            ...prepareLines(access, [], REMOVE_BUILDER),
            ...(signsByKey(parameters) ? KEY.map(demanded) : []),
        ]),
    };
}

function publishJob(build: ImageBuild, parameters: PublishPipelineParameters, access: Access): GitLabJob {
    const { catalog, environment, registries, sign } = parameters;
    const login = buildLogin(build.repository, registries);
    const { build: own, others } = splitAccess(access, login);
    const shared = publishPipeline({ installation: { command: COMMAND }, environment });
    const signLines = signsByKey(parameters)
        ? ['cosign sign --yes --key "$COSIGN_KEY" "$REPOSITORY@$DIGEST"']
        : shared.sign;
    return {
        extends: SHARED,
        // Two runs for one image wait for each other: the older one never moves tags after the newer.
        resource_group: groupName(KIND, build.image, environment),
        rules: publishRules(parameters),
        script: script([
            ...assignments({
                ...buildValues(build),
                CATALOG: catalog,
                ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
            }),
            ...installLines(parameters, access),
            ...commandLines(parameters, access),
            ...tagLines(build, VARIABLES),
            ...shared.demandTags,
            ...dockerLogins(own, true),
            ...buildLoginLines(login),
            ...CREATE_BUILDER,
            ...buildLines(build, parameters, LABELS),
            ...READ_DIGEST,
            ...(sign ? signLines : []),
            ...dockerLogins(others, true),
            ...shared.publish,
            ...shared.check,
        ]),
    };
}

/** Of a merge request: built without any credential, pushed nowhere, and ended by the next push. */
function tryJob(build: ImageBuild, parameters: PublishPipelineParameters): GitLabJob {
    const { timeoutMinutes = MINUTES.publish } = parameters;
    return {
        ...jobHead({ ...parameters, deployment: undefined }, STAGE, timeoutMinutes),
        interruptible: true,
        rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"', ...changes(parameters) }],
        before_script: script(prepareLines(NO_ACCESS, [], REMOVE_BUILDER)),
        script: script([...assignments(tryValues(build)), ...CREATE_BUILDER, ...tryLines(build)]),
    };
}

/** The first that holds decides; without one there is no job. */
function publishRules(parameters: PublishPipelineParameters): GitLabJob[] {
    const { branches = [], releases = false, schedule, tags = [] } = parameters.on;
    const isTag =
        releases && tags.length === 0 ? ["$CI_COMMIT_TAG"] : tags.map((tag) => condition("$CI_COMMIT_TAG", tag));
    const isBranch = branches.map((branch) => condition("$CI_COMMIT_BRANCH", branch));
    return [
        ...(schedule === undefined ? [] : [{ if: `$CI_PIPELINE_SOURCE == "schedule" && $TRANSSHIP == "${KIND}"` }]),
        { if: '$CI_PIPELINE_SOURCE == "schedule"', when: "never" },
        ...isTag.map((is) => ({ if: is })),
        ...isBranch.map((is) => ({ if: `$CI_PIPELINE_SOURCE =~ ${BY_HAND} && ${is}` })),
        ...isBranch.map((is) => ({ if: `$CI_PIPELINE_SOURCE == "push" && ${is}`, ...changes(parameters) })),
    ];
}

function condition(variable: string, pattern: string): string {
    return hasWildcard(pattern) ? `${variable} =~ /${refExpression(pattern)}/` : `${variable} == "${pattern}"`;
}

function changes({ on: { paths = [] } }: PublishPipelineParameters): { changes?: readonly string[] } {
    return paths.length === 0 ? {} : { changes: paths.map(pathPattern) };
}
