export {
    GhcrPackages,
    type GhcrPackagesArgs,
    type PackageRetentionArgs,
    type PackageTagSelector,
} from "./ghcr-packages";
