export { ACTIONS, type ActionName, type PinnedAction } from "./actions";
export { checkWorkflow } from "./check-workflow";
export { cronFieldProblem, cronProblem } from "./cron";
export { WorkflowError } from "./error";
export { expression } from "./expression";
export { type CommentStyle, type FileState, sealed, stateOf, textDigest } from "./generated-file";
export { type Installation, type InstallMethod, installation } from "./installation";
export { type KubernetesParameters, kubernetesJob } from "./kubernetes-job";
export { type MirrorParameters, mirrorWorkflow } from "./mirror";
export type {
    ActionStep,
    Concurrency,
    Env,
    Grant,
    Job,
    Matrix,
    PermissionScope,
    Permissions,
    RunStep,
    Step,
    Triggers,
    Workflow,
} from "./model";
export { ownVersion } from "./own-version";
export type { Common, Described, Scheduled } from "./parts";
export {
    type CiPlatform,
    type Commit,
    imageTags,
    type MirrorPipelineParameters,
    type PipelineCommon,
    type PipelineParameters as CiPipelineParameters,
    type ProofPipelineParameters,
    type PublishPipelineParameters,
    renderPipeline,
} from "./pipelines";
export type { Pipeline } from "./pipelines/parameters";
export { buildPipeline, sealPipeline } from "./pipelines/render-pipeline";
export { proofWorkflow } from "./proof";
export { publishWorkflow } from "./publish";
export {
    type BuildCache,
    DEFAULT_TAGS,
    type ImageBuild,
    type PublishParameters,
    type PublishTriggers,
} from "./publish-parameters";
export { type PipelineParameters, type PublishPipeline, publishPipeline } from "./publish-pipeline";
export { type RegionRunner, type RegionsParameters, regionsWorkflow } from "./regions";
export { type RegistryAccess, registryAccess, variableName } from "./registry-access";
export { renderWorkflow } from "./render";
export { type ShardsParameters, shardsWorkflow } from "./shards";
