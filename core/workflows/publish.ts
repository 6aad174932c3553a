import { buildStep, metadataStep, prepareBuild, rowOf, tryStep, WHAT_TO_BUILD } from "./build-steps";
import { checkPublish } from "./check-publish";
import { expression } from "./expression";
import { type Varying, varyingRows } from "./matrix-rows";
import type { Job, Permissions, Step, Triggers } from "./model";
import { type Described, groupOf, parameterEnv, SETUP_NODE, titled, whatToSet } from "./parts";
import type { PublishParameters, PublishTriggers } from "./publish-parameters";
import { publishPipeline } from "./publish-pipeline";
import { ghcrAccess, type RegistryAccess } from "./registry-access";

const NAME = "Publish images";
const MINUTES = 60;
const IS_PULL_REQUEST = "github.event_name == 'pull_request'";
const DIGEST = expression("steps.build.outputs.digest");
const TAGS = expression("steps.meta.outputs.tag-names");

/**
 * Builds each image once, for all platforms, and pushes it once, by digest; signs that digest, carries it to every other
 * place of the catalogue, moves the tags last, and proves that all places show the same.
 *
 * @throws WorkflowError for parameters that cannot be
 */
export function publishWorkflow(parameters: PublishParameters): Described {
    checkPublish(parameters);
    const { builds, name = NAME, on, sign } = parameters;
    const images = builds.map(({ image }) => image).join(", ");
    const group = name === NAME ? "publish" : `publish-${slug(name)}`;
    return {
        about: [
            `Publishes ${images}: one build for all platforms, pushed once, by digest${sign ? ", signed" : ""} and carried by that digest to every place of the image in the catalogue. The tags move last, everywhere; then all places are proven to show the same.`,
            ...whatToSet(parameters),
        ],
        workflow: {
            name: titled(name, parameters),
            on: triggersOf(on),
            concurrency: {
                group: groupOf(group, parameters),
                perRef: true,
                ...(on.pullRequests ? { cancelInProgress: "pull-requests" } : {}),
            },
            jobs: {
                publish: publishJob(parameters),
                ...(on.pullRequests ? { try: tryJob(parameters) } : {}),
            },
        },
    };
}

function slug(name: string): string {
    return name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}

function triggersOf(on: PublishTriggers): Triggers {
    const { branches = [], tags = [], paths = [], releases, schedule, pullRequests } = on;
    const changed = {
        ...(branches.length > 0 && { branches }),
        ...(paths.length > 0 && { paths }),
    };
    const isPushed = branches.length + tags.length > 0;
    return {
        ...(schedule !== undefined && { schedule: [schedule] }),
        workflowDispatch: true,
        ...(isPushed && { push: { ...changed, ...(tags.length > 0 && { tags }) } }),
        ...(pullRequests && { pullRequest: changed }),
        ...(releases && { release: "published" }),
    };
}

function publishJob(parameters: PublishParameters): Job {
    const { access, builds, deployment, on, runner, timeoutMinutes = MINUTES } = parameters;
    const varying = rowsOf(parameters);
    const host = builds[0]?.repository.split("/")[0];
    const ghcr = ghcrAccess("write", host);
    return {
        name: `Publish ${varying.cell("image")}`,
        ...(on.pullRequests ? { if: IS_PULL_REQUEST.replace("==", "!=") } : {}),
        runsOn: runner,
        ...(deployment === undefined ? {} : { environment: deployment }),
        timeoutMinutes,
        permissions: permissionsOf(parameters, ghcr),
        ...matrixOf(varying, parameters),
        env: {
            ...parameterEnv(parameters),
            IMAGE: varying.cell("image"),
            REPOSITORY: varying.cell("repository"),
        },
        steps: [...buildSteps(parameters, varying, ghcr), ...carrySteps(parameters, withoutSteps(access, ghcr))],
    };
}

/** @param names what the job needs to know of each image. Default: all */
function rowsOf({ builds, runner }: PublishParameters, names?: readonly string[]): Varying {
    const rows = builds.map((build) => Object.entries(rowOf(build, runner)));
    const wanted = rows.map((row) => row.filter(([name]) => names?.includes(name) ?? true));
    return varyingRows(
        wanted.map((row) => Object.fromEntries(row)),
        "image",
    );
}

function matrixOf({ matrix }: Varying, { maxParallel }: PublishParameters): Pick<Job, "matrix"> {
    return matrix === undefined ? {} : { matrix: { ...matrix, ...(maxParallel === undefined ? {} : { maxParallel }) } };
}

/**
 * As far as the signature: with the job's own token and nothing else. The other places' credentials come after the
 * build, which runs the repository's code, and whose context could take in the files that log-ins leave.
 */
function buildSteps(parameters: PublishParameters, varying: Varying, ghcr: RegistryAccess): Step[] {
    const { demandTags, sign } = publishPipeline({ ...parameters, errorMark: "::error::" });
    const signing: Step[] = [
        { name: "Install cosign", uses: "cosign-installer" },
        { name: "Sign the digest", env: { DIGEST }, run: sign },
    ];
    return [
        ...prepareBuild(varying),
        ...ghcr.steps,
        metadataStep(varying),
        { name: "Demand a tag", env: { TAGS }, run: demandTags },
        buildStep(varying, parameters),
        ...(parameters.sign ? signing : []),
    ];
}

function carrySteps(parameters: PublishParameters, access: RegistryAccess): Step[] {
    const { check, publish } = publishPipeline(parameters);
    return [
        SETUP_NODE,
        ...parameters.installation.steps,
        ...access.steps,
        { name: "Carry it everywhere, tags last", env: { ...access.env, DIGEST, TAGS }, run: publish },
        { name: "Check every place", env: access.env, run: check },
    ];
}

/** What is logged in already is not logged in again. */
function withoutSteps(access: RegistryAccess, { steps }: RegistryAccess): RegistryAccess {
    const known = new Set(steps.map((step) => JSON.stringify(step)));
    return { ...access, steps: access.steps.filter((step) => !known.has(JSON.stringify(step))) };
}

function permissionsOf({ access, sign }: PublishParameters, ghcr: RegistryAccess): Permissions {
    const cloud = access.permissions["id-token"];
    const reasons = [
        ...(sign ? ["to sign by this workflow's identity, without a key"] : []),
        ...(cloud ? [cloud.why] : []),
    ];
    return {
        contents: { access: "read", why: "to check out what is built, and the catalogue" },
        ...access.permissions,
        ...ghcr.permissions,
        ...(reasons.length > 0 && { "id-token": { access: "write", why: reasons.join("; ") } }),
    };
}

/** A pull request's code runs here, anybody's: no secret, no right but to read. */
function tryJob(parameters: PublishParameters): Job {
    const { cache, runner, timeoutMinutes = MINUTES } = parameters;
    const varying = rowsOf(parameters, [...WHAT_TO_BUILD, ...(cache === "registry" ? ["repository"] : [])]);
    return {
        name: `Try ${varying.cell("image")}`,
        if: IS_PULL_REQUEST,
        runsOn: runner,
        timeoutMinutes,
        permissions: { contents: { access: "read", why: "to check out what is built" } },
        ...matrixOf(varying, parameters),
        steps: [...prepareBuild(varying), tryStep(varying, cache)],
    };
}
