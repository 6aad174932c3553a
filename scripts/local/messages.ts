/** What the registries' process says to the one that started it. */
export type FromRegistries =
    | { readonly type: "ready" }
    | { readonly type: "failed"; readonly code: string; readonly message: string }
    | { readonly type: "spent"; readonly spent: Spent };

/** What it is asked. When the channel closes, since the other side has ended, it ends too. */
export type ToRegistries = { readonly type: "forget" } | { readonly type: "spent" };

/** What was asked of the registries since the start, or since they were told to forget. */
export interface Spent {
    /** Requests, by registry and kind: `{ hub: { "HEAD manifest": 12 } }`. */
    readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>;
    /** Pulls that the hub's limit has counted since the start. */
    readonly pulls: number;
}
