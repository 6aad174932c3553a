/** How AWS names accounts, regions and ECR's registries, without asking it: pure. */
export {
    type EcrHost,
    ecrHostOf,
    isAccount,
    isRegion,
    type PrivateEcrHost,
    parseEcrHost,
    parsePrivateEcrHost,
    partitionOf,
    repositoryArn,
} from "./ecr-host";
