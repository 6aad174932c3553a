import type { ImageBuild } from "../publish-parameters";
import { type PublishPipeline, publishPipeline } from "../publish-pipeline";
import { type Access, accessTo, buildLogin, splitAccess } from "./access";
import {
    buildLines,
    buildValues,
    CREATE_BUILDER,
    READ_DIGEST,
    REMOVE_BUILDER,
    tryLines,
    tryValues,
} from "./build-script";
import { COMMAND, checkPublish, commandLines, installLines, listed, MINUTES } from "./common";
import { buildLoginLines, dockerLogins } from "./docker-config";
import { filledBlock, groovyAssignments, groovyBlock, shellStep } from "./groovy";
import {
    COSIGN_KEY,
    type Credential,
    credentialsOf,
    MAKE_WORK,
    SCRIPT_HEAD,
    SIGSTORE_TOKEN,
    withCredentials,
} from "./jenkins-access";
import { renderJenkinsfile, stage, steps, timeLimit, whatToSet } from "./jenkins-job";
import { publishWhen, tryWhen } from "./jenkins-when";
import type { Pipeline, PublishPipelineParameters } from "./parameters";
import { tagLines } from "./tag-script";

const VARIABLES = {
    sha: "$GIT_COMMIT",
    branch: "$branch",
    tag: `\${TAG_NAME:-}`,
    defaultBranch: `\${BRANCH_IS_PRIMARY:+$branch}`,
    event: "$event",
};
/** In a job for a tag, Jenkins calls the tag a branch too. */
const WHAT_WAS_PUSHED = [
    `branch=\${BRANCH_NAME:-}`,
    `if [ -n "\${TAG_NAME:-}" ]; then branch=; fi`,
    'if [ -e "$work/scheduled" ]; then event=schedule; else event=push; fi',
];
/** What the build's step has left for those after it. */
const READ_BUILD = ['TAGS=$(cat "$work/tags")', 'DIGEST=$(cat "$work/digest")'];
const LABELS = ["org.opencontainers.image.revision=$GIT_COMMIT"];

/** A stage for each image: build once, sign, carry by digest, check. */
export function jenkinsPublish(parameters: PublishPipelineParameters): Pipeline {
    checkPublish(parameters);
    const { builds, catalog, environment, on, sign } = parameters;
    const access = accessTo(parameters.registries, parameters.registries);
    const install = installLines(parameters, access);
    const set = whatToSet(access, signCredentials(parameters));
    const content = renderJenkinsfile(parameters, {
        schedule: on.schedule,
        environment: groovyAssignments({
            CATALOG: catalog,
            ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
        }),
        stages: [
            ...(on.schedule === undefined ? [] : markSchedule()),
            ...(install.length === 0 ? [] : stage("Install", steps(shellStep(["set -eu", ...install])))),
            ...builds.flatMap((build) => [
                ...(on.pullRequests ? tryStage(build, parameters) : []),
                ...publishStage(build, parameters, access),
            ]),
        ],
        cleanup: REMOVE_BUILDER,
    });
    return {
        ...set,
        about: [
            `Publishes ${listed(builds.map(({ image }) => image))}: all platforms in one build, pushed once, by digest; that digest ${sign ? "is signed and " : ""}is carried to every other place of the image in the catalogue, then the tags are moved, and the last step proves that all places show the same.`,
            `For a Multibranch Pipeline that discovers branches and tags. Its agent needs git, Docker with buildx, Node.js 20.19 or newer${sign ? " and cosign" : ""}; and for platforms that are not its own, handlers for them (binfmt_misc). Jenkins needs the plugins Pipeline, Git and Credentials Binding.`,
            ...set.about,
        ],
        content,
    };
}

function signCredentials({ sign, signWith = "key" }: PublishPipelineParameters): readonly Credential[] {
    if (!sign) {
        return [];
    }
    return signWith === "key" ? COSIGN_KEY : SIGSTORE_TOKEN;
}

/** A shell cannot see what started a run. */
function markSchedule(): string[] {
    return stage("Note the schedule", [
        ...groovyBlock("when", ["triggeredBy 'TimerTrigger'"]),
        ...steps(shellStep([...SCRIPT_HEAD, ...MAKE_WORK, ': > "$work/scheduled"'])),
    ]);
}

function publishStage(build: ImageBuild, parameters: PublishPipelineParameters, access: Access): string[] {
    const { environment, sign, timeoutMinutes = MINUTES.publish } = parameters;
    const { image } = build;
    const shared = publishPipeline({ installation: { command: COMMAND }, environment });
    const login = buildLogin(build.repository, parameters.registries);
    const { build: own, others } = splitAccess(access, login);
    const [registries, command] = [credentialsOf(access), commandLines(parameters, access)];
    const step = (name: string, credentials: readonly Credential[], lines: readonly string[]) =>
        stage(`${name} ${image}`, steps(withCredentials(credentials, shellStep([...SCRIPT_HEAD, ...lines]))));
    return stage(`Publish ${image}`, [
        ...publishWhen(parameters),
        ...groovyBlock("options", [timeLimit(timeoutMinutes)]),
        ...groovyBlock("environment", groovyAssignments(buildValues(build))),
        ...groovyBlock("stages", [
            ...step("Build", credentialsOf(own), [
                ...MAKE_WORK,
                ...dockerLogins(own, false),
                ...buildLoginLines(login),
                ...WHAT_WAS_PUSHED,
                ...command,
                ...buildStep(build, parameters, shared),
            ]),
            ...(sign
                ? step("Sign", signCredentials(parameters), [...READ_BUILD, ...signLines(parameters, shared)])
                : []),
            ...step("Carry", registries, [
                ...READ_BUILD,
                ...dockerLogins(others, false),
                ...command,
                ...shared.publish,
            ]),
            ...step("Check", registries, [...command, ...shared.check]),
        ]),
    ]);
}

function buildStep(build: ImageBuild, parameters: PublishPipelineParameters, shared: PublishPipeline): string[] {
    return [
        ...tagLines(build, VARIABLES),
        ...shared.demandTags,
        ...oneBuilder(),
        ...buildLines(build, parameters, LABELS),
        ...READ_DIGEST,
        `printf '%s\\n' "$TAGS" > "$work/tags"`,
        `printf '%s\\n' "$DIGEST" > "$work/digest"`,
    ];
}

function signLines({ signWith = "key" }: PublishPipelineParameters, shared: PublishPipeline): readonly string[] {
    return signWith === "key" ? ['cosign sign --yes --key "$COSIGN_KEY" "$REPOSITORY@$DIGEST"'] : shared.sign;
}

/** Of a change request: built without any credential, pushed nowhere. */
function tryStage(build: ImageBuild, parameters: PublishPipelineParameters): string[] {
    const { timeoutMinutes = MINUTES.publish } = parameters;
    return stage(`Try ${build.image}`, [
        ...tryWhen(parameters),
        ...groovyBlock("options", [timeLimit(timeoutMinutes)]),
        ...filledBlock("environment", groovyAssignments(tryValues(build))),
        ...steps(shellStep([...SCRIPT_HEAD, ...MAKE_WORK, ...oneBuilder(), ...tryLines(build)])),
    ]);
}

/** The run's builder serves all images of it. */
function oneBuilder(): string[] {
    return ['if [ ! -s "$work/builder" ]; then', ...CREATE_BUILDER.map((line) => `    ${line}`), "fi"];
}
