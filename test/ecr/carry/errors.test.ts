import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../core/catalog";
import type { RegistryErrorCode } from "../../../core/registry";
import { sync, verdictsOf } from "../../mirror/world";
import type { EcrTraits } from "../../support/aws/ecr-quirks";
import { pushTree, singleImage } from "../../support/images";
import { ecrWorld, HASTY, REPOSITORY } from "./world";

interface Row {
    readonly name: string;
    readonly traits: EcrTraits;
    readonly code: RegistryErrorCode;
    /** All that the sentence has to say: what happened, to what, and what to change. */
    readonly says: readonly string[];
}

const other = new Set([`${REPOSITORY}-2`]);
const rows: readonly Row[] = [
    {
        name: "a repository that is not there",
        traits: { repositories: other },
        code: "NAME_UNKNOWN",
        says: [
            `/${REPOSITORY} is not there`,
            "(404 NAME_UNKNOWN",
            "create it with EcrRepositories, or a creation template for CREATE_ON_PUSH",
            `aws ecr create-repository --repository-name ${REPOSITORY}.`,
        ],
    },
    {
        name: "a right that the principal lacks",
        traits: { denied: { InitiateLayerUpload: "identity" } },
        code: "DENIED",
        says: [
            `which lack ecr:InitiateLayerUpload on ${REPOSITORY} (403 DENIED`,
            `allow ecr:InitiateLayerUpload on ${REPOSITORY} in the principal's own policy (EcrAccess writes one)`,
        ],
    },
    {
        name: "a right that the repository's policy lacks, for another account",
        traits: { denied: { CompleteLayerUpload: "resource" } },
        code: "DENIED",
        says: [
            "allow ecr:CompleteLayerUpload in the policy of the repository",
            '("policy" of EcrRepositories), since the principal is of another account',
        ],
    },
    {
        name: "a right that is denied explicitly",
        traits: { denied: { PutImage: "explicit" } },
        code: "DENIED",
        says: ["which lack ecr:PutImage", "a policy denies ecr:PutImage explicitly"],
    },
    {
        name: "a key that is disabled",
        traits: { lockedKeys: new Set([REPOSITORY]) },
        code: "DENIED",
        says: [`cannot use the KMS key of the repository ${REPOSITORY}`, "look whether the key is enabled"],
    },
    {
        name: "as many images as a repository may have, a bare 403",
        traits: { full: new Set([REPOSITORY]) },
        code: "DENIED",
        says: ["(403)", `look whether ${REPOSITORY} is full (100,000 images by default)`],
    },
    {
        name: "a manifest of the image that ECR does not take",
        traits: { refuses: () => true },
        code: "PROTOCOL_ERROR",
        says: ["(405 UNSUPPORTED", "takes no manifest with such media types", "aws/containers-roadmap#2306"],
    },
];

describe("what ECR refuses", () => {
    it.each(rows)("$name is one sentence on the image, and the others go on", async ({ traits, code, says }) => {
        const { ecr, hub, quirks, catalog, app } = await ecrWorld();
        await pushTree(hub.host, "acme/good", app, { tag: "1" });
        const only = (call: { repository: string }) => {
            quirks.become(call.repository === REPOSITORY ? traits : EVERYTHING);
        };
        quirks.before = only;
        const done = await sync(catalog({ app: {}, good: {} }), { environment: HASTY });
        expect(verdictsOf(done)).toEqual([
            "app:1@hub consistent",
            "app:1@ecr pending",
            "good:1@hub consistent",
            "good:1@ecr consistent",
        ]);
        expect(done.failures).toHaveLength(1);
        const [failure] = done.failures;
        expect(failure?.code).toBe(code);
        const message = failure?.message ?? "";
        expect(message).toContain(`could not carry app:1@ecr: `);
        expect(message).toContain(ecr.host);
        for (const words of says) {
            expect(message).toContain(words);
        }
        // One sentence: no line of its own, no stack, no second full stop after the advice.
        expect(message).not.toMatch(/\n|\.\.$|\bat .*:\d+:\d+/);
    });

    it.each(["local-kms", "throttling", "rate-exceeded", "immutable", "token-expired"])(
        "of a repository called %s is not taken for what its name says",
        async (name) => {
            const { hub, catalog, app } = await ecrWorld({ repositories: new Set() });
            await pushTree(hub.host, `acme/${name}`, app, { tag: "1" });
            const done = await sync(catalog({ [name]: {} }), { environment: HASTY });
            expect(done.failures.map(({ code }) => code)).toEqual(["NAME_UNKNOWN"]);
        },
    );

    it("of what was deleted on its way says to run it again, which then succeeds", async () => {
        const { quirks, catalog, app } = await ecrWorld();
        const child = app.manifests[0]?.digest;
        let deleted = false;
        quirks.before = ({ action, reference }) => {
            if (action === "PutImage" && !reference.startsWith("sha256:") && !deleted) {
                deleted = true;
                quirks.forget(REPOSITORY, child ?? "");
            }
        };
        const first = await sync(catalog(), { environment: HASTY });
        expect(first.failures.map(({ message }) => message)).toEqual([
            expect.stringMatching(
                /misses a part of what we wanted to push .*\(404 MANIFEST_BLOB_UNKNOWN.*run it again/,
            ),
        ]);
        quirks.become({});
        expect((await sync(catalog(), { environment: HASTY })).failures).toEqual([]);
    });

    it("to readers of a repository that is not there is a missing copy, and no fault", async () => {
        const { catalog, quirks } = await ecrWorld({ repositories: new Set() });
        const done = await sync(catalog(), { environment: HASTY, select: () => false });
        expect([done.failures, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr pending"]]);
        expect(quirks.of("BatchGetImage").length).toBeGreaterThan(0);
    });

    it("by right to read is no proof that anything is gone", async () => {
        const { catalog } = await ecrWorld({ denied: { BatchGetImage: "identity" } });
        const done = await sync(catalog(), { environment: HASTY });
        expect([done.results, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr unknown"]]);
    });
});

describe("an immutable tag", () => {
    const immutable = () => true;

    it("that has the same digest is success, and nothing is pushed", async () => {
        const { ecr, quirks, catalog, app } = await ecrWorld({ immutable });
        await pushTree(ecr.host, REPOSITORY, app, { tag: "1" });
        quirks.calls.length = 0;
        const done = await sync(catalog(), { environment: HASTY });
        expect([done.failures, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr consistent"]]);
        expect(quirks.calls.map(({ action }) => action)).toEqual(["BatchGetImage"]);
    });

    it("that somebody set to the same digest between our look and our push is success after one more look", async () => {
        const { ecr, quirks, catalog, app } = await ecrWorld({ immutable });
        let raced = false;
        quirks.before = async ({ action, reference }) => {
            if (action === "PutImage" && reference === "1" && !raced) {
                raced = true;
                await pushTree(ecr.host, REPOSITORY, app, { tag: "1" });
            }
        };
        const done = await sync(catalog(), { environment: HASTY });
        expect([done.failures, verdictsOf(done)]).toEqual([[], ["app:1@hub consistent", "app:1@ecr consistent"]]);
        const refused = quirks.of("PutImage").filter(({ status }) => status === 400);
        expect(refused).toHaveLength(1);
    });

    it("that somebody set to another digest meanwhile is one sentence which says what to change", async () => {
        const { ecr, quirks, catalog, hub, app } = await ecrWorld({ immutable });
        await pushTree(hub.host, "acme/good", app, { tag: "1" });
        let raced = false;
        quirks.before = async ({ action, reference, repository }) => {
            if (action === "PutImage" && reference === "1" && repository === REPOSITORY && !raced) {
                raced = true;
                await pushTree(ecr.host, REPOSITORY, singleImage({ seed: "theirs" }), { tag: "1" });
            }
        };
        const done = await sync(catalog({ app: {}, good: {} }), { environment: HASTY });
        expect(done.failures.map(({ code }) => code)).toEqual(["TAG_IMMUTABLE"]);
        expect(done.failures[0]?.message).toMatch(
            /^could not carry app:1@ecr: .*\/mirror\/acme\/app:1 is immutable and has another digest \(400 TAG_INVALID, .*\): let EcrRepositories list 1 in mutableTags, or carry the image under another tag, or delete the tag in ECR first\.?$/,
        );
        expect(verdictsOf(done)).toContain("good:1@ecr consistent");
    });

    it("that is to follow its source keeps its image; what it shows gets its roll-back tag once, which is success ever after", async () => {
        const { hub, quirks, catalog, app } = await ecrWorld({ immutable });
        expect((await sync(catalog(), { environment: HASTY })).failures).toEqual([]);
        await pushTree(hub.host, "acme/app", singleImage({ seed: "next" }), { tag: "1" });
        for (const _ of [1, 2]) {
            const done = await sync(carried(catalog(), app.root), { environment: HASTY });
            expect(done.failures.map(({ code }) => code)).toEqual(["TAG_IMMUTABLE"]);
        }
        expect([...quirks.tags]).toEqual([
            [`${REPOSITORY}:1`, app.root],
            [`${REPOSITORY}:1.prev-${app.root.slice(7, 19)}`, app.root],
        ]);
    });

    it("beside mutable ones holds alone: a moving tag moves", async () => {
        const { hub, catalog, quirks, app } = await ecrWorld({ immutable: (_repository, tag) => tag !== "1" });
        await sync(catalog(), { environment: HASTY });
        const next = singleImage({ seed: "next" });
        await pushTree(hub.host, "acme/app", next, { tag: "1" });
        const done = await sync(carried(catalog(), app.root), { environment: HASTY });
        expect(done.failures).toEqual([]);
        expect(quirks.tags.get(`${REPOSITORY}:1`)).toBe(next.root);
    });
});

describe("children of an index", () => {
    it("are pushed by digest before it, and its tag last, so that no tag of theirs is ever taken", async () => {
        const { quirks, catalog, app } = await ecrWorld({ immutable: () => true });
        expect((await sync(catalog(), { environment: HASTY })).failures).toEqual([]);
        const put = quirks.of("PutImage").map(({ reference }) => reference);
        const children = app.manifests.filter(({ digest }) => digest !== app.root).map(({ digest }) => digest);
        expect(put.slice(0, -1).sort()).toEqual([...children].sort());
        expect(put.at(-1)).toBe("1");
    });
});

/** With the lock's proof that this digest was carried by us. */
const carried = (catalog: Catalog, digest: string): Catalog => ({
    ...catalog,
    lock: { app: { "1": { digest, since: "2026-01-01T00:00:00.000Z" } } },
});

const EVERYTHING: EcrTraits = {
    repositories: undefined,
    denied: {},
    lockedKeys: undefined,
    full: undefined,
    refuses: undefined,
};
