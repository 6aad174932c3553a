export type { Commit } from "./commit";
export { imageTags } from "./image-tags";
export type {
    CiPlatform,
    MirrorPipelineParameters,
    Pipeline,
    PipelineCommon,
    PipelineParameters,
    ProofPipelineParameters,
    PublishPipelineParameters,
} from "./parameters";
export { buildPipeline, renderPipeline, sealPipeline } from "./render-pipeline";
