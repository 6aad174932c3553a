export { type CompactCatalog, compactCatalog, expandCatalog } from "./compact";
export { type CompactLock, compactLock, expandLock, wishesOf, withPast } from "./compact-lock";
export { type Copy, copiesOfImage, copyKey, hasCutOver, listCopies, nameCopy } from "./copies";
export { cutCatalog } from "./cut";
export { decideCatalog, decideImage, emptyChoices, type SelectedTags } from "./decided";
export { type CatalogDefinition, defineCatalog, type ImageDefinition } from "./define";
export { canonicalJson } from "./digest";
export { parseDuration } from "./durations";
export { CatalogError, formatProblem, UnknownNameError } from "./error";
export { canonicalHost, kindOfHost, parseHostPath } from "./hosts";
export { type CatalogOptions, loadCatalog, lockPathFor } from "./load";
export {
    advanceEntry,
    digestAt,
    HISTORY,
    knownDigests,
    lockEntry,
    mergeLocks,
    recordDigest,
    replaceDigest,
    withMissing,
    withSubset,
} from "./lock";
export { type LockFile, readLock } from "./lock-file";
export { LockWriteError, writeLock } from "./lock-writer";
export { digestBegin, lockedDigests, readLockedDigests } from "./locked-digests";
export {
    findImage,
    findRegistry,
    type ImageSelection,
    pinnedReference,
    selectImages,
    targetsFor,
    waves,
} from "./lookup";
export { endOfMaintenance } from "./maintenance-windows";
export { nearest, suggestion } from "./nearest";
export { isApart, listSome, refuseOtherPurpose, type SharedNamespace, sharedNamespaces } from "./purposes";
export { catalogOfReferences } from "./references-catalog";
export { replaceFile } from "./replace-file";
export { ATTACHED_TAG, HELD_TAG, selectTags } from "./select-tags";
export { describeSelector } from "./selectors";
export { type Shard, shardImages, shardsFor } from "./shards";
export type {
    Catalog,
    CatalogImage,
    CatalogProblem,
    CredentialSource,
    ForeignLayers,
    ImageTarget,
    Lock,
    LockEntry,
    LockedSubset,
    MaintenanceWindow,
    OnForeignDigest,
    Phase,
    Policy,
    Purpose,
    Registry,
    RegistryKind,
    Replicator,
    TagPair,
    TagSelector,
    Upstream,
    Waiver,
} from "./types";
export { type WriteOptions, writtenCatalog, writtenLock } from "./write-catalog";
