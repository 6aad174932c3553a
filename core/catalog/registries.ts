import { dirname, relative, resolve, sep } from "node:path";
import type { Reference } from "../oci";
import { parseDuration } from "./durations";
import { canonicalHost, type HostPath, kindOfHost, parseHostPath } from "./hosts";
import { suggestion } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import type { WrittenRegistry, WrittenRegistryOverride } from "./schema";
import type { CredentialSource, Registry } from "./types";
import type { Loose } from "./validate";

/** A thing of the catalogue and where it is written. */
export interface Entry<T> {
    readonly name: string;
    readonly written: Loose<T>;
    readonly place: Place;
}

/** The registry that serves a source, in the environment at hand. */
export interface SourcePlace {
    readonly registry: Registry;
    /** Below the host, with the environment's prefix. */
    readonly repository: string;
    /** Below the host, as the catalogue has it: what names the copies. */
    readonly writtenPath: string;
}

/** The catalogue's registries: as written, which decides what a source belongs to, and in effect. */
export class Registries {
    readonly #written = new Map<string, HostPath>();
    readonly #effective = new Map<string, Registry>();
    readonly #implicit = new Map<string, Registry>();
    readonly #replicators = new Map<string, WrittenRegistry["replicateWith"]>();
    readonly #names: readonly string[];
    readonly #problems: Problems;

    constructor(
        entries: readonly Entry<WrittenRegistry>[],
        overrides: ReadonlyMap<string, Entry<WrittenRegistryOverride>>,
        problems: Problems,
    ) {
        this.#problems = problems;
        this.#names = entries.map(({ name }) => name);
        const owners = new Map<string, Entry<WrittenRegistry>>();
        for (const entry of entries) {
            const written = readHost(entry, problems);
            const override = overrides.get(entry.name);
            const host = override?.written.host === undefined ? written : readHost(override, problems);
            if (written !== undefined) {
                this.#written.set(entry.name, written);
                this.#refuseTwins(entry, written, owners);
            }
            if (host !== undefined) {
                this.#effective.set(entry.name, registryOf(entry, override, host));
                this.#replicators.set(entry.name, override?.written.replicateWith ?? entry.written.replicateWith);
            }
        }
    }

    /** A registry by its name; unknown ones are reported at the place that names them. */
    target(name: string, place: Place): Registry | undefined {
        const found = this.#effective.get(name);
        if (found === undefined && !this.#names.includes(name)) {
            this.#problems.report(place, `unknown registry ${JSON.stringify(name)}${suggestion(name, this.#names)}`);
        }
        return found;
    }

    /**
     * A source belongs to the entry whose written host with the longest path begins it; an environment's override of
     * that host redirects the source. Without an entry the host itself is a registry.
     */
    source(reference: Reference): SourcePlace | undefined {
        const host = canonicalHost(reference.registry);
        const path = reference.repository;
        let owner: string | undefined;
        let longest = -1;
        for (const [name, written] of this.#written) {
            const isBelow = written.prefix === "" || path.startsWith(`${written.prefix}/`);
            if (written.host === host && isBelow && written.prefix.length > longest) {
                owner = name;
                longest = written.prefix.length;
            }
        }
        const registry = owner === undefined ? this.#implicitFor(host) : this.#effective.get(owner);
        if (registry === undefined) {
            return undefined;
        }
        const rest = longest > 0 ? path.slice(longest + 1) : path;
        return { registry, repository: below(registry.prefix, rest), writtenPath: path };
    }

    /** The host in effect of a registry that `target` or `source` gave. */
    host(name: string): string {
        return this.#effective.get(name)?.host ?? name;
    }

    /** Who carries to a registry, where a target says nothing. */
    replicator(name: string): WrittenRegistry["replicateWith"] {
        return this.#replicators.get(name);
    }

    /** All of them, written ones and those that sources made, by name. */
    all(): Registry[] {
        return [...this.#effective.values(), ...this.#implicit.values()];
    }

    #implicitFor(host: string): Registry {
        const known = this.#implicit.get(host);
        if (known !== undefined) {
            return known;
        }
        // A written entry may have taken the host as its name, with a path that does not begin this source.
        let name = host;
        while (this.#names.includes(name)) {
            name = `source:${name}`;
        }
        const registry: Registry = { name, host, prefix: "", kind: kindOfHost(host) };
        this.#implicit.set(host, registry);
        return registry;
    }

    #refuseTwins(entry: Entry<WrittenRegistry>, host: HostPath, owners: Map<string, Entry<WrittenRegistry>>): void {
        const key = below(host.host, host.prefix);
        const owner = owners.get(key);
        if (owner === undefined) {
            owners.set(key, entry);
            return;
        }
        const where = owner.place.describe();
        const message = `${JSON.stringify(key)} is the registry ${JSON.stringify(owner.name)} already (${where}); a source must belong to one of them`;
        this.#problems.report(entry.place.at("host"), message);
    }
}

/** `prefix/path`, where either may be empty. */
export function below(prefix: string, path: string): string {
    return [prefix, path].filter((part) => part !== "").join("/");
}

/** The host of an entry, told where it is none; undefined too where none is written. */
export function readHost(
    entry: Entry<WrittenRegistry> | Entry<WrittenRegistryOverride>,
    problems: Problems,
): HostPath | undefined {
    const { host } = entry.written;
    const parsed = host === undefined ? undefined : parseHostPath(host);
    if (typeof parsed === "string") {
        problems.report(entry.place.at("host"), parsed);
        return undefined;
    }
    if (entry.written.insecure === true && (entry.written.ca ?? entry.written.clientCert) !== undefined) {
        problems.report(
            entry.place.at("insecure"),
            "plain HTTP uses no certificates: leave out either this or ca and clientCert",
        );
    }
    return parsed;
}

function registryOf(
    entry: Entry<WrittenRegistry>,
    override: Entry<WrittenRegistryOverride> | undefined,
    { host, prefix }: HostPath,
): Registry {
    const pick = <K extends keyof WrittenRegistryOverride>(key: K) => {
        const from = override?.written[key] === undefined ? entry : override;
        return { value: from.written[key] as WrittenRegistryOverride[K], place: from.place };
    };
    const insecure = pick("insecure").value === true;
    const { value: timeouts } = pick("timeouts");
    return withoutUndefined({
        name: entry.name,
        host,
        prefix,
        kind: pick("kind").value ?? kindOfHost(host),
        insecure: insecure || undefined,
        ca: insecure ? undefined : filePath(pick("ca")),
        clientCert: insecure ? undefined : certificate(pick("clientCert")),
        timeouts:
            timeouts &&
            withoutUndefined({ connect: milliseconds(timeouts.connect), idle: milliseconds(timeouts.idle) }),
        concurrency: pick("concurrency").value,
        credentials: bothWays(pick("credentials").value),
        keepRemaining: pick("keepRemaining").value,
        public: pick("public").value === true || undefined,
    });
}

function milliseconds(text: string | undefined): number | undefined {
    return text === undefined ? undefined : parseDuration(text);
}

/** From the file that names it to the working directory, so that it opens from there and looks alike on each machine. */
function filePath({ value, place }: { value: string | undefined; place: Place }): string | undefined {
    const { file } = place.document;
    if (value === undefined || file === undefined) {
        return value;
    }
    return relative(process.cwd(), resolve(dirname(file), value))
        .split(sep)
        .join("/");
}

function certificate(picked: {
    value: { cert: string; key: string } | undefined;
    place: Place;
}): Registry["clientCert"] {
    const cert = filePath({ value: picked.value?.cert, place: picked.place });
    const key = filePath({ value: picked.value?.key, place: picked.place });
    return cert === undefined || key === undefined ? undefined : { cert, key };
}

function bothWays(written: WrittenRegistryOverride["credentials"]): Registry["credentials"] {
    if (written === undefined || "pull" in written) {
        return written;
    }
    const source: CredentialSource = written;
    return { pull: source, push: source };
}

function withoutUndefined<T extends object>(value: T): T {
    return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}
