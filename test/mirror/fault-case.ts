import { type Catalog, defineCatalog, listCopies } from "../../core/catalog";
import { circumstancesOf, judge, observe, type Reconciliation, reconcile } from "../../core/mirror";
import { type ClientEnvironment, RegistryPool } from "../../core/registry";
import { startDockerRegistry } from "../support/docker-registry";
import { FaultProxy, type Rule } from "../support/faults/fault-proxy";
import { VirtualClock } from "../support/faults/virtual-clock";
import { type ImageTree, indexOf, pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";

/** What all cases of a file share: two real registries, and the image that moves a tag. */
export interface FaultGround {
    /** `127.0.0.1:5001`; `acme/app` holds `next` under the tag `1`. */
    readonly source: string;
    readonly target: string;
    /** The tag's image before, at the target. */
    readonly previous: ImageTree;
    readonly next: ImageTree;
    readonly auth?: { readonly username: string; readonly password: string };
    /** Where the target can be read without credentials. @default target */
    readonly walk?: string;
}

export interface FaultCase {
    readonly at: "source" | "target";
    readonly rules: readonly Rule[];
    /** Milliseconds of silence that clients bear. @default 2000 */
    readonly idleMs?: number;
    readonly retry?: ClientEnvironment["retry"];
    /** `other` is asked by HEAD whether it has a blob; `distribution` by a mount from the repository itself. @default distribution */
    readonly kind?: "distribution" | "other";
    readonly clock?: VirtualClock;
}

/** How a case ended, as seen by the user and, by plain fetch past the proxies, at the target. */
export interface FaultOutcome {
    /** `ok`, a failure's code, or `unknown` and a code where the copy could not even be looked at. */
    readonly code: string;
    /** What the user is told; empty for `ok`. */
    readonly sentence: string;
    /** The image that the tag shows now. */
    readonly tag: "previous" | "next" | "other";
    readonly injected: number;
    readonly milliseconds: number;
    readonly source: FaultProxy;
    readonly target: FaultProxy;
    readonly clock: VirtualClock;
    readonly done: Reconciliation;
}

export async function prepareGround(
    source: string,
    target: string,
    more: Pick<FaultGround, "auth" | "walk"> = {},
): Promise<FaultGround> {
    // A byte that is flipped in the middle of an image's manifest is one of its note: it is a manifest still.
    const annotations = { note: "x".repeat(2000) };
    const image = singleImage({ layers: 1, layerBytes: 100_000, annotations });
    const next = indexOf([["linux/amd64", image]], { annotations });
    await pushTree(source, "acme/app", next, { tag: "1", auth: more.auth });
    return { source, target, ...more, next, previous: singleImage({ layers: 1, annotations }) };
}

/** A ground of two docker-registries. @param program the docker-registry's path */
export async function dockerGround(program: string): Promise<FaultGround & { close(): Promise<unknown> }> {
    const source = await startDockerRegistry(program);
    const target = await startDockerRegistry(program);
    const close = () => Promise.all([source.close(), target.close()]);
    return { ...(await prepareGround(source.host, target.host)), close };
}

let cases = 0;

/** The kind of registry at which such requests are made at all. */
export function kindWith(column: string): "distribution" | "other" {
    return column === "head-blob" || column === "start-upload" ? "other" : "distribution";
}

/** Carries `acme/app:1` over a tag that shows an older image, with the faults in its way, and looks at what became of it. */
export async function runFaultCase(ground: FaultGround, { at, ...given }: FaultCase): Promise<FaultOutcome> {
    cases += 1;
    const repository = `case-${process.pid}-${cases}`;
    const { auth, previous } = ground;
    await pushTree(ground.target, `mirror/${repository}`, previous, { tag: "1", auth });
    const clock = given.clock ?? new VirtualClock();
    const source = await FaultProxy.start({ upstream: ground.source, now: clock.now });
    const target = await FaultProxy.start({ upstream: ground.target, now: clock.now });
    const faulty = at === "source" ? source : target;
    faulty.arm(...given.rules);
    const started = Date.now();
    try {
        const done = await carryBetween(ground, source, target, repository, given, clock);
        const milliseconds = Date.now() - started;
        const tag = await lookAtTag(ground, `mirror/${repository}`);
        const { injected } = faulty;
        return { ...told(done), tag, injected, milliseconds, source, target, clock, done };
    } finally {
        await Promise.all([source.close(), target.close()]);
    }
}

async function carryBetween(
    { previous, auth }: FaultGround,
    source: FaultProxy,
    target: FaultProxy,
    repository: string,
    { idleMs = 2000, retry, kind = "distribution" }: Omit<FaultCase, "at">,
    clock: VirtualClock,
): Promise<Reconciliation> {
    const credentials = auth === undefined ? {} : { credentials: { from: "config", key: "login" } };
    const shared = { kind, insecure: true, timeouts: { idle: `${idleMs}ms` }, ...credentials };
    const catalog = defineCatalog({
        version: 1,
        registries: {
            hub: { host: source.host, ...shared },
            ghcr: { host: `${target.host}/mirror`, ...shared },
        },
        images: {
            app: { source: `${source.host}/acme/app`, tags: ["1"], targets: [{ registry: "ghcr", repository }] },
        },
    } as never) as Catalog;
    const settings = Object.values(catalog.registries).map(({ prefix, keepRemaining, ...rest }) => rest);
    const pool = new RegistryPool(settings, {
        env: {},
        home: "/nonexistent",
        now: clock.now,
        sleep: clock.sleep,
        retry: { attempts: 3, baseMs: 20, maxMs: 100, ...retry },
        ...(auth === undefined ? {} : { credentials: { login: auth } }),
    });
    try {
        const circumstances = circumstancesOf(catalog, { history: [{ app: { "1": { digest: previous.root } } }] });
        const judged = judge(catalog, await observe(listCopies(catalog), pool), circumstances);
        return await reconcile(catalog, judged, circumstances, pool);
    } finally {
        await pool.close();
    }
}

/** Whatever the tag shows is walked by other code than that under test, at the registry itself. */
async function lookAtTag(ground: FaultGround, repository: string): Promise<FaultOutcome["tag"]> {
    const { previous, next, walk = ground.target } = ground;
    await resolveWholly(walk, repository, "1");
    const url = `http://${walk}/v2/${repository}/manifests/1`;
    const response = await fetch(url, {
        method: "HEAD",
        headers: { accept: `${next.mediaType}, ${previous.mediaType}` },
    });
    const digest = response.headers.get("docker-content-digest");
    return digest === previous.root ? "previous" : digest === next.root ? "next" : "other";
}

function told({ failures, judged }: Reconciliation): Pick<FaultOutcome, "code" | "sentence"> {
    if (failures.length > 1) {
        throw new Error(`More than one failure for one tag: ${failures.map(({ message }) => message).join(" | ")}`);
    }
    const [failure] = failures;
    if (failure !== undefined) {
        return { code: failure.code, sentence: failure.message };
    }
    const unseen = judged.find(({ state }) => state.status === "unknown");
    if (unseen?.state.status === "unknown") {
        const { image, tag, registry, state } = unseen;
        return { code: `unknown ${state.code}`, sentence: `${image}:${tag}@${registry}: ${state.message}` };
    }
    const well = judged.every(({ verdict }) => verdict === "consistent");
    return { code: well ? "ok" : judged.map(({ verdict }) => verdict).join(" "), sentence: "" };
}
