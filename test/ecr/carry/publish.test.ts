import { describe, expect, it } from "vitest";
import type { PublishResult } from "../../../core/publish";
import { build, everywhere, publishTree, shown, type World, world } from "../../publish/world";
import { EcrQuirks, type EcrTraits } from "../../support/aws/ecr-quirks";
import { HASTY } from "./world";

const PATH = "mirror/kuzudb/explorer";
const tags = ["0.10.0", "latest"];

/** An image of ours at three registries, of which one is an ECR. */
async function withEcr(traits: EcrTraits = {}): Promise<{ there: World; quirks: EcrQuirks }> {
    const quirks = new EcrQuirks(traits);
    const there = await world({ ecr: quirks.options });
    const { ecr } = there.catalog.registries;
    const registries = { ...there.catalog.registries, ecr: { ...ecr, kind: "ecr" } } as World["catalog"]["registries"];
    return { there: { ...there, catalog: { ...there.catalog, registries } }, quirks };
}

const messages = ({ failures }: PublishResult) => failures.map(({ code, message }) => [code, message]);

describe("publishing to an ECR", () => {
    it("sets the tags of an immutable repository last, and says nothing where they have the digest already", async () => {
        const { there, quirks } = await withEcr({ immutable: () => true });
        const tree = await build(there.ghcr);
        expect((await publishTree(there, tree, { tags, environment: HASTY })).failures).toEqual([]);
        expect(await shown(there, "latest")).toEqual(everywhere(tree.root));
        const put = quirks.of("PutImage").map(({ reference }) => reference);
        expect(put.slice(-2).sort()).toEqual([...tags].sort());
        quirks.calls.length = 0;
        expect((await publishTree(there, tree, { tags, environment: HASTY })).failures).toEqual([]);
        expect(quirks.of("PutImage")).toEqual([]);
    });

    it("moves no tag anywhere where an immutable one has another digest, and says what to change", async () => {
        const { there, quirks } = await withEcr();
        const [first, second] = [await build(there.ghcr), await build(there.ghcr)];
        expect((await publishTree(there, first, { tags, environment: HASTY })).failures).toEqual([]);
        quirks.become({ immutable: (_repository, tag) => tag === "latest" });
        const done = await publishTree(there, second, { tags: ["latest"], known: [first.root], environment: HASTY });
        expect(messages(done)).toEqual([
            [
                "TAG_IMMUTABLE",
                expect.stringMatching(
                    /^explorer:latest@ecr could not be moved: .*:latest is immutable and has another digest .*let EcrRepositories list latest in mutableTags/,
                ),
            ],
        ]);
        expect(await shown(there, "latest")).toEqual(everywhere(first.root));
    });

    it.each<[string, EcrTraits, string, RegExp]>([
        [
            "a repository that is not there",
            { repositories: new Set() },
            "NAME_UNKNOWN",
            /is not there.*create it with EcrRepositories/,
        ],
        [
            "a right that is lacking",
            { denied: { PutImage: "identity" } },
            "DENIED",
            /which lack ecr:PutImage on mirror\/kuzudb\/explorer/,
        ],
        [
            "a repository that is full",
            { full: new Set([PATH]) },
            "DENIED",
            /look whether mirror\/kuzudb\/explorer is full/,
        ],
        ["a key that is disabled", { lockedKeys: new Set([PATH]) }, "DENIED", /cannot use the KMS key/],
    ])("with %s moves no tag anywhere, and says what to change", async (_name, traits, code, says) => {
        const { there } = await withEcr(traits);
        const tree = await build(there.ghcr);
        const done = await publishTree(there, tree, { tags, environment: HASTY });
        expect(messages(done)).toEqual([[code, expect.stringMatching(says)]]);
        expect(await shown(there, "latest")).toEqual(everywhere("-"));
    });

    it("tells a manifest that ECR does not take among what refers to the image, and publishes the image", async () => {
        const { there } = await withEcr({ refuses: ({ artifactType }) => artifactType !== undefined });
        const tree = await build(there.ghcr);
        const done = await publishTree(there, tree, { tags, environment: HASTY });
        expect(done.failures).toEqual([]);
        expect(done.warnings.map(({ code }) => code)).toContain("REFERRER_REFUSED");
        expect(await shown(there, "latest")).toEqual(everywhere(tree.root));
    });
});
