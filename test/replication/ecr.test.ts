import { beforeEach, describe, expect, it } from "vitest";
import { type Catalog, defineCatalog, listCopies } from "../../core/catalog";
import { circumstancesOf, judge, look } from "../../core/mirror";
import type { EmbeddedRegistry } from "../../core/registry/embedded";
import { foreseeReplication, type ReplicationOptions, replicate } from "../../core/replication";
import { catalogFor, poolFor, verdictsOf } from "../mirror/world";
import { awsVariables } from "../support/aws/aws-variables";
import { type AwsEmulator, startMinistack } from "../support/aws/emulator";
import { copyImage } from "../support/copy-image";
import { EcrApi, EcrError } from "../support/ecr-api";
import { embedded } from "../support/embedded";
import { describeWith } from "../support/require-program";
import { pushImage } from "../support/two-registries";
import { messagesOf } from "./world";

const HOME = { region: "us-east-1", registryId: "222222222222" };
const REPOSITORY = "apps/web";

let [one, two]: EmbeddedRegistry[] = [];
let api: EcrApi;
let wanted = "";

beforeEach(async () => {
    [one, two] = [await embedded(), await embedded()];
    api = new EcrApi();
    wanted = (await pushImage(one as EmbeddedRegistry, REPOSITORY, "1")).root;
});

/** Two private registries of ECR; the second one has no repository path of its own before the image's. */
function catalogOf(more: object = {}): Catalog {
    const credentials = { from: "aws", region: "eu-west-1" };
    return catalogFor(
        { hub: one as EmbeddedRegistry, spoke: two as EmbeddedRegistry },
        {
            web: {
                source: `${one?.host}/${REPOSITORY}`,
                tags: ["1"],
                targets: [{ registry: "spoke", replicateWith: "ecr" }],
            },
        },
        { hub: { kind: "ecr", credentials, ...more }, spoke: { kind: "ecr", host: two?.host, credentials } },
    );
}

async function replicated(catalog: Catalog, options: ReplicationOptions = {}) {
    const pool = poolFor(catalog, { loadModule: async () => api.module("password") });
    const circumstances = circumstancesOf(catalog);
    const judged = await look(catalog, listCopies(catalog), circumstances, pool);
    const done = await replicate(catalog, judged, circumstances, pool, { pollMs: 2, ...options });
    return { ...done, foreseen: await foreseeReplication(catalog, judged, pool, options) };
}

/** A clock that goes on by what is slept. */
function passing(): ReplicationOptions {
    let now = 0;
    return {
        now: () => now,
        sleep: async (ms) => {
            now += ms;
        },
    };
}

const asked = () => api.asked.filter(({ operation }) => operation === "DescribeImageReplicationStatus");

function brought(): Promise<void> {
    const from = { host: one?.host ?? "", repository: REPOSITORY };
    return copyImage(from, { host: two?.host ?? "", repository: REPOSITORY }, "1");
}

describe("ECR's own replication", () => {
    it("is waited for, and its copy is proven by its digest", async () => {
        const states = ["IN_PROGRESS", "IN_PROGRESS", "COMPLETE"];
        api.replication = async () => {
            const status = states.shift();
            if (status === "COMPLETE") {
                await brought();
            }
            return [{ ...HOME, status }];
        };
        const done = await replicated(catalogOf());
        expect(messagesOf(done)).toEqual([]);
        expect(verdictsOf(done)).toEqual(["web:1@hub consistent", "web:1@spoke consistent"]);
        expect(done.replicated.map(({ by }) => by)).toEqual(["ecr"]);
        expect(asked().map(({ input }) => input)).toEqual(
            Array.from({ length: 3 }, () => ({ repositoryName: REPOSITORY, imageId: { imageDigest: wanted } })),
        );
        expect(done.foreseen).toEqual(["ECR's own replication would be waited for: web:1@spoke"]);
    });

    it("is not asked for where the copy is there", async () => {
        await brought();
        expect((await replicated(catalogOf())).replicated).toEqual([]);
        expect(asked()).toEqual([]);
    });

    it("that failed is told by image with ECR's code", async () => {
        api.replication = () => [{ ...HOME, status: "FAILED", failureCode: "DestinationRepositoryNotFound" }];
        expect(messagesOf(await replicated(catalogOf()))).toEqual([
            `REPLICATION_FAILED: could not carry web:1@spoke: ECR's replication of apps/web to spoke is FAILED (DestinationRepositoryNotFound); it is not there, and ${wanted} was wanted`,
        ]);
    });

    it("that calls itself complete, and did not bring it, is a failure", async () => {
        api.replication = () => [{ ...HOME, status: "COMPLETE" }];
        expect(messagesOf(await replicated(catalogOf()))).toEqual([
            `REPLICATION_UNTRUE: could not carry web:1@spoke: ECR's replication of apps/web to spoke is COMPLETE; it is not there, and ${wanted} was wanted`,
        ]);
    });

    it("of an image that was there before its rule never comes: it says so, and what carries such", async () => {
        expect(messagesOf(await replicated(catalogOf(), { ...passing(), silenceMs: 10 }))).toEqual([
            `REPLICATION_UNKNOWN: could not carry web:1@spoke: ECR knows of no replication of it to spoke: no rule covers apps/web, or it was pushed before the rule was there, and such images never replicate; have EcrReplication carry them by "backfill", or push it again`,
        ]);
        expect(asked().length).toBeGreaterThan(1);
    });

    it("that never ends is given up after a while", async () => {
        api.replication = () => [{ ...HOME, status: "IN_PROGRESS" }];
        const done = await replicated(catalogOf(), { ...passing(), patienceMs: 60_000 });
        expect(messagesOf(done)[0]).toMatch(/^REPLICATION_STUCK: .*is IN_PROGRESS for too long/);
    });

    it.each([
        [
            "without credentials from AWS",
            { credentials: { from: "anonymous" } },
            undefined,
            /CREDENTIALS_MISSING: .* is asked of AWS's API: give the registry credentials by \{ from: aws \}/,
        ],
        [
            "without the right to ask",
            {},
            "AccessDeniedException",
            /ECR_REPLICATION_UNKNOWN: .*AccessDeniedException: no.*: allow ecr:DescribeImageReplicationStatus there/,
        ],
    ])("%s cannot be waited for, and says so", async (_title, more, fault, message) => {
        api.fault = () => {
            if (fault !== undefined) {
                throw new EcrError(fault);
            }
        };
        expect(messagesOf(await replicated(catalogOf(more)))[0]).toMatch(message);
    });

    it("of the destination's region and account is the one that counts", async () => {
        const hosts = ["111111111111.dkr.ecr.eu-west-1.amazonaws.com", "222222222222.dkr.ecr.us-east-1.amazonaws.com"];
        const catalog = defineCatalog({
            version: 1,
            registries: { hub: { host: hosts[0] ?? "" }, spoke: { host: hosts[1] ?? "" } },
            images: {
                web: {
                    source: `${hosts[0]}/apps/web`,
                    tags: ["1"],
                    targets: [{ registry: "spoke", replicateWith: "ecr" }],
                },
            },
        });
        const registries = {
            client: () => ({
                ecrReplication: async () => [
                    { region: "us-east-1", account: "111111111111", status: "COMPLETE" },
                    { region: "us-east-1", account: "222222222222", status: "FAILED", failureCode: "AccessDenied" },
                ],
                expect: () => undefined,
                headManifest: async () => Promise.reject(new Error("nobody is there")),
                quirks: {},
            }),
        };
        const state = { status: "missing" as const };
        const present = { status: "present" as const, digest: wanted, mediaType: "", size: 1 };
        const circumstances = circumstancesOf(catalog);
        const copies = listCopies(catalog).map((copy) => ({
            ...copy,
            state: copy.role === "source" ? present : state,
        }));
        const judged = judge(catalog, { copies }, circumstances);
        const done = await replicate(catalog, judged, circumstances, registries as never, { pollMs: 2 });
        expect(messagesOf(done)[0]).toContain(
            "ECR's replication of apps/web to us-east-1 of account 222222222222 is FAILED (AccessDenied)",
        );
    });
});

describeWith(["ministack"], "An ECR that tells nothing of replication", (found) => {
    it("is told in AWS's own words, through AWS's SDK", async () => {
        const aws: AwsEmulator = await startMinistack(found.ministack);
        try {
            awsVariables(aws.env);
            const catalog = catalogOf();
            const circumstances = circumstancesOf(catalog);
            const pool = poolFor(catalog, { env: aws.env });
            const anonymous = poolFor(catalogOf({ credentials: { from: "anonymous" } }), {
                loadModule: async () => api.module("x"),
            });
            const judged = await look(catalog, listCopies(catalog), circumstances, anonymous);
            const done = await replicate(catalog, judged, circumstances, pool, { pollMs: 2 });
            expect(messagesOf(done)[0]).toMatch(
                /^ECR_REPLICATION_UNKNOWN: could not carry web:1@spoke: ECR at \S+ does not tell how far apps\/web is replicated \(\w+: .+\): allow/,
            );
        } finally {
            await aws.close();
        }
    });
});
