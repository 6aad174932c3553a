import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import { describeError, TransshipError } from "../../errors";
import { JsonApi, type JsonApiOptions, pause } from "../../rest";
import type { Session } from "../session";
import { hasUnknown } from "../unknown";

export interface ReadyInputs {
    /** `https://harbor.example.com`. */
    readonly url: string;
    /** What another value of is waited for anew: the release's revision. */
    readonly revision: unknown;
    readonly timeoutSeconds: number;
    /** In the advice. */
    readonly namespace: string;
}

/** (Harbor's API description, `OverallHealthStatus`) */
const healthSchema = v.object({
    status: v.optional(v.string()),
    components: v.optional(v.array(v.object({ name: v.optional(v.string()), status: v.optional(v.string()) }))),
});

const PAUSE_MS = 5_000;

/** The hooks of `transship:HarborReady`. Names and signatures stay forever: old state calls them. */
export function readyHooks(session: () => Session, options: JsonApiOptions = {}) {
    const wait = (inputs: ReadyInputs) => untilHealthy(inputs, { signal: session().signal, ...options });
    return {
        check: async (_olds: unknown, news: ReadyInputs) => ({ inputs: news }),

        diff: async (_id: string, olds: ReadyInputs, news: ReadyInputs) => ({
            changes: hasUnknown(news) || !isDeepStrictEqual(waitedFor(olds), waitedFor(news)),
        }),

        create: async (inputs: ReadyInputs): Promise<{ id: string; outs: ReadyInputs }> => {
            await wait(inputs);
            return { id: inputs.url, outs: inputs };
        },

        update: async (_id: string, _olds: ReadyInputs, news: ReadyInputs): Promise<{ outs: ReadyInputs }> => {
            await wait(news);
            return { outs: news };
        },

        /** It was ready once, and is no claim about today. */
        read: async (id: string, props: ReadyInputs) => ({ id, props, inputs: props }),

        delete: async (): Promise<void> => undefined,
    };
}

function waitedFor({ revision, url }: ReadyInputs): readonly unknown[] {
    return [url, revision];
}

/** @throws TransshipError `HARBOR_NOT_READY` with what Harbor said last */
async function untilHealthy(inputs: ReadyInputs, options: JsonApiOptions): Promise<void> {
    const { now = Date.now, signal, sleep = pause } = options;
    const ends = now() + inputs.timeoutSeconds * 1000;
    const api = new JsonApi(inputs.url, options);
    try {
        for (;;) {
            const ill = await illness(api);
            if (ill === undefined) {
                return;
            }
            if (now() >= ends) {
                throw notReady(inputs, ill);
            }
            await sleep(Math.min(PAUSE_MS, Math.max(1, ends - now())), signal);
        }
    } finally {
        await api.close();
    }
}

/** Why it is not healthy, as a clause. */
async function illness(api: JsonApi): Promise<string | undefined> {
    try {
        const { json, status } = await api.ask("GET", "/api/v2.0/health");
        const { output, success } = v.safeParse(healthSchema, json);
        if (status !== 200 || !success) {
            return `it answered ${status}, which is none of Harbor's`;
        }
        const ill = (output.components ?? []).filter((one) => one.status !== "healthy");
        return output.status === "healthy" ? undefined : `not healthy: ${ill.map(({ name }) => name).join(", ")}`;
    } catch (error) {
        return describeError(error);
    }
}

function notReady({ namespace, timeoutSeconds, url }: ReadyInputs, why: string): TransshipError {
    return new TransshipError(
        "HARBOR_NOT_READY",
        `Harbor at ${url} is not ready after ${timeoutSeconds} s (${why}): look at kubectl --namespace ${namespace} get pods,ingress,certificate; where this machine cannot reach it, say ready: false.`,
    );
}
