import { WorkflowError } from "../error";
import { type CommentStyle, sealed } from "../generated-file";
import { ownVersion } from "../own-version";
import { checkCommon } from "./common";
import { gitlabPipeline } from "./gitlab";
import { jenkinsPipeline } from "./jenkins";
import type { CiPlatform, Pipeline, PipelineParameters } from "./parameters";

const PLATFORMS: Readonly<
    Record<CiPlatform, { build(parameters: PipelineParameters): Pipeline; style: CommentStyle }>
> = {
    gitlab: { build: gitlabPipeline, style: "hash" },
    jenkins: { build: jenkinsPipeline, style: "slashes" },
};

/**
 * What a platform is to run, without its comment. The same parameters give the same text.
 *
 * @throws WorkflowError for the first parameter that is no value for it
 */
export function buildPipeline(platform: CiPlatform, parameters: PipelineParameters): Pipeline {
    if (!Object.hasOwn(PLATFORMS, platform)) {
        throw new WorkflowError(
            `${JSON.stringify(platform)} is no platform for pipelines: take ${Object.keys(PLATFORMS).join(" or ")}.`,
        );
    }
    checkCommon(parameters);
    return PLATFORMS[platform].build(parameters);
}

/** The whole file: what it is and where it came from as a comment, with a digest of the rest. */
export function sealPipeline(platform: CiPlatform, { about, content }: Pick<Pipeline, "about" | "content">): string {
    return sealed(about, content, PLATFORMS[platform].style);
}

/**
 * A declarative Jenkinsfile or a `.gitlab-ci.yml` that publishes images, mirrors them or proves that they are equal: for
 * a program that writes the file itself, with `fs` or as a resource.
 *
 * @throws WorkflowError (`INVALID_ARGUMENT`) for the first parameter that is no value for it
 */
export function renderPipeline(platform: CiPlatform, parameters: PipelineParameters): string {
    const { about, content } = buildPipeline(platform, parameters);
    return sealPipeline(platform, { about: [...about, `Written by transship ${ownVersion()}.`], content });
}
