export { EmbeddedRegistry, startEmbeddedRegistry } from "./embedded-registry";
export type { EmbeddedAuth, EmbeddedRegistryOptions, PullLimitOptions, Quirks } from "./options";
export { type RequestEvent, RequestLog } from "./request-log";
export type { RequestKind, Route } from "./routes";
