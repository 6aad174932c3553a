import { defineCatalog } from "transship";

export const STEPS = ["proxy-cache", "replication", "cut-over"] as const;
export type Step = (typeof STEPS)[number];

/** Where the two registries are. */
export interface Hosts {
    readonly stable: string;
    readonly harbor: string;
    /** Both speak plain HTTP, on this machine. @default false */
    readonly insecure?: boolean;
}

/**
 * What is at the stable registry and moves. The paths stay: `registry…/team/api` is `harbor…/mirror/team/api`, so that a
 * client's mirror setting is all that a client needs.
 */
export function catalogAt(step: Step, { harbor, insecure = false, stable }: Hosts) {
    const moving = { policy: "migrate", phase: step === "cut-over" ? "cut-over" : "copying" } as const;
    const plain = insecure ? { insecure } : {};
    return defineCatalog({
        version: 1,
        registries: {
            stable: { host: stable, kind: "distribution", credentials: { from: "config", key: "stable" }, ...plain },
            harbor: {
                host: `${harbor}/mirror`,
                kind: "harbor",
                credentials: { from: "config", key: "harbor" },
                ...plain,
            },
        },
        defaults: { targets: ["harbor"] },
        images: {
            api: { ...moving, source: `${stable}/team/api`, tags: ["1.4.0", "1.4"] },
            worker: { ...moving, source: `${stable}/team/worker`, tags: ["1.4.0", "1.4"] },
            tools: { ...moving, source: `${stable}/platform/tools`, tags: ["latest"] },
        },
    });
}
