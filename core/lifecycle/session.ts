import type { Catalog, Lock } from "../catalog";
import { type Copy, copyKey } from "../catalog";
import type { GitHubClient } from "../github";
import {
    ContentComparer,
    type Finding,
    type JudgedCopy,
    listAll,
    ManifestCache,
    once,
    type Place,
    type Registries,
    type SelectionFailure,
    type TagSelection,
} from "../mirror";
import { type NamedCredentials, RegistryPool, sharedByPools } from "../registry";
import { GitHubConnection } from "./github-access";

/** A copy as the fleet last saw it; `planned`: the fleet's own update is about to mend it. */
export interface Seen {
    readonly copy: JudgedCopy;
    readonly planned: boolean;
}

/** What was found beside the verdicts; `planned`: the fleet's own update is about to mend it. */
export interface FoundFinding {
    readonly finding: Finding;
    readonly planned: boolean;
}

interface SelectedImage {
    readonly rule: string;
    readonly tags: readonly string[] | undefined;
    readonly failures: readonly SelectionFailure[];
}

/**
 * What the hooks of one provider process share: the engine runs all dynamic resources of one phase in one process.
 * Connections and tokens, what the fleets saw (a gate asks no registry again), and who writes which tag.
 */
export class Session {
    private readonly looks = new Map<string, Map<string, Seen>>();
    /** Fleet -> `image\ntag` -> what was found of it. */
    private readonly findings = new Map<string, Map<string, FoundFinding[]>>();
    private readonly claims = new Map<string, string>();
    private readonly told = new Set<string>();
    private readonly listings = new Map<string, Promise<readonly string[]>>();
    private readonly locks = new Map<string, Lock>();
    private readonly selections = new Map<string, SelectedImage>();
    private readonly pools = new Map<string, RegistryPool>();
    /** Fleets that work side by side spend of one limit. */
    private readonly shared = sharedByPools();
    private credentials: NamedCredentials = {};
    private misconfigured: unknown;
    private readonly abort = new AbortController();
    /** What a look has read, for the looks and the carries after it. */
    readonly manifests = new ManifestCache();
    readonly gitHub = new GitHubConnection({ signal: this.abort.signal });

    /** Clock and console are given, so that tests can hold them. */
    constructor(
        readonly now: () => Date = () => new Date(),
        readonly print: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
    ) {}

    get signal(): AbortSignal {
        return this.abort.signal;
    }

    /** For one look: how many contents it may compare is counted there. */
    comparer(): ContentComparer {
        return new ContentComparer({ manifests: this.manifests, signal: this.signal });
    }

    /** Ends all work under way: nothing is written afterwards. */
    cancel(reason: Error): void {
        this.abort.abort(reason);
    }

    /** Never throws: the engine would print a stack. Whoever needs a registry is told what is wrong. */
    configure(read: () => NamedCredentials): void {
        try {
            this.credentials = read();
            this.misconfigured = undefined;
        } catch (error) {
            this.misconfigured = error;
        }
    }

    /** Logins by key, as the stack's configuration has them. @throws TransshipError `CONFIG_INVALID` where they are malformed */
    namedCredentials(): NamedCredentials {
        if (this.misconfigured !== undefined) {
            throw this.misconfigured;
        }
        return this.credentials;
    }

    /** @throws TransshipError `CONFIG_INVALID` where no token is set */
    github(): GitHubClient {
        return this.gitHub.client();
    }

    /** One pool for each set of registries, so that waves and gates share connections, tokens and limits. */
    registries(catalog: Pick<Catalog, "registries">, more: NamedCredentials = {}): Registries {
        if (this.misconfigured !== undefined) {
            throw this.misconfigured;
        }
        const key = JSON.stringify(catalog.registries);
        const pool =
            this.pools.get(key) ??
            new RegistryPool(Object.values(catalog.registries), {
                credentials: { ...this.credentials, ...more },
                signal: this.signal,
                ...this.shared,
            });
        this.pools.set(key, pool);
        return pool;
    }

    /** All tags of a repository, asked once in a process: waves, fleets and gates share it. A failure is not remembered. */
    listTags(catalog: Catalog, place: Place): Promise<readonly string[]> {
        const host = catalog.registries[place.registry]?.host ?? place.registry;
        return once(this.listings, `${host}/${place.repository}`, () => listAll(this.registries(catalog), place));
    }

    /** The lock that the program gave, of which state keeps a part. */
    rememberLock(owner: string, lock: Lock): void {
        this.locks.set(owner, lock);
    }

    recallLock(owner: string): Lock | undefined {
        return this.locks.get(owner);
    }

    /** @param rules of each image whose tags were decided, also of those of which nothing is known */
    rememberSelection(key: string, rules: ReadonlyMap<string, string>, { selected, failures }: TagSelection): void {
        for (const [image, rule] of rules) {
            this.selections.set(`${key}\n${image}`, {
                rule,
                tags: Object.hasOwn(selected, image) ? selected[image] : undefined,
                failures: failures.filter((failure) => failure.image === image),
            });
        }
    }

    /** What was chosen for these images by these rules, or nothing unless it was for all of them. */
    recallSelection(key: string, rules: ReadonlyMap<string, string>): TagSelection | undefined {
        const selected: Record<string, readonly string[]> = {};
        const failures: SelectionFailure[] = [];
        for (const [image, rule] of rules) {
            const known = this.selections.get(`${key}\n${image}`);
            if (known?.rule !== rule) {
                return undefined;
            }
            failures.push(...known.failures);
            if (known.tags !== undefined) {
                selected[image] = known.tags;
            }
        }
        return { selected, failures };
    }

    /** A look that no update of the fleet is about to change any more. */
    settle(fleet: string, catalog: Catalog, judged: readonly JudgedCopy[], findings: readonly Finding[]): Seen[] {
        const settled = judged.map((copy) => ({ copy, planned: false }));
        this.remember(fleet, catalog, settled);
        const found = findings.map((finding) => ({ finding, planned: false }));
        this.rememberFindings(fleet, judged, found);
        return settled;
    }

    /** Prints on standard error, where the engine shows it under Diagnostics. */
    tell(lines: readonly string[]): void {
        for (const line of lines) {
            this.print(line);
        }
    }

    /** The same line is told once in a process, however many resources have it to tell. */
    tellOnce(line: string): void {
        if (!this.told.has(line)) {
            this.told.add(line);
            this.print(line);
        }
    }

    remember(fleet: string, catalog: Catalog, copies: readonly Seen[]): void {
        const look = this.looks.get(fleet) ?? new Map<string, Seen>();
        this.looks.set(fleet, look);
        for (const seen of copies) {
            look.set(keyOf(catalog, seen.copy), seen);
        }
    }

    /** What the fleet saw of these copies, or nothing unless it saw all of them. */
    recall(fleet: string, catalog: Catalog, copies: readonly Copy[]): Seen[] | undefined {
        const look = this.looks.get(fleet);
        const found = copies.map((copy) => look?.get(keyOf(catalog, copy)));
        return found.every((seen) => seen !== undefined) ? (found as Seen[]) : undefined;
    }

    /** In place of whatever was found of these tags before. */
    rememberFindings(fleet: string, copies: readonly Copy[], found: readonly FoundFinding[]): void {
        const known = this.findings.get(fleet) ?? new Map<string, FoundFinding[]>();
        this.findings.set(fleet, known);
        for (const copy of copies) {
            known.set(tagOf(copy), []);
        }
        for (const one of found) {
            known.set(tagOf(one.finding), [...(known.get(tagOf(one.finding)) ?? []), one]);
        }
    }

    /** What is known of these tags beside their verdicts. */
    recallFindings(fleet: string, copies: readonly Copy[]): FoundFinding[] {
        const known = this.findings.get(fleet);
        return [...new Set(copies.map(tagOf))].flatMap((tag) => known?.get(tag) ?? []);
    }

    /** Takes a tag for one writer; returns the other writer when it is taken. */
    claim(catalog: Catalog, copy: Copy, owner: string): string | undefined {
        const place = placeOf(catalog, copy);
        const holder = this.claims.get(place);
        if (holder !== undefined && holder !== owner) {
            return holder;
        }
        this.claims.set(place, owner);
        return undefined;
    }

    /** Whether a check of this process took the tag; a `destroy` checks nothing. */
    isClaimed(catalog: Catalog, copy: Copy): boolean {
        return this.claims.has(placeOf(catalog, copy));
    }
}

/** Two images may have one source, and a verdict each on it. */
function keyOf(catalog: Catalog, copy: Copy): string {
    return `${copy.image}\n${copy.tag}\n${placeOf(catalog, copy)}`;
}

/** A place by its host, since two catalogues may give one registry different names. */
function placeOf(catalog: Catalog, copy: Copy): string {
    const registry = catalog.registries[copy.registry]?.host ?? copy.registry;
    return copyKey({ ...copy, registry });
}

function tagOf({ image, tag }: { readonly image: string; readonly tag: string }): string {
    return `${image}\n${tag}`;
}
