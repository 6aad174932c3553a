export type { Descriptor } from "./descriptor";
export {
    createDigester,
    type Digest,
    type DigestAlgorithm,
    type Digester,
    digestOf,
    InvalidDigestError,
    isDigest,
    parseDigest,
    shortDigest,
} from "./digest";
export { InvalidManifestError, type Manifest, parseManifest, referrerType } from "./manifest";
export {
    bareMediaType,
    isForeignLayerType,
    isImageConfigType,
    isImageManifestType,
    isIndexType,
    isManifestType,
    isSchema1Type,
    MANIFEST_ACCEPT,
    MediaType,
} from "./media-types";
export {
    formatPlatform,
    InvalidPlatformError,
    isPlatform,
    isUnknownPlatform,
    matchesPlatform,
    type Platform,
    parsePlatform,
    samePlatforms,
} from "./platform";
export {
    formatReference,
    InvalidReferenceError,
    isHost,
    isRepositoryPath,
    isTag,
    parseReference,
    type Reference,
} from "./reference";
export { addReferrers, describeReferrer } from "./referrers-index";
export { configDifference } from "./same-config";
export {
    type ContentNeed,
    type ContentVerdict,
    compareContent,
    type DigestedManifest,
    type KnownContent,
} from "./same-content";
export {
    type IndexSubset,
    PlatformMissingError,
    requirePlatforms,
    SUBSET_OF,
    subsetIndex,
    subsetOrigin,
} from "./subset";
export { quote } from "./text";
