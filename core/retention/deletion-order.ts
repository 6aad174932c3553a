import { contentsOf, type Relations } from "./relations";
import type { Knowledge, Version } from "./types";

/**
 * The order in which versions may go, so that whatever is still there is whole, wherever the work stops or the registry
 * refuses: an index before its children, and an image before its signatures. What belongs together goes together, and
 * what changed longest ago first. Where a tag turns the two around (a signature that is a child of what it signs), the
 * index goes first. Restoring is the other way round.
 */
export function deletionOrder(versions: readonly Version[], relations: Relations, contents: Knowledge): Version[] {
    const remaining = new Map(versions.map((version) => [version.digest, version]));
    const hard = edgesAmong(remaining, (digest) => contentsOf(contents, digest)?.children.map((one) => one.digest));
    const soft = edgesAmong(remaining, (digest) => relations.referrersOf.get(digest)?.map(({ referrer }) => referrer));
    const waitsHard = countIncoming(hard);
    const waitsSoft = countIncoming(soft);
    const oldestFirst = [...remaining.values()].sort((a, b) => ((a.changedAt ?? "") < (b.changedAt ?? "") ? -1 : 1));
    const order: Version[] = [];
    const ready: string[] = [];
    const isReady = (digest: string): boolean => !waitsHard.get(digest) && !waitsSoft.get(digest);
    const take = (digest: string): void => {
        const version = remaining.get(digest);
        if (version === undefined) {
            return;
        }
        remaining.delete(digest);
        order.push(version);
        const freed = [...release(digest, soft, waitsSoft), ...release(digest, hard, waitsHard)];
        ready.push(...freed.filter((one) => remaining.has(one) && isReady(one)).reverse());
    };
    const emptyReady = (): void => {
        for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
            take(next);
        }
    };
    for (const { digest } of oldestFirst) {
        if (remaining.has(digest) && isReady(digest)) {
            take(digest);
            emptyReady();
        }
    }
    while (remaining.size > 0) {
        // A circle: through tags it gives way; one of children alone cannot be, since a digest covers what it lists.
        const rest = oldestFirst.filter(({ digest }) => remaining.has(digest));
        const next = rest.find(({ digest }) => !waitsHard.get(digest)) ?? rest[0];
        take((next as Version).digest);
        emptyReady();
    }
    return order;
}

type Edges = ReadonlyMap<string, readonly string[]>;

function edgesAmong(
    versions: ReadonlyMap<string, Version>,
    targetsOf: (digest: string) => readonly string[] | undefined,
): Edges {
    const among = (from: string): string[] =>
        [...new Set(targetsOf(from) ?? [])].filter((to) => to !== from && versions.has(to));
    return new Map([...versions.keys()].map((digest) => [digest, among(digest)]));
}

function countIncoming(edges: Edges): Map<string, number> {
    const counts = new Map<string, number>();
    for (const to of [...edges.values()].flat()) {
        counts.set(to, (counts.get(to) ?? 0) + 1);
    }
    return counts;
}

function release(from: string, edges: Edges, waits: Map<string, number>): readonly string[] {
    const targets = edges.get(from) ?? [];
    for (const to of targets) {
        waits.set(to, (waits.get(to) ?? 0) - 1);
    }
    return targets;
}
