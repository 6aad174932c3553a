import { WorkflowError } from "../error";
import type { ImageBuild } from "../publish-parameters";
import type { PublishPipelineParameters } from "./parameters";
import { checkTexts } from "./shell-text";

type Options = Pick<PublishPipelineParameters, "provenance" | "sbom" | "cache">;

/** `ghcr.io/kuzudb/explorer`: a host, and a path in lower case. */
const REPOSITORY = /^[A-Za-z0-9.-]+(?::\d+)?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)+$/;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9.]+)?$/;

/**
 * What the lines below read: `IMAGE`, `REPOSITORY`, `CONTEXT`, `PLATFORMS`, and of an image that has them `DOCKERFILE`,
 * `TARGET`, `BUILD_ARG_1`, …, `TAG_RULES` and `FLAVOR`.
 *
 * @throws WorkflowError where docker could not take one of them
 */
export function buildValues(build: ImageBuild): Record<string, string> {
    const { buildArgs = {}, context, file, flavor = [], image, platforms, repository, tags, target } = build;
    demand(
        REPOSITORY.test(repository),
        `${image} cannot be pushed to ${JSON.stringify(repository)}: write it in lower case, with its host, without a tag`,
    );
    demand(platforms.length > 0, `${image} is built for no platform: name one, as linux/amd64`);
    const strange = platforms.find((platform) => !PLATFORM.test(platform));
    demand(strange === undefined, `${JSON.stringify(strange)} is no platform: write linux/amd64`);
    const broken = [...tags, ...flavor].find((rule) => rule.includes("\n"));
    demand(broken === undefined, `The rule ${JSON.stringify(broken)} of ${image} has a line break: write two rules`);
    demand(tags.length > 0, `${image} has no rules for tags: add one, as type=sha`);
    demand(
        target === undefined || /^[A-Za-z0-9]/.test(target),
        `${JSON.stringify(target)} is no stage of a Dockerfile`,
    );
    for (const path of [context, file ?? "Dockerfile"]) {
        demand(
            !/^$|^[-/]|\n|:\/\//.test(path) && !path.split("/").includes(".."),
            `${JSON.stringify(path)} of ${image} is no path below the repository's root: write it as ./${image}`,
        );
    }
    const badName = Object.keys(buildArgs).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name));
    demand(badName === undefined, `${JSON.stringify(badName)} is no name of a build argument`);
    const args = Object.entries(buildArgs).map(([name, value], index) => [
        `BUILD_ARG_${index + 1}`,
        `${name}=${value}`,
    ]);
    const values = {
        IMAGE: image,
        REPOSITORY: repository,
        CONTEXT: context,
        PLATFORMS: platforms.join(","),
        ...(file === undefined ? {} : { DOCKERFILE: file }),
        ...(target === undefined ? {} : { TARGET: target }),
        ...Object.fromEntries(args),
        TAG_RULES: tags.join("\n"),
        ...(flavor.length === 0 ? {} : { FLAVOR: flavor.join("\n") }),
    };
    checkTexts(values);
    return values;
}

/** Those of them that `tryLines` read. */
export function tryValues(build: ImageBuild): Record<string, string> {
    const {
        IMAGE: _image,
        REPOSITORY: _repository,
        TAG_RULES: _rules,
        FLAVOR: _flavor,
        ...values
    } = buildValues(build);
    return values;
}

/** A builder of this job alone: the machine's default one makes no attestations and one platform only. */
export const CREATE_BUILDER: readonly string[] = ['docker buildx create --driver docker-container > "$work/builder"'];
/** Also where there is none. */
export const REMOVE_BUILDER: readonly string[] = [
    'if [ -s "$work/builder" ]; then',
    '    docker buildx rm --force "$(cat "$work/builder")" || true',
    "fi",
];

/**
 * Builds all platforms at once and pushes them once, by digest and without a tag: no tag shows what is not signed and
 * carried yet. buildx writes the digest down in `$work/build.json`.
 *
 * @param labels beside those of the Dockerfile; their values may name variables
 */
export function buildLines(
    build: ImageBuild,
    { cache = "none", provenance, sbom }: Options,
    labels: readonly string[],
): string[] {
    const byRegistry = "type=registry,ref=$REPOSITORY:buildcache";
    return command([
        'docker buildx build --builder "$(cat "$work/builder")"',
        '--platform "$PLATFORMS"',
        ...inputs(build),
        ...labels.map((label) => `--label "${label}"`),
        `--provenance ${provenance === false ? "false" : `mode=${provenance}`} --sbom ${sbom}`,
        ...(cache === "registry" ? [`--cache-from "${byRegistry}"`, `--cache-to "${byRegistry},mode=max"`] : []),
        '--output "type=image,name=$REPOSITORY,push-by-digest=true,name-canonical=true,push=true"',
        '--metadata-file "$work/build.json"',
        '-- "$CONTEXT"',
    ]);
}

/** Builds, and keeps nothing. */
export function tryLines(build: ImageBuild): string[] {
    return command([
        'docker buildx build --builder "$(cat "$work/builder")"',
        '--platform "$PLATFORMS"',
        ...inputs(build),
        "--output type=cacheonly",
        '-- "$CONTEXT"',
    ]);
}

/** The digest that buildx has written down, as `DIGEST`. */
export const READ_DIGEST: readonly string[] = [
    `DIGEST=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))["containerimage.digest"]' "$work/build.json")`,
    'case "$DIGEST" in',
    "    sha256:*) ;;",
    '    *) echo "docker buildx has told no digest of $IMAGE." >&2; exit 1 ;;',
    "esac",
];

function inputs({ buildArgs = {}, file, target }: ImageBuild): string[] {
    return [
        ...(file === undefined ? [] : ['--file "$DOCKERFILE"']),
        ...(target === undefined ? [] : ['--target "$TARGET"']),
        ...Object.keys(buildArgs).map((_name, index) => `--build-arg "$BUILD_ARG_${index + 1}"`),
    ];
}

/** One command on several lines. */
function command(parts: readonly string[]): string[] {
    return parts.map((part, index) => `${index === 0 ? "" : "    "}${part}${index === parts.length - 1 ? "" : " \\"}`);
}

function demand(holds: boolean, problem: string): void {
    if (!holds) {
        throw new WorkflowError(`${problem}.`);
    }
}
