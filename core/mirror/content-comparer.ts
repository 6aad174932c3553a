import { type Catalog, findImage } from "../catalog";
import { describeError } from "../errors";
import {
    type ContentNeed,
    compareContent,
    type DigestedManifest,
    isIndexType,
    type Manifest,
    parseManifest,
    subsetIndex,
} from "../oci";
import { RegistryError } from "../registry";
import { eachLimited } from "./each-limited";
import { groupBy } from "./group-by";
import type { RawManifest } from "./image-carrier";
import { groupByTag } from "./judge";
import { cheapestFirst, ManifestCache } from "./manifest-cache";
import type { Registries } from "./observe";
import { once } from "./once";
import type { Place } from "./plan";
import { collect } from "./platforms";
import type { Comparison, JudgedCopy, ObservedCopy } from "./types";

/** Pairs of digests that one look compares at most; at scale whatever went wrong has one cause, and shows in the first. */
const MAXIMUM_COMPARISONS = 50;
/** Pairs under way at a time. */
const AT_ONCE = 8;

export interface ComparerOptions {
    /** Pairs of digests for each look. @default 50 */
    readonly limit?: number;
    /** What was read in this process. @default its own */
    readonly manifests?: ManifestCache;
    readonly signal?: AbortSignal;
}

/** A target's digest, what was wanted instead, and where both can be read. */
interface Pair {
    readonly wanted: string;
    readonly digest: string;
    readonly platforms: readonly string[] | undefined;
    readonly ours: readonly Place[];
    readonly theirs: readonly Place[];
    readonly copies: readonly JudgedCopy[];
}

/**
 * Tells `same-content` from `different`: reads the manifests of both sides, only where digests differ and no lock knows
 * the target's, and only up to the first difference; configs where the layers are equal and the configs are not. The
 * target's side is read at the target; the wanted one where no pull is counted, last at the source.
 */
export class ContentComparer {
    private readonly manifests: ManifestCache;
    private readonly configs = new Map<string, Promise<Buffer>>();
    private readonly limit: number;

    constructor(private readonly options: ComparerOptions = {}) {
        this.manifests = options.manifests ?? new ManifestCache();
        this.limit = options.limit ?? MAXIMUM_COMPARISONS;
    }

    /** The same copies, each `different` one with what its content says; the very same list where there is none. */
    async compareAll(
        catalog: Catalog,
        judged: readonly JudgedCopy[],
        registries: Registries,
    ): Promise<readonly ObservedCopy[]> {
        const pairs = openPairs(catalog, judged, registries);
        if (pairs.length === 0) {
            return judged;
        }
        const told = new Map<JudgedCopy, Comparison>();
        await eachLimited([...pairs.entries()], AT_ONCE, async ([index, pair]) => {
            this.options.signal?.throwIfAborted();
            const { digest, wanted } = pair;
            const outcome = index < this.limit ? await this.compare(pair, registries) : beyond(this.limit);
            for (const copy of pair.copies) {
                told.set(copy, { digest, wanted, ...outcome });
            }
        });
        return judged.map((copy): ObservedCopy => {
            const comparison = told.get(copy);
            return comparison === undefined ? copy : { ...copy, comparison };
        });
    }

    private async compare(pair: Pair, registries: Registries): Promise<Pick<Comparison, "same" | "words">> {
        try {
            const other = await this.manifests.read(pair.digest, pair.theirs, registries);
            const whole = await this.manifests.read(pair.wanted, pair.ours, registries);
            return await this.decide(partOf(whole, pair.platforms), other, pair, registries);
        } catch (error) {
            this.options.signal?.throwIfAborted();
            return { words: whyNot(error) };
        }
    }

    private async decide(
        wanted: DigestedManifest,
        other: DigestedManifest,
        pair: Pair,
        registries: Registries,
    ): Promise<Pick<Comparison, "same" | "words">> {
        const manifests = new Map<string, Manifest>();
        const configs = new Map<string, Buffer>();
        const known = {
            manifest: (digest: string) => manifests.get(digest),
            config: (digest: string) => configs.get(digest),
        };
        const learn = async ({ of, kind, digest }: ContentNeed): Promise<void> => {
            const places = of === "wanted" ? pair.ours : pair.theirs;
            if (kind === "manifest") {
                manifests.set(digest, (await this.manifests.read(digest, places, registries)).content);
            } else {
                configs.set(digest, await this.readConfig(digest, places, registries));
            }
        };
        for (;;) {
            const verdict = compareContent(wanted, other, known);
            if (verdict.same !== undefined) {
                return verdict;
            }
            await Promise.all(verdict.needs.map(learn));
        }
    }

    /** A config is a blob, which costs no pull. */
    private readConfig(digest: string, places: readonly Place[], registries: Registries): Promise<Buffer> {
        return once(this.configs, digest, async () => {
            let failure: unknown;
            for (const { registry, repository } of places) {
                try {
                    return await collect((await registries.client(registry).getBlob(repository, digest)).body);
                } catch (error) {
                    failure ??= error;
                }
            }
            throw failure;
        });
    }
}

/** Every pair once, in the order of the copies; who was compared before is not again. */
function openPairs(catalog: Catalog, judged: readonly JudgedCopy[], registries: Registries): Pair[] {
    return groupByTag(judged).flatMap((group) => {
        const open = group.filter(isOpen);
        const byPair = groupBy(open, (copy) => `${digestOf(copy)} ${copy.wanted} ${copy.platforms ?? ""}`);
        return [...byPair.values()].map((copies): Pair => {
            const first = copies[0] as JudgedCopy;
            const wanted = first.wanted as string;
            const holders = group.filter((copy) => digestOf(copy) === wanted);
            return {
                wanted,
                digest: digestOf(first) as string,
                platforms: first.platforms,
                ours: cheapestFirst([...holders, findImage(catalog, first.image).source], registries),
                theirs: copies.map(({ registry, repository }) => ({ registry, repository })),
                copies,
            };
        });
    });
}

function isOpen(copy: JudgedCopy): boolean {
    const { verdict, role, wanted, comparison } = copy;
    const isTold = comparison?.digest === digestOf(copy) && comparison?.wanted === wanted;
    return verdict === "different" && role === "target" && wanted !== undefined && !isTold;
}

function digestOf({ state }: JudgedCopy): string | undefined {
    return state.status === "present" ? state.digest : undefined;
}

/** What is wanted of an image for these platforms. */
function partOf(whole: RawManifest, platforms: readonly string[] | undefined): DigestedManifest {
    const { bytes, content, digest } = whole;
    if (platforms === undefined || !isIndexType(content.mediaType)) {
        return whole;
    }
    const part = subsetIndex(bytes, content, digest, platforms);
    return { digest: part.digest, content: parseManifest(part.bytes, content.mediaType) };
}

function beyond(limit: number): Pick<Comparison, "words"> {
    return { words: `its content was not compared, since that of ${limit} others was` };
}

function whyNot(error: unknown): string {
    return error instanceof RegistryError && error.code === "PULL_BUDGET"
        ? `its content was not compared, which would cost pulls of ${error.host} that are kept back`
        : `its content could not be compared: ${describeError(error)}`;
}
