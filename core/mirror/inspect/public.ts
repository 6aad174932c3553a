import { type Catalog, findRegistry, nameCopy, type Registry } from "../../catalog";
import { describeError } from "../../errors";
import { isGone, RegistryError } from "../../registry";
import { eachLimited } from "../each-limited";
import { groupBy } from "../group-by";
import type { Registries } from "../observe";
import { memberOf } from "../plan";
import type { Finding, JudgedCopy } from "../types";
import { placeOfCopy } from "./findings";
import { visibilityAdvice } from "./visibility-advice";

/** Repositories under way at a time; each registry's own limit bounds their requests. */
const AT_ONCE = 64;

export interface PublicOptions {
    /** Targets at every registry, and not only at those that the catalogue calls `public`. @default false */
    readonly all?: boolean;
    readonly signal?: AbortSignal;
}

/**
 * Whether users can pull the targets without a login: the same HEAD without credentials, one for each repository, since
 * no registry hides single tags. `NOT_PUBLIC` is drift; `PUBLIC_UNKNOWN` where it could not be asked. Only copies that
 * were seen with our own credentials are asked for: what is not there is no question of rights.
 */
export async function inspectPublic(
    catalog: Catalog,
    judged: readonly JudgedCopy[],
    registries: Registries,
    options: PublicOptions = {},
): Promise<Finding[]> {
    const isAsked = ({ role, registry, state }: JudgedCopy): boolean =>
        role === "target" &&
        state.status === "present" &&
        (options.all || catalog.registries[registry]?.public === true);
    const repositories = [...groupBy(judged.filter(isAsked), memberOf).values()];
    const found = await eachLimited(repositories, AT_ONCE, async (copies): Promise<Finding[]> => {
        options.signal?.throwIfAborted();
        const first = copies[0] as JudgedCopy;
        const error = await askAnonymously(first, registries);
        if (error === undefined) {
            return [];
        }
        // Two images may share a repository: each has a finding of its own.
        return [...groupBy(copies, ({ image }) => image).values()].map((own) =>
            findingOf(own[0] as JudgedCopy, error, findRegistry(catalog, first.registry)),
        );
    });
    return found.flat();
}

async function askAnonymously(copy: JudgedCopy, registries: Registries): Promise<unknown> {
    try {
        await registries.client(copy.registry).anonymous.headManifest(copy.repository, copy.reference);
        return undefined;
    } catch (error) {
        return error;
    }
}

function findingOf(copy: JudgedCopy, error: unknown, registry: Registry): Finding {
    // A 404 for what is there with a login is how some registries refuse.
    const isRefused = error instanceof RegistryError && (error.code === "UNAUTHORIZED" || error.code === "DENIED");
    const place = placeOfCopy(copy);
    const name = nameCopy(copy);
    if (isRefused || isGone(error)) {
        const where = `${registry.host}/${copy.repository}`;
        const message = `${name} cannot be pulled without a login; ${visibilityAdvice(registry, copy.repository, where)}`;
        return { code: "NOT_PUBLIC", severity: "drift", ...place, message };
    }
    const message = `${name}: it could not be asked whether it can be pulled without a login: ${describeError(error)}`;
    return { code: "PUBLIC_UNKNOWN", severity: "unknown", ...place, message };
}
