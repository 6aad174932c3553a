import { isDeepStrictEqual } from "node:util";
import type { Catalog } from "../catalog";
import { eachLimited, type PrimedTag, type PrimeTask, primeFailure, primeTag, type Registries } from "../mirror";
import { isGone, RegistryError } from "../registry";
import { expandedCatalog } from "./expanded-catalog";
import { count, limitLines } from "./findings";
import type { CheckResult } from "./fleet-check";
import { dueTasks, keptDigests, primingTasks } from "./priming-tasks";
import type { PrimingInputs, PrimingOutputs } from "./priming-types";
import type { Session } from "./session";
import { toldPlainly } from "./told-plainly";
import { hasUnknown } from "./unknown";

/** Tags under way at a time: a cache that is asked for many fetches as many, of one account of the upstream. */
const WIDTH = 4;
const ID = "priming";

/** The hooks of `transship:EcrPriming`, as the engine calls them. Names and signatures stay forever. */
export function primingHooks(session: () => Session) {
    return {
        /** Asks no registry: a preview runs it too, and every request by tag may have the cache fetch. */
        check: async (olds: Partial<PrimingInputs>, news: PrimingInputs): Promise<CheckResult<PrimingInputs>> => {
            // What exists has a state, which `diff` has a moment later: it knows what is primed already.
            if (!hasUnknown(news) && olds.catalog === undefined) {
                tellDue(dueTasks(news, undefined), session());
            }
            return { inputs: news };
        },

        diff: (_id: string, olds: PrimingOutputs, news: PrimingInputs): Promise<{ changes: boolean }> =>
            toldPlainly(async () => {
                if (hasUnknown(news)) {
                    return { changes: true };
                }
                const due = dueTasks(news, olds);
                tellDue(due, session());
                return { changes: due.length > 0 || !isDeepStrictEqual(asked(olds), asked(news)) };
            }),

        create: async (inputs: PrimingInputs): Promise<{ id: string; outs: PrimingOutputs }> => ({
            id: ID,
            outs: await prime(ID, inputs, undefined, session()),
        }),

        update: async (id: string, olds: PrimingOutputs, news: PrimingInputs): Promise<{ outs: PrimingOutputs }> => ({
            outs: await prime(id, news, olds, session()),
        }),

        read: (
            id: string,
            props: PrimingOutputs,
        ): Promise<{ id: string; props: PrimingOutputs; inputs: PrimingInputs }> =>
            toldPlainly(() => readPriming(id, props, session())),

        /** What the cache has stays there: its templates' lifecycle takes it in time. */
        delete: async (): Promise<void> => undefined,
    };
}

/** Some images could not be primed: the engine writes `properties` to the state, so that the next deploy goes on there. */
class PrimingFailure extends Error {
    override readonly name = "PrimingFailure";
    readonly reasons: string[];

    constructor(
        readonly id: string,
        readonly properties: PrimingOutputs,
    ) {
        super(properties.failed.join("\n  - "));
        this.reasons = [...properties.failed];
    }
}

async function prime(
    id: string,
    inputs: PrimingInputs,
    olds: PrimingOutputs | undefined,
    session: Session,
): Promise<PrimingOutputs> {
    const due = dueTasks(inputs, olds);
    const catalog = expandedCatalog(inputs.catalog);
    const digests = keptDigests(inputs, olds);
    const still = new Set(
        Object.entries(digests).flatMap(([image, tags]) => Object.keys(tags).map((tag) => `${image}:${tag}: `)),
    );
    const different = (olds?.different ?? []).filter((line) => [...still].some((begin) => line.startsWith(begin)));
    const failed: string[] = [];
    const registries = session.registries(catalog);
    await eachLimited(due, WIDTH, async (task) => {
        const primed = await primeOrTell(task, registries);
        if (typeof primed === "string") {
            failed.push(primed);
            return;
        }
        digests[task.image] = { ...digests[task.image], [task.tag]: primed.digest };
        different.push(...differences(task, primed, catalog));
    });
    const outs = { ...inputs, digests: sorted(digests), different: different.sort(), failed: failed.sort() };
    if (due.length > 0) {
        const lines = [...outs.different, ...(inputs.onFailure === "warn" ? outs.failed : [])];
        session.tell([
            `primed ${count(due.length - failed.length, "tag")} at the pull-through cache`,
            ...limitLines(lines, "lines"),
        ]);
    }
    if (failed.length > 0 && inputs.onFailure === "fail") {
        throw new PrimingFailure(id, outs);
    }
    return outs;
}

async function primeOrTell(task: PrimeTask, registries: Registries): Promise<PrimedTag | string> {
    try {
        return await primeTag(task, registries);
    } catch (error) {
        if (error instanceof RegistryError && error.code !== "ABORTED") {
            return primeFailure(task, error);
        }
        throw error;
    }
}

/** Each line begins with `image:tag: `. */
function differences(
    { image, source, tag }: PrimeTask,
    { digest, lacking, source: upstream, unasked }: PrimedTag,
    { registries }: Catalog,
): string[] {
    const at = registries[source.registry]?.host ?? source.registry;
    return [
        ...(upstream === undefined || upstream === digest
            ? []
            : [
                  `${image}:${tag}: the cache has ${digest}, and ${at} has ${upstream}: ECR asks for a cached tag once in 24 hours`,
              ]),
        ...(unasked === undefined ? [] : [`${image}:${tag}: not compared with its source: ${unasked}`]),
        ...(lacking.length === 0 ? [] : [`${image}:${tag}: it has no ${lacking.join(", ")}`]),
    ];
}

/**
 * What the cache has lost, by its lifecycle or by hand, is primed by the next deploy. Asked by digest, which fetches
 * nothing; what cannot be asked is taken to be there.
 */
async function readPriming(
    id: string,
    props: PrimingOutputs,
    session: Session,
): Promise<{ id: string; props: PrimingOutputs; inputs: PrimingInputs }> {
    const registries = session.registries(expandedCatalog(props.catalog));
    const digests: Record<string, Record<string, string>> = {};
    await eachLimited(primingTasks(props), WIDTH, async ({ cache, image, tag }) => {
        const digest = props.digests[image]?.[tag];
        if (digest !== undefined && (await isThere(registries, cache, digest))) {
            digests[image] = { ...digests[image], [tag]: digest };
        }
    });
    const { catalog, onFailure } = props;
    return { id, props: { ...props, digests: sorted(digests) }, inputs: { catalog, onFailure } };
}

async function isThere(registries: Registries, cache: PrimeTask["cache"], digest: string): Promise<boolean> {
    try {
        await registries.client(cache.registry).headManifest(cache.repository, digest);
        return true;
    } catch (error) {
        return !isGone(error);
    }
}

function tellDue(due: readonly PrimeTask[], session: Session): void {
    const lines = due.map(({ cache, image, tag }) => `to be primed: ${image}:${tag} as ${cache.repository}:${tag}`);
    session.tell(limitLines(lines, "tags to prime"));
}

function asked({ catalog, onFailure }: PrimingInputs): unknown {
    return JSON.parse(JSON.stringify({ catalog, onFailure }));
}

/** Equal worlds are equal states, in whatever order the answers came. */
function sorted(digests: Record<string, Record<string, string>>): Record<string, Record<string, string>> {
    const byName = <T>(record: Record<string, T>): [string, T][] =>
        Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(byName(digests).map(([image, tags]) => [image, Object.fromEntries(byName(tags))]));
}
