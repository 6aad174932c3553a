import { createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import type { Reconciliation } from "../../core/mirror";
import { circumstancesOf, judge, observe, reconcile } from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { embedded } from "../support/embedded";
import { FaultProxy, type Rule } from "../support/faults/fault-proxy";
import * as faults from "../support/faults/faults";
import { pushTree, singleImage } from "../support/images";
import { resolveWholly } from "../support/resolve-wholly";
import { catalogFor, poolFor } from "./world";

const IMAGES = 3;
/** Large enough that no buffer on the way holds a layer, so that a target which does not read is noticed. */
const LAYER_BYTES = 4_000_000;

describe("one target of three", () => {
    let hub: EmbeddedRegistry;
    let well: EmbeddedRegistry[];
    let ill: FaultProxy;
    const closing: (() => Promise<unknown>)[] = [];

    beforeEach(async () => {
        hub = await embedded();
        well = [await embedded(), await embedded()];
        ill = await FaultProxy.start({ upstream: (await embedded()).host });
        closing.push(() => ill.close());
        for (let number = 0; number < IMAGES; number += 1) {
            await pushTree(hub.host, `acme/app-${number}`, singleImage({ layerBytes: LAYER_BYTES }), { tag: "1" });
        }
    });

    afterEach(async () => {
        await Promise.all(closing.splice(0).map((close) => close()));
    });

    interface Told {
        readonly registry: string;
        readonly code: string | undefined;
        /** Milliseconds from the start of the work. */
        readonly at: number;
    }

    /** Carries all images to all targets, and says of each when it was done. */
    async function carryAll(third: { readonly host: string }, signal?: AbortSignal) {
        const images = Object.fromEntries(
            Array.from({ length: IMAGES }, (_, number) => [
                `app-${number}`,
                { source: `${hub.host}/acme/app-${number}`, tags: ["1"], targets: ["one", "two", "ill"] },
            ]),
        );
        const [one, two] = well as [EmbeddedRegistry, EmbeddedRegistry];
        const catalog = catalogFor({ hub, one, two, ill: third }, images, { ill: { timeouts: { idle: "3s" } } });
        const pool = poolFor(catalog, { signal, retry: { attempts: 2 } });
        const circumstances = circumstancesOf(catalog);
        const judged = judge(catalog, await observe(listCopies(catalog), pool), circumstances);
        const told: Told[] = [];
        const started = Date.now();
        const done: Promise<Reconciliation> = reconcile(catalog, judged, circumstances, pool, {
            signal,
            onCarried: ({ task, error }) =>
                told.push({ registry: task.to.registry, code: error?.code, at: Date.now() - started }),
        });
        return { told, done };
    }

    async function expectWell(): Promise<void> {
        for (const { host } of well) {
            for (let number = 0; number < IMAGES; number += 1) {
                await resolveWholly(host, `mirror/acme/app-${number}`, "1");
            }
        }
    }

    it.each<[string, Rule, string]>([
        [
            "answers 500 to every upload",
            { match: ({ kind }) => kind === "mount" || kind === "start-upload", fault: faults.answers(500, "UNKNOWN") },
            "SERVER_ERROR",
        ],
        ["resets every upload", { match: "finish-upload", fault: faults.resetInside }, "NETWORK_ERROR"],
        ["denies every manifest", { match: "put-tag", fault: faults.answers(403, "DENIED") }, "DENIED"],
    ])("which %s fails alone: the others get every tag, and are told as failures of its own", async (_, rule, code) => {
        ill.arm(rule);
        const { done } = await carryAll(ill);
        const { failures, results } = await done;
        expect(ill.injected).toBeGreaterThan(0);
        expect(results).toHaveLength(3 * IMAGES);
        expect(failures.map(({ copy }) => copy.registry)).toEqual(Array(IMAGES).fill("ill"));
        expect(new Set(failures.map((failure) => failure.code))).toEqual(new Set([code]));
        await expectWell();
    });

    it("which takes an upload and neither reads nor answers holds up no other", async () => {
        ill.arm({ match: "finish-upload", fault: faults.stalls });
        const controller = new AbortController();
        const { told, done } = await carryAll(ill, controller.signal);
        const ended = done.then(
            () => undefined,
            () => undefined,
        );
        await until(() => told.filter(({ code }) => code === undefined).length === 2 * IMAGES);
        // All of the others, before the first word of the one that stalls.
        expect(told.map(({ registry }) => registry).filter((name) => name === "ill")).toEqual([]);
        expect(ill.injected).toBeGreaterThan(0);
        await expectWell();
        controller.abort();
        await ended;
    });

    it("which accepts connections and says nothing at all holds up no other, and is told as a timeout", async () => {
        const deaf = await startDeaf();
        closing.push(() => deaf.close());
        const catalog = catalogFor(
            { hub, one: well[0] as EmbeddedRegistry, two: well[1] as EmbeddedRegistry, ill: deaf },
            { "app-0": { source: `${hub.host}/acme/app-0`, tags: ["1"], targets: ["one", "two", "ill"] } },
            { ill: { timeouts: { idle: "1s" } } },
        );
        const pool = poolFor(catalog, { retry: { attempts: 2 } });
        const circumstances = circumstancesOf(catalog);
        const judged = judge(catalog, await observe(listCopies(catalog), pool), circumstances);
        const silent = judged.find(({ registry }) => registry === "ill");
        expect(silent?.state).toMatchObject({ status: "unknown", code: "TIMEOUT" });
        const { failures } = await reconcile(catalog, judged, circumstances, pool);
        expect(failures).toEqual([]);
        await resolveWholly((well[0] as EmbeddedRegistry).host, "mirror/acme/app-0", "1");
        await resolveWholly((well[1] as EmbeddedRegistry).host, "mirror/acme/app-0", "1");
    });
});

async function until(done: () => boolean): Promise<void> {
    for (const started = Date.now(); !done(); ) {
        if (Date.now() - started > 15_000) {
            throw new Error("It did not come to that within 15 s");
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

/** A server that accepts connections and never reads from them. */
async function startDeaf(): Promise<{ readonly host: string; close(): Promise<void> }> {
    const sockets = new Set<Socket>();
    const server: Server = createServer({ pauseOnConnect: true }, (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    return {
        host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
        async close() {
            for (const socket of sockets) {
                socket.destroy();
            }
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
