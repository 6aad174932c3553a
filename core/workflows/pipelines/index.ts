/** What `transship/workflows` has: pipelines for who is not on GitHub Actions. */
export { DEFAULT_TAGS, type ImageBuild, type PublishTriggers } from "../publish-parameters";
export type { Commit } from "./commit";
export { imageTags } from "./image-tags";
export type {
    CiPlatform,
    MirrorPipelineParameters,
    PipelineCommon,
    PipelineParameters,
    ProofPipelineParameters,
    PublishPipelineParameters,
} from "./parameters";
export { renderPipeline } from "./render-pipeline";
