import { deletePackageVersion, ownerOf } from "../github";
import { type CarriedOut, carryOut } from "../retention";
import type { PackageTools } from "./look";
import type { PackageDeletion, PackageLook } from "./types";

const DAY_MS = 86_400_000;
/** GitHub keeps deleted versions so long. (https://docs.github.com/en/packages/learn-github-packages/deleting-and-restoring-a-package) */
const RESTORABLE_DAYS = 30;

/** Versions that one run deletes at most, of all packages together: a wrong rule is seen before it has taken everything. */
export const DEFAULT_AT_MOST = 500;

export interface Cleaned {
    readonly look: PackageLook;
    readonly carried: CarriedOut;
    /** What this run itself deleted, in its order. */
    readonly deletions: readonly PackageDeletion[];
}

/**
 * Deletes what the look's plan says, package after package, each in the plan's order. The first answer that says nothing
 * of a version ends all of it: what was deleted until then is told.
 *
 * @param looks fresh ones: a plan is only as true as what it was made of
 * @param onDeleted called after each one, so that a caller may record it at once
 */
export async function cleanPackages(
    looks: readonly PackageLook[],
    tools: PackageTools,
    options: { readonly atMost?: number; readonly onDeleted?: (deletion: PackageDeletion) => void } = {},
): Promise<Cleaned[]> {
    let left = options.atMost ?? DEFAULT_AT_MOST;
    const cleaned: Cleaned[] = [];
    for (const look of looks.filter(({ retention }) => (retention?.plan.delete.length ?? 0) > 0)) {
        const one = await cleanPackage(look, tools, left, options.onDeleted);
        cleaned.push(one);
        left -= one.carried.deleted.length;
        if (one.carried.error !== undefined) {
            break;
        }
    }
    return cleaned;
}

async function cleanPackage(
    look: PackageLook,
    { github, now, signal }: PackageTools,
    atMost: number,
    onDeleted: ((deletion: PackageDeletion) => void) | undefined,
): Promise<Cleaned> {
    const { ids, place, retention } = look;
    const deletions: PackageDeletion[] = [];
    if (retention === undefined) {
        return { look, deletions, carried: { deleted: [], refused: [], left: 0 } };
    }
    let owner: Awaited<ReturnType<typeof ownerOf>> | undefined;
    const carried = await carryOut(retention.input, retention.plan, {
        atMost,
        signal,
        remove: async ({ digest, tags }) => {
            owner ??= await ownerOf(github, place.owner);
            const id = ids.get(digest) ?? 0;
            const result = await deletePackageVersion(github, owner, place.name, id);
            if (result.outcome === "kept") {
                return { refused: result.why };
            }
            // What somebody else deleted is not ours to bring back.
            if (result.outcome === "deleted") {
                const deletion = { package: place.repository, id, digest, tags, ...lifetime(now()) };
                deletions.push(deletion);
                onDeleted?.(deletion);
            }
            return "deleted";
        },
    });
    return { look, carried, deletions };
}

function lifetime(now: Date): Pick<PackageDeletion, "deletedAt" | "restorableUntil"> {
    const restorableUntil = new Date(now.getTime() + RESTORABLE_DAYS * DAY_MS).toISOString();
    return { deletedAt: now.toISOString(), restorableUntil };
}

/** Those that GitHub still has. */
export function stillRestorable(deletions: readonly PackageDeletion[], now: Date): PackageDeletion[] {
    return deletions.filter(({ restorableUntil }) => Date.parse(restorableUntil) > now.getTime());
}
