import { type Catalog, findImage } from "../catalog";
import { TransshipError } from "../errors";
import { type Carried, ManifestCache, type Registries } from "../mirror";
import { carryDigest, type DigestLook } from "./carry-digest";
import type { Hold } from "./hold";
import type { JudgedTag, TagRules } from "./judge-tags";
import { lookAtTags, lookForDigest } from "./look";
import { describeMoveFailure, type MoveReport, type MoveTools, moveTags, type TaggedManifest } from "./move-tags";
import type { PublishOrigin } from "./origin";
import { isListed, type PublishPlace, publishPlaces } from "./places";
import { describeAstray, placeResults } from "./results";
import type { PublishFailure, PublishResult } from "./types";

export interface PublishOptions {
    /** Name of an image of the catalogue. */
    readonly image: string;
    readonly origin: PublishOrigin;
    /** The image's own names; none publishes by digest only. */
    readonly tags: readonly string[];
    /** What the lock knows of a tag. */
    readonly known: TagRules["known"];
    readonly hold: Hold;
    /** Looks, and writes nothing. @default false */
    readonly dryRun?: boolean;
    /** A place has the digest: how many of how many. */
    readonly onCarried?: (done: number, total: number) => void;
}

/**
 * Publishes what was built once: carries the digest to every place of the image without a tag, proves by HEAD that each
 * has it, then moves the tags, all of them or none.
 *
 * @param catalog as `withOrigin` gave it
 * @throws TransshipError NOT_OURS, PLATFORMS_FILTERED, ORIGIN_MISSING, and what the origin's registry said
 */
export async function publish(
    catalog: Catalog,
    registries: Registries,
    options: PublishOptions,
): Promise<PublishResult> {
    const { origin, hold, tags } = options;
    const image = findImage(catalog, options.image);
    const places = publishPlaces(catalog, image, tags);
    await requireOrigin(catalog, options, registries);
    const rules = {
        image: image.name,
        digest: origin.digest,
        authority: places[0],
        onForeignDigest: catalog.onForeignDigest,
        known: options.known,
    };
    const isOrigin = (place: PublishPlace): boolean =>
        place.repository === origin.repository && place.host === catalog.registries[origin.registry]?.host;
    const others = places.filter((place) => !isOrigin(place));
    const [digests, judged] = await Promise.all([
        lookForDigest(image.name, origin.digest, others, registries, hold.signal),
        lookAtTags(places, rules, registries, hold.signal),
    ]);
    const unlisted = tags.filter((tag) => !isListed(image, tag)).map((tag) => unlistedWarning(image.name, tag));
    const refusals = [...digests.flatMap(unasked(image.name)), ...judged.flatMap(({ failure }) => failure ?? [])];
    const draft = { catalog, image, origin, places, isOrigin, digests, warnings: unlisted };
    if (refusals.length > 0 || options.dryRun === true) {
        return resultOf(draft, { judged, failures: refusals });
    }
    const look = () => lookAtTags(places, rules, registries, hold.signal);
    return carryAndMove({ ...draft, judged, look }, registries, options);
}

/** From here on something is written: the digest everywhere, then the tags, if every place has it. */
async function carryAndMove(
    draft: Draft & { readonly judged: readonly JudgedTag[]; readonly look: () => Promise<JudgedTag[]> },
    registries: Registries,
    { hold, onCarried }: PublishOptions,
): Promise<PublishResult> {
    const { catalog, image, origin, digests, judged } = draft;
    const manifests = new ManifestCache();
    const carried = await carryDigest(catalog, image, origin, digests, registries, {
        signal: hold.signal,
        manifests,
        onCarried: (_, done, total) => onCarried?.(done, total),
    });
    hold.signal.throwIfAborted();
    const failures = carried.results.flatMap(({ task, error }): PublishFailure[] =>
        error === undefined ? [] : [{ code: error.code, message: error.message, registry: task.to.registry }],
    );
    if (failures.length > 0) {
        return resultOf(draft, { judged, failures, carried });
    }
    // A carry takes minutes, in which somebody else may have set the tags.
    const isLong = digests.some(({ state }) => state.status === "missing");
    const latest = isLong ? await draft.look() : judged;
    const late = latest.flatMap(({ failure }) => failure ?? []);
    if (late.length > 0) {
        return resultOf(draft, { judged: latest, failures: late, carried });
    }
    const read = carried.results.find(({ manifest }) => manifest !== undefined)?.manifest;
    const manifest = () => read ?? manifests.read(origin.digest, [origin], registries);
    const tools = { registries, manifests, isInterrupted: () => hold.isInterrupted };
    const report = await moveAll(latest, manifest, tools, hold);
    const stopped = report.failure === undefined ? [] : [moveFailure(image.name, report.failure)];
    const astray = describeAstray(image.name, report);
    return resultOf(draft, { judged: latest, failures: [...stopped, ...astray], carried, report });
}

interface Draft {
    readonly catalog: Catalog;
    readonly image: ReturnType<typeof findImage>;
    readonly origin: PublishOrigin;
    readonly places: readonly PublishPlace[];
    readonly isOrigin: (place: PublishPlace) => boolean;
    readonly digests: readonly DigestLook[];
    readonly warnings: PublishResult["warnings"];
}

interface Done {
    readonly judged: readonly JudgedTag[];
    readonly failures: readonly PublishFailure[];
    readonly carried?: Carried;
    readonly report?: MoveReport;
}

function resultOf(draft: Draft, { judged, failures, carried, report }: Done): PublishResult {
    const { image, origin, places, isOrigin, digests } = draft;
    const brought = (carried?.results ?? []).flatMap((result) => (result.error === undefined ? result.warnings : []));
    return {
        image: image.name,
        digest: origin.digest,
        origin: { registry: origin.registry, repository: origin.repository },
        places: placeResults({ places, isOrigin, digests, judged, carried, report }),
        failures,
        warnings: [...draft.warnings, ...brought],
        freight: carried?.freight ?? {},
        interrupted: report?.interrupted ?? false,
    };
}

/** What is not there cannot be published: said before anything is done. */
async function requireOrigin(
    { registries: known }: Catalog,
    { origin, image, hold }: PublishOptions,
    registries: Registries,
): Promise<void> {
    const { registry, repository, digest } = origin;
    const place = { role: "source" as const, registry, repository, host: known[registry]?.host ?? registry, tags: [] };
    const [look] = await lookForDigest(image, digest, [place], registries, hold.signal);
    const name = `${place.host}/${repository}@${digest}`;
    if (look?.state.status === "missing") {
        const advice = "push the build there first, by digest, or correct --from";
        throw new TransshipError("ORIGIN_MISSING", `There is no ${name}: ${advice}.`);
    }
    if (look?.state.status === "unknown") {
        const { code, message } = look.state;
        throw new TransshipError(code, `${name} could not be asked, so that nothing was published: ${message}`);
    }
}

/** Tags that show the digest already are left alone; the others move while no signal gets in between. */
function moveAll(
    judged: readonly JudgedTag[],
    manifest: () => TaggedManifest | Promise<TaggedManifest>,
    tools: MoveTools,
    hold: Hold,
): Promise<MoveReport> {
    const moves = judged.filter(({ verdict }) => verdict === "move");
    return hold.during(async () =>
        moves.length === 0 ? { results: [], interrupted: false } : moveTags(moves, await manifest(), tools),
    );
}

function moveFailure(image: string, failure: NonNullable<MoveReport["failure"]>): PublishFailure {
    const { move, error } = failure;
    const code = error instanceof TransshipError ? error.code : "PUBLISH_FAILED";
    const { place, pair } = move;
    return { code, message: describeMoveFailure(image, failure), registry: place.registry, tag: pair.from };
}

function unasked(image: string): (look: DigestLook) => PublishFailure[] {
    return ({ place, state }) => {
        if (state.status !== "unknown") {
            return [];
        }
        const message = `${image}@${place.registry} could not be asked, so that nothing was published: ${state.message}`;
        return [{ code: state.code, message, registry: place.registry, unasked: true }];
    };
}

function unlistedWarning(image: string, tag: string): { readonly code: string; readonly message: string } {
    const message = `the catalogue lists no tag "${tag}" for the image "${image}", so that no check looks at it`;
    return { code: "TAG_UNLISTED", message };
}
