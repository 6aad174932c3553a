import { parseEcrHost } from "../aws-names";
import { isHost, isRepositoryPath, quote } from "../oci";
import type { RegistryKind } from "./types";

/** Host and path of a registry, as written: `ghcr.io/acme`. */
export interface HostPath {
    /** Lower case; Docker Hub is always `docker.io`. */
    readonly host: string;
    /** Without slashes at its ends; empty for none. */
    readonly prefix: string;
}

const DOCKER_HUB_ALIASES = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** The host as all comparisons use it. */
export function canonicalHost(host: string): string {
    const lower = host.toLowerCase();
    return DOCKER_HUB_ALIASES.has(lower) ? "docker.io" : lower;
}

/** Reads `host[:port][/path]`; a text is the reason why it is none. */
export function parseHostPath(text: string): HostPath | string {
    if (text.includes("@")) {
        // Not repeated: what stands before the @ may be a password.
        return 'a registry is a host without a user name: where it comes from is told by "credentials"';
    }
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[0];
    if (scheme !== undefined) {
        const insecure = scheme.toLowerCase() === "http://" ? ', and say "insecure: true"' : "";
        return `${quote(text)} has a scheme: leave out ${quote(scheme)}${insecure}`;
    }
    const slash = text.indexOf("/");
    const host = slash < 0 ? text : text.slice(0, slash);
    const prefix = slash < 0 ? "" : text.slice(slash + 1);
    if (!isHost(host)) {
        return `${quote(text)} is not a registry: ${quote(host)} is not a host with an optional port`;
    }
    if (!/[.:]/.test(host) && host !== "localhost") {
        return `${quote(text)} is not a registry: without a dot or a port ${quote(host)} would be a repository; write the full host name, or its port too`;
    }
    if (slash >= 0 && !isRepositoryPath(prefix)) {
        const lower = prefix.toLowerCase();
        if (isRepositoryPath(lower)) {
            return `${quote(text)} is not a registry: paths of repositories are lower case, whatever their owner is called; write ${quote(`${host}/${lower}`)}`;
        }
        return `${quote(text)} is not a registry: ${quote(prefix)} is not a path of repositories (lower case, no slash at its ends)`;
    }
    return { host: canonicalHost(host), prefix };
}

const KINDS: readonly (readonly [RegExp, RegistryKind])[] = [
    [/^docker\.io$/, "dockerhub"],
    [/^ghcr\.io$/, "ghcr"],
    [/^quay\.io$/, "quay"],
    [/^([a-z0-9-]+\.)?gcr\.io$|^[a-z0-9-]+-docker\.pkg\.dev$/, "gar"],
    [/^[a-z0-9-]+(\.[a-z0-9-]+)*\.azurecr\.(io|cn|us)$/, "acr"],
];

/** The kind of a registry that says none: the public ones are known by their host, every other is `other`. */
export function kindOfHost(host: string): RegistryKind {
    const name = host.replace(/:443$/, "");
    const ecr = parseEcrHost(name);
    if (ecr !== undefined) {
        return ecr.visibility === "public" ? "ecr-public" : "ecr";
    }
    return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}
