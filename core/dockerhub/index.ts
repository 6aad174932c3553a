export { type DockerHubAccess, DockerHubClient, type Token, type TokenResource, type TokenWish } from "./client";
export { DockerHubError } from "./errors";
