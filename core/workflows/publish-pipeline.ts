import type { Installation } from "./installation";

/**
 * What one image's pipeline does after its build, as lines of POSIX shell: the same for GitHub Actions, Jenkins and
 * GitLab. The build itself has pushed all platforms once, by digest and without a tag, to `$REPOSITORY`.
 *
 * The lines read these variables, and nothing stands in their text that somebody else may choose:
 *
 * | variable | value |
 * |---|---|
 * | `IMAGE` | the image's name in the catalogue |
 * | `REPOSITORY` | where the build was pushed, without a tag: `ghcr.io/kuzudb/explorer` |
 * | `DIGEST` | what the build was pushed as: `sha256:…` |
 * | `TAGS` | tags to publish, a line each |
 * | `CATALOG` | path of the catalogue |
 * | `ENVIRONMENT` | the catalogue's environment; only where the catalogue names several |
 */
export interface PublishPipeline {
    /** Before the build, so that nothing is pushed which no tag will ever name. Reads `TAGS`. */
    readonly demandTags: readonly string[];
    /** By cosign, keyless, by digest: before any tag shows the image. Reads `REPOSITORY` and `DIGEST`. */
    readonly sign: readonly string[];
    /** Carries the digest and its signatures to every place of the image, and moves the tags last. Reads all. */
    readonly publish: readonly string[];
    /** Proves that all places show the same. Reads `IMAGE`, `CATALOG` and `ENVIRONMENT`. */
    readonly check: readonly string[];
}

/** What the lines depend on. */
export interface PipelineParameters {
    readonly installation: Pick<Installation, "command">;
    readonly environment?: string | undefined;
    /** What stands before the sentence that says why nothing is built: `::error::` at GitHub. @default nothing */
    readonly errorMark?: string;
}

export function publishPipeline({ installation, environment, errorMark = "" }: PipelineParameters): PublishPipeline {
    const { command } = installation;
    const options = `--catalog "$CATALOG"${environment === undefined ? "" : ' --environment "$ENVIRONMENT"'}`;
    return {
        demandTags: [
            'if [ -z "$TAGS" ]; then',
            `    echo "${errorMark}None of the rules for tags gives one for $IMAGE in this run: add a rule such as type=sha."`,
            "    exit 1",
            "fi",
        ],
        sign: ['cosign sign --yes "$REPOSITORY@$DIGEST"'],
        publish: [
            "# The tags are a value to the end, and no part of a command's text.",
            `TAGS="$TAGS" ${command} publish "$IMAGE" --from "$REPOSITORY@$DIGEST" --tags-from-env TAGS ${options}`,
        ],
        check: [`${command} check "$IMAGE" ${options}`],
    };
}
