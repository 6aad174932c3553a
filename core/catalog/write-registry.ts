import { relative, resolve, sep } from "node:path";
import { kindOfHost } from "./hosts";
import { below } from "./registries";
import type { WrittenRegistry, WrittenRegistryOverride } from "./schema";
import type { Registry } from "./types";

/** The host and path at which a registry is. */
export function hostOf({ host, prefix }: Registry): string {
    return below(host, prefix);
}

/** The keys of a registry but its host. @param folder of the file that is to have them: certificates lie relative to it */
export function writeRegistry(registry: Registry, folder: string): WrittenRegistryOverride {
    const { host, kind, credentials, insecure, ca, clientCert, timeouts, concurrency, keepRemaining } = registry;
    const file = (path: string): string => relative(folder, resolve(path)).split(sep).join("/");
    const isBoth = JSON.stringify(credentials?.pull) === JSON.stringify(credentials?.push);
    const written = {
        ...(kind === kindOfHost(host) ? {} : { kind }),
        ...(credentials === undefined ? {} : { credentials: isBoth ? credentials.pull : credentials }),
        ...(insecure ? { insecure } : {}),
        ...(ca === undefined ? {} : { ca: file(ca) }),
        ...(clientCert === undefined ? {} : { clientCert: { cert: file(clientCert.cert), key: file(clientCert.key) } }),
        ...(timeouts === undefined ? {} : { timeouts: writeTimeouts(timeouts) }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(keepRemaining === undefined ? {} : { keepRemaining }),
        ...(registry.public ? { public: true } : {}),
    };
    return written as Omit<WrittenRegistry, "host">;
}

function writeTimeouts({ connect, idle }: NonNullable<Registry["timeouts"]>) {
    return {
        ...(connect === undefined ? {} : { connect: writeDuration(connect) }),
        ...(idle === undefined ? {} : { idle: writeDuration(idle) }),
    };
}

/** `24h`: milliseconds in the largest unit that is whole. */
export function writeDuration(milliseconds: number): string {
    const units = [
        ["d", 86_400_000],
        ["h", 3_600_000],
        ["m", 60_000],
        ["s", 1000],
    ] as const;
    const [unit, size] = units.find(([, length]) => milliseconds > 0 && milliseconds % length === 0) ?? ["ms", 1];
    return `${milliseconds / size}${unit}`;
}
