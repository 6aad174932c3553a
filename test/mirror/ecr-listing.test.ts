import { beforeEach, describe, expect, it } from "vitest";
import { listCopies } from "../../core/catalog";
import { circumstancesOf, look } from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { EcrApi, EcrError } from "../support/ecr-api";
import { embedded } from "../support/embedded";
import { putManifests, smallManifest } from "../support/many-images";
import { catalogFor, poolFor } from "./world";

const tags = Array.from({ length: 120 }, (_, index) => `v${index}`);
const REPOSITORY = "mirror/acme/app";
const HOUR = 3_600_000;

let hub: EmbeddedRegistry;
let ecr: EmbeddedRegistry;
let api: EcrApi;

/** The tags at a source and at an ECR, where a tag may be another image, or missing. */
async function fill(target: (tag: string) => string | undefined): Promise<void> {
    await putManifests(
        hub.host,
        tags.map((tag) => ({ repository: "acme/app", tag, name: tag })),
    );
    const there = tags.flatMap((tag) => {
        const name = target(tag);
        return name === undefined ? [] : [{ repository: REPOSITORY, tag, name }];
    });
    await putManifests(ecr.host, there);
    api.tags.set(REPOSITORY, new Map(there.map(({ tag, name }) => [tag, smallManifest(name).digest])));
    ecr.requests.reset();
}

async function judged(wanted: readonly string[], credentials: object = { from: "aws", region: "eu-west-1" }) {
    const catalog = catalogFor(
        { hub, ecr },
        { app: { source: `${hub.host}/acme/app`, tags: wanted, targets: ["ecr"] } },
        { ecr: { kind: "ecr", credentials } },
    );
    const loadModule = async (): Promise<unknown> => api.module("given");
    const pool = poolFor(catalog, { env: { WORD: "given" }, loadModule, now: () => HOUR });
    const copies = await look(catalog, listCopies(catalog), circumstancesOf(catalog), pool);
    const lines = copies
        .filter(({ role }) => role === "target")
        .map(
            ({ tag, verdict, state }) =>
                `${tag} ${verdict} ${state.status === "present" ? state.digest : state.status}`,
        );
    return { lines, requests: pool.stats().ecr?.requests };
}

const described = () => api.asked.filter(({ operation }) => operation === "DescribeImages");
const heads = () => ecr.requests.snapshot()["HEAD manifest"] ?? 0;

beforeEach(async () => {
    api = new EcrApi();
    hub = await embedded({ allowMissing: true });
    ecr = await embedded({ allowMissing: true });
});

describe("a look by ECR's DescribeImages", () => {
    it("tells the verdicts that probing tells, for a request a hundred tags", async () => {
        await fill((tag) => (tag.endsWith("7") ? `other ${tag}` : tag));
        const probed = await judged(tags, { from: "env", password: "WORD" });
        expect([heads(), described().length]).toEqual([120, 0]);
        ecr.requests.reset();
        const told = await judged(tags);
        expect(told.lines).toEqual(probed.lines);
        expect([heads(), told.requests]).toEqual([0, 2]);
        expect(described().map(({ input }) => [input.repositoryName, input.imageIds?.length])).toEqual([
            [REPOSITORY, 100],
            [REPOSITORY, 20],
        ]);
    });

    it("asks for each of a hundred of which one is not there, which alone is then missing", async () => {
        await fill((tag) => (tag === "v7" ? undefined : tag));
        const { lines } = await judged(tags);
        expect(lines.filter((line) => !line.includes(" consistent "))).toEqual(["v7 pending missing"]);
        expect([heads(), described().length]).toEqual([100, 2]);
    });

    it.each(["AccessDeniedException", "ThrottlingException", "RepositoryNotFoundException", "TimeoutError"])(
        "falls back to HEADs after %s, once for the registry",
        async (name) => {
            await fill((tag) => tag);
            api.fault = () => {
                throw new EcrError(name);
            };
            const { lines } = await judged(tags);
            expect(lines.filter((line) => !line.includes(" consistent "))).toEqual([]);
            expect([heads(), described().length]).toEqual([120, 1]);
        },
    );

    it("is not taken for two tags", async () => {
        await fill((tag) => tag);
        await judged(tags.slice(0, 2));
        expect([heads(), described().length]).toEqual([2, 0]);
    });
});
