import type { CatalogImage } from "../catalog";
import type { PrimeTask } from "../mirror";
import { expandedCatalog } from "./expanded-catalog";
import type { PrimingInputs, PrimingOutputs } from "./priming-types";

/** Everything that the cache is to have, a task a tag. */
export function primingTasks({ catalog: compact }: PrimingInputs): PrimeTask[] {
    const images = Object.values(expandedCatalog(compact).images) as CatalogImage[];
    return images.flatMap(({ name, platforms, source, targets }) =>
        targets.flatMap(({ registry, repository, tags }) =>
            tags.map(({ from }) => ({ image: name, tag: from, source, cache: { registry, repository }, platforms })),
        ),
    );
}

/** What of it is not primed yet: new tags, and all of an image whose line in the catalogue is another one. */
export function dueTasks(inputs: PrimingInputs, state: PrimingOutputs | undefined): PrimeTask[] {
    const known = keptDigests(inputs, state);
    return primingTasks(inputs).filter(({ image, tag }) => known[image]?.[tag] === undefined);
}

/** The digests that still count: of tags that are still wanted, of the same source, at the same place. */
export function keptDigests(
    inputs: PrimingInputs,
    state: PrimingOutputs | undefined,
): Record<string, Record<string, string>> {
    const before = new Set(state === undefined ? [] : primingTasks(state).map((task) => keyOf(task, state)));
    const kept: Record<string, Record<string, string>> = {};
    for (const task of primingTasks(inputs).filter((one) => before.has(keyOf(one, inputs)))) {
        const digest = state?.digests[task.image]?.[task.tag];
        if (digest !== undefined) {
            kept[task.image] = { ...kept[task.image], [task.tag]: digest };
        }
    }
    return kept;
}

/** By host and not by key, as the same cache may get another name. */
function keyOf({ cache, image, platforms, source, tag }: PrimeTask, { catalog }: PrimingInputs): string {
    const host = (registry: string): string => catalog.registries[registry]?.host ?? registry;
    return JSON.stringify([
        image,
        tag,
        host(source.registry),
        source.repository,
        host(cache.registry),
        cache.repository,
        platforms,
    ]);
}
