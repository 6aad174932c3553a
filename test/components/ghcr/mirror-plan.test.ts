import { expect, it } from "vitest";
import { parse } from "yaml";
import { type KnownMirror, planMirror } from "../../../components/ghcr/mirror-plan";
import { defineCatalog } from "../../../core/catalog";
import { stateOf } from "../../../core/workflows";
import { describeWith } from "../../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../../support/workflow-validators";
import { ciCatalog } from "./catalogs";

const GIVEN: KnownMirror = {
    repository: "getsops/ci-container-images",
    where: { purpose: "ci" },
    schedule: "32 11 * * 1",
    codeOwners: ["@getsops/maintainers", "someone@example.com"],
};

const plan = (changes: Partial<KnownMirror> = {}, catalog: ReturnType<typeof ciCatalog> = ciCatalog()) =>
    planMirror("ci-images", catalog, { ...GIVEN, ...changes });

it("seals all its files, the README by a comment that nobody sees", async () => {
    const { catalog, codeOwners, readme, workflow } = plan();
    expect([catalog, codeOwners, readme, workflow].map(stateOf)).toEqual(Array(4).fill("untouched"));
    expect(stateOf(readme.replace("alpine", "Alpine"))).toBe("edited");
    expect(stateOf(readme.replaceAll("\n", "\r\n"))).toBe("untouched");
    const { marked } = await import("marked");
    const shown = String(marked(readme)).replace(/<!--[\s\S]*?-->/g, "");
    expect(shown).not.toContain("sha256");
    expect(shown.trimStart()).toMatch(/^<h1>ci-container-images<\/h1>/);
});

it("carries the images that were selected, by a catalogue that loads to the same", () => {
    const { catalog, images } = plan();
    expect(images.map(({ name }) => name)).toEqual(["alpine", "local-kms", "vault"]);
    const original = ciCatalog().images;
    const { alpine, "local-kms": kms, vault } = original;
    expect(defineCatalog(parse(catalog)).images).toEqual({ alpine, "local-kms": kms, vault });
});

it("tells readers which image is where, critical ones first, and how to ask for one", () => {
    const { readme } = plan({ about: "For the tests of SOPS." });
    const rows = [...readme.matchAll(/^\| ([a-z-]+(?: \(critical\))?) \| `(\S+)` \| (.*?) \|/gm)].map((row) =>
        row.slice(1),
    );
    expect(rows).toEqual([
        ["local-kms (critical)", "ghcr.io/getsops/ci-container-images/nsmithuk/local-kms", "`3`"],
        [
            "vault (critical)",
            "ghcr.io/getsops/ci-container-images/hashicorp/vault",
            '`1.18`, `stable`, those of `{ semver: ">=1.19", newest: 2 }`',
        ],
        ["alpine", "ghcr.io/getsops/ci-container-images/alpine", "`3.22`"],
    ]);
    expect(readme).toContain("For the tests of SOPS.");
    expect(readme).toContain("docker pull ghcr.io/getsops/ci-container-images/nsmithuk/local-kms:3");
    expect(readme).toContain("https://github.com/getsops/ci-container-images/issues/new");
    expect(readme).not.toContain("getsops/sops");
    expect(plan({ requestUrl: "https://example.com/ask" }).readme).toContain("<https://example.com/ask>");
});

it("gives the repository to its owners", () => {
    expect(plan().codeOwners).toMatch(/\n\n\* @getsops\/maintainers someone@example\.com\n$/);
    expect(plan({ codeOwners: undefined }).codeOwners).toBe("");
});

it("runs by its schedule, and when the catalogue on its branch changes", () => {
    const { on } = parse(plan({ branch: "master" }).workflow);
    expect(on.schedule).toEqual([{ cron: "32 11 * * 1" }]);
    expect(on.push).toEqual({ branches: ["master"], paths: ["catalog.yaml"] });
});

it.each<[string, Partial<KnownMirror>, RegExp]>([
    ["a selection of nothing", { where: { purpose: "nightly" } }, /selects no image of the catalogue/],
    ["an unknown image", { images: ["valt"] }, /valt.*did you mean "vault"/],
    [
        "an image of the other purpose",
        { where: {}, purpose: "ci" },
        /images of purpose ci, and the image sops is of purpose release; leave them out by images or where: \{ purpose: "ci" \}/,
    ],
    ["a schedule that is none", { schedule: "daily" }, /"daily" is not understood: .*write it as "17 5 \* \* \*"/],
    [
        "an owner that GitHub does not know",
        { codeOwners: ["getsops/maintainers"] },
        /write @user, @organization\/team or an e-mail address/,
    ],
    ["no owner", { codeOwners: [] }, /names nobody/],
    ["a page in another file's place", { page: "README.md" }, /README\.md is the path of another file/],
    [
        "another owner's repository",
        { repository: "acme/images" },
        /a workflow of acme\/images may not push alpine to ghcr\.io\/getsops/,
    ],
])("refuses %s", (_what, changes, sentence) => {
    expect(() => plan(changes)).toThrow(sentence);
});

it("refuses a target that it has no credentials for", () => {
    const catalog = ciCatalog();
    const { credentials: _none, ...ghcr } = catalog.registries.ghcr;
    expect(() => plan({}, { ...catalog, registries: { ...catalog.registries, ghcr } })).toThrow(
        /the registry "ghcr" has no credentials to push with, .*: write credentials: \{ from: docker \}/,
    );
});

describeWith(VALIDATORS, "A mirror's workflow", (validators) => {
    it("has nothing that any validator minds", async () => {
        expect(await findingsOf(plan().workflow, validators)).toEqual(NO_FINDINGS);
    });
});
