import type { LookupAddress } from "node:dns";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import type { Patient, Route } from "./patient";
import type { Check } from "./types";

/** What came of a name. */
export interface Resolved {
    readonly check: Check;
    /** Empty where nothing is known of it. */
    readonly addresses: readonly LookupAddress[];
}

/** Loopback and "nowhere": where filters send the names that they block. */
const SINKHOLE = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

/** Name resolution by the system's own way, as every program on this machine has it; a container may have another. */
export async function checkName(patient: Patient, route: Route): Promise<Resolved> {
    const { hostname, lookup } = patient;
    if (isIP(hostname) !== 0) {
        const addresses = [{ address: hostname, family: isIP(hostname) }];
        return { check: ok(`${hostname} is an address, so there is no name to resolve`), addresses };
    }
    try {
        const addresses = await lookup(hostname);
        return { check: await describe(patient, addresses), addresses };
    } catch (error) {
        return { check: fault(error, patient, route), addresses: [] };
    }
}

async function describe({ hostname, hostsFile }: Patient, addresses: readonly LookupAddress[]): Promise<Check> {
    const [first, ...others] = addresses.map(({ address }) => address);
    const fromHosts = await isInHosts(hostname, hostsFile);
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    const message = `${hostname} is ${first}${more}${fromHosts ? `, by ${hostsFile}` : ""}`;
    const isLocal = hostname === "localhost" || hostname.endsWith(".localhost");
    if (!isLocal && addresses.every(({ address }) => SINKHOLE.test(address))) {
        return {
            check: "name",
            status: "warning",
            message: `${message}, which is this machine itself`,
            remedy: fromHosts
                ? `take the line out of ${hostsFile}, unless the registry runs here`
                : "look for a filter or a resolver that blocks this name, unless the registry runs here",
        };
    }
    if (!isLocal && !hostname.includes(".")) {
        return {
            check: "name",
            status: "warning",
            message: `${message}; a name without a dot is completed by this machine's search domains`,
            remedy: "write its full name: another machine, or a container, completes it otherwise or not at all",
        };
    }
    return ok(message);
}

function fault(error: unknown, { hostname }: Patient, route: Route): Check {
    const code = (error as NodeJS.ErrnoException).code ?? "no reason given";
    const isUnknown = code === "ENOTFOUND" || code === "ENODATA";
    const what = isUnknown ? `${hostname} is not known to DNS` : `DNS gave no answer for ${hostname} (${code})`;
    if (route.by === "proxy") {
        return ok(`${what} here, which does not matter: the proxy resolves it`);
    }
    return {
        check: "name",
        status: "wrong",
        message: what,
        remedy: isUnknown
            ? "check its spelling; if other machines know it, compare their resolver and search domains with this one's"
            : "check this machine's resolver (/etc/resolv.conf) and that it may reach it",
    };
}

async function isInHosts(hostname: string, path: string): Promise<boolean> {
    const text = await readFile(path, "utf8").catch(() => "");
    return text.split("\n").some((line) => {
        const [, ...names] = (line.split("#", 1)[0] ?? "").trim().split(/\s+/);
        return names.some((name) => name.toLowerCase() === hostname.toLowerCase());
    });
}

function ok(message: string): Check {
    return { check: "name", status: "ok", message };
}
