import type { RequestKind } from "./routes";

/** One request as it came in. */
export interface RequestEvent {
    readonly method: string;
    readonly kind: RequestKind;
    /** Path and query as sent. */
    readonly target: string;
    /** Empty where the kind has none. */
    readonly repository: string;
    readonly reference: string;
}

/** Counts the requests that reached the registry, whatever became of them. */
export class RequestLog {
    private counts = new Map<string, number>();

    record(method: string, kind: RequestKind): void {
        const key = `${method} ${kind}`;
        this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    }

    /** How many since the start or the last `reset()`; of all methods and kinds where none is named. */
    count(filter: { readonly method?: string; readonly kind?: RequestKind } = {}): number {
        let sum = 0;
        for (const [key, count] of this.counts) {
            const [method, kind] = key.split(" ");
            if ((filter.method ?? method) === method && (filter.kind ?? kind) === kind) {
                sum += count;
            }
        }
        return sum;
    }

    get total(): number {
        return this.count();
    }

    /** `{ "HEAD manifest": 12, "GET token": 1 }`, in alphabetical order, without zeros. */
    snapshot(): Record<string, number> {
        return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    }

    /** `{ HEAD: 12, GET: 1 }`. */
    get byMethod(): Record<string, number> {
        return this.sums(0);
    }

    /** `{ manifest: 12, token: 1 }`. */
    get byKind(): Partial<Record<RequestKind, number>> {
        return this.sums(1);
    }

    reset(): void {
        this.counts.clear();
    }

    private sums(part: 0 | 1): Record<string, number> {
        const sums: Record<string, number> = {};
        for (const [key, count] of this.counts) {
            const name = key.split(" ")[part] ?? "";
            sums[name] = (sums[name] ?? 0) + count;
        }
        return sums;
    }
}
