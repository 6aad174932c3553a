export { Hold } from "./hold";
export { isReleaseTag } from "./judge-tags";
export { originOf, type PublishOrigin, parseOrigin, withOrigin } from "./origin";
export { isListed, type PublishPlace, publishPlaces } from "./places";
export { type PublishOptions, publish } from "./publish";
export { PublishedTagError, readPublishedTags, splitTags } from "./read-tags";
export type { PlaceResult, PublishFailure, PublishResult, TagResult, TagStatus } from "./types";
