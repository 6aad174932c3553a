export type { CopyChoice } from "./choose";
export { DigestGate, type DigestGateArgs } from "./digest-gate";
export { ImageFleet, type ImageFleetArgs } from "./image-fleet";
export { ImageReferences, type ImageReferencesArgs } from "./image-references";
export type { Matrix, References } from "./pinned";
