export type { BranchProtectionArgs } from "./branch-protection";
export type { CreatedRepositoryArgs } from "./created-repository";
export type { DeliveryPullRequest } from "./deliver";
export type { DeliveryArgs } from "./delivery-args";
export {
    GhcrPackages,
    type GhcrPackagesArgs,
    type PackageRetentionArgs,
    type PackageTagSelector,
} from "./ghcr-packages";
export { GhcrPublisher } from "./ghcr-publisher";
export type { GhcrPublisherArgs, ImageBuildArgs, PublishOnArgs } from "./ghcr-publisher-args";
export { MirrorRepository } from "./mirror-repository";
export type { MirrorRepositoryArgs } from "./mirror-repository-args";
