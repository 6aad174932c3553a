import { WorkflowError } from "./error";
import { plain } from "./parts";
import type { ImageBuild, PublishParameters } from "./publish-parameters";

const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/;
const REPOSITORY = /^ghcr\.io(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*){2,}$/;
const ARGUMENT = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What the parameters must keep to beside their types.
 *
 * @throws WorkflowError for the first thing that is wrong
 */
export function checkPublish({ builds, on }: PublishParameters): void {
    if (builds.length === 0) {
        throw new WorkflowError("There is no image to publish: name at least one.");
    }
    const twice = builds.find(({ image }, index) => builds.findIndex((other) => other.image === image) < index);
    if (twice !== undefined) {
        throw new WorkflowError(`The image ${twice.image} is to be built twice: name it once.`);
    }
    if (on.releases === true && (on.tags ?? []).length > 0) {
        throw new WorkflowError(
            "Both git tags and releases would publish, and a release has a tag: it would be built twice, to two digests; take one of both.",
        );
    }
    for (const build of builds) {
        checkBuild(build);
    }
}

function checkBuild({ image, context, file, target, buildArgs = {}, platforms, repository, tags, flavor }: ImageBuild) {
    checkRepository(image, repository);
    for (const [what, path] of [
        ["context", context],
        ["Dockerfile", file ?? "Dockerfile"],
    ] as const) {
        if (path === "" || path.startsWith("/") || path.split("/").includes("..") || /:\/\/|\{\{/.test(path)) {
            throw new WorkflowError(
                `The ${what} ${JSON.stringify(path)} of ${image} is no path below the repository's root: write it as ./${image}.`,
            );
        }
    }
    const wrong = platforms.find((platform) => !PLATFORM.test(platform));
    if (wrong !== undefined || platforms.length === 0) {
        throw new WorkflowError(
            `${wrong === undefined ? `${image} has no platform` : `${JSON.stringify(wrong)} of ${image} is no platform`}: write linux/amd64, linux/arm64 and the like.`,
        );
    }
    if (tags.length === 0) {
        throw new WorkflowError(`${image} has no rule for tags: write one, as type=semver,pattern={{version}}.`);
    }
    for (const [name, value] of Object.entries(buildArgs)) {
        if (!ARGUMENT.test(name) || value.includes("\n")) {
            throw new WorkflowError(
                `The build argument ${JSON.stringify(name)} of ${image} will not do: a name of letters, digits and underscores, and a value of one line.`,
            );
        }
    }
    for (const text of [image, context, file, target, ...Object.values(buildArgs), ...tags, ...(flavor ?? [])]) {
        plain(text ?? "");
    }
    const broken = [...tags, ...(flavor ?? [])].find((rule) => rule.includes("\n"));
    if (broken !== undefined) {
        throw new WorkflowError(`The rule ${JSON.stringify(broken)} of ${image} has a line break: write two rules.`);
    }
}

/** The job's own token is handed to that host, and to no other. */
function checkRepository(image: string, repository: string): void {
    if (REPOSITORY.test(repository)) {
        return;
    }
    const lower = repository.toLowerCase();
    const advice = REPOSITORY.test(lower)
        ? `ghcr.io takes lower case only: write ${lower}`
        : `write ghcr.io/OWNER/${image}, without a tag`;
    throw new WorkflowError(`${JSON.stringify(repository)} is no repository to push ${image} to: ${advice}.`);
}
