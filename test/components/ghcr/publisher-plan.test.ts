import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { type KnownPublisher, planPublisher } from "../../../components/ghcr/publisher-plan";
import { defineCatalog } from "../../../core/catalog";
import { expression, type FileState, stateOf } from "../../../core/workflows";
import { describeWith } from "../../support/require-program";
import { findingsOf, NO_FINDINGS, VALIDATORS } from "../../support/workflow-validators";
import { kuzuCatalog } from "./catalogs";

const GIVEN: KnownPublisher = { images: ["explorer", "mcp-server"], repository: "kuzudb/explorer" };

const plan = (changes: Partial<KnownPublisher> = {}, catalog = kuzuCatalog()) =>
    planPublisher("explorer", catalog, { ...GIVEN, ...changes });

it("seals its files, so that a change by hand is seen", () => {
    const { catalog, workflow } = plan();
    const untouched: FileState = "untouched";
    expect([catalog, workflow].map(stateOf)).toEqual([untouched, untouched]);
    expect(stateOf(workflow.replace("sbom: true", "sbom: false"))).toBe("edited");
});

it("delivers the part of the catalogue that its images are, which loads to the same images", () => {
    const original = kuzuCatalog();
    const { images, registries } = defineCatalog(parse(plan().catalog));
    expect(images).toEqual({ explorer: original.images.explorer, "mcp-server": original.images["mcp-server"] });
    expect(registries).toEqual(original.registries);
});

it("names the environment where the catalogue does", () => {
    const { catalog, workflow } = plan({}, { ...kuzuCatalog(), environment: "prod" } as ReturnType<typeof kuzuCatalog>);
    expect(parse(catalog).environments).toEqual({ prod: { upstream: "follow" } });
    expect(workflow).toContain('--environment "$ENVIRONMENT"');
});

it("builds each image for the platforms that the catalogue lists, else for both that most people have", () => {
    const jobs = parse(plan().workflow).jobs;
    expect(jobs.publish.strategy.matrix.include).toEqual([
        expect.objectContaining({ image: "explorer", platforms: "linux/amd64,linux/arm64" }),
        expect.objectContaining({ image: "mcp-server", platforms: "linux/amd64" }),
    ]);
});

it("publishes what has a version's tag, unless it is told when", () => {
    expect(parse(plan().workflow).on).toEqual({ workflow_dispatch: null, push: { tags: ["v*"] } });
    const on = { branches: ["main"], paths: ["app/**"], pullRequests: true };
    expect(parse(plan({ on }).workflow).on).toEqual({
        workflow_dispatch: null,
        push: { branches: ["main"], paths: ["app/**"] },
        pull_request: { branches: ["main"], paths: ["app/**"] },
    });
});

it.each<[string, Partial<KnownPublisher>, RegExp]>([
    ["no image", { images: [] }, /name at least one image/],
    ["an unknown image", { images: ["explorr"] }, /explorr.*did you mean "explorer"/],
    ["an image twice", { images: ["explorer", "explorer"] }, /"explorer" is named twice/],
    [
        "a build of another image",
        { builds: { explorr: {} } },
        /"explorr" is none of this publisher's images; did you mean "explorer"/,
    ],
    ["somebody else's image", { images: ["vault"] }, /"vault" has policy "mirror", so it is somebody else's image/],
    [
        "an image without a place at ghcr.io",
        { images: ["alpine"] },
        /"alpine" has no place at ghcr\.io in the catalogue: give it a target/,
    ],
    ["a page's address", { repository: "https://github.com/kuzudb/explorer" }, /write kuzudb\/explorer/],
    [
        "another owner's repository",
        { repository: "acme/explorer" },
        /a workflow of acme\/explorer may not push explorer to ghcr\.io\/kuzudb\/explorer, since its token is for packages of acme only/,
    ],
    [
        "a workflow where GitHub looks for none",
        { workflowPath: "ci/publish.yml" },
        /write \.github\/workflows\/NAME\.yml/,
    ],
    ["a path out of the repository", { catalogPath: "../catalog.yaml" }, /no path from the repository's root/],
    ["an unknown word", { install: "yarn" as never }, /must be one of "npx", "npm-ci", not "yarn"/],
    ["an unknown provenance", { provenance: "maximum" as never }, /must be one of "max", "min", not "maximum"/],
    ["tags and releases", { on: { tags: ["v*"], releases: true } }, /take one of both/],
    ["a context out of the repository", { builds: { explorer: { context: "../x" } } }, /context "\.\.\/x" of explorer/],
    ["an expression as a value", { builds: { explorer: { target: expression("x") } } }, /expression/],
])("refuses %s", (_what, changes, sentence) => {
    expect(() => plan(changes)).toThrow(sentence);
});

it("refuses an image of the other purpose", () => {
    const catalog = kuzuCatalog();
    const explorer = { ...catalog.images.explorer, purpose: "release" };
    const other = { ...catalog, images: { ...catalog.images, explorer } };
    expect(() => plan({ purpose: "ci" }, other)).toThrow(
        /images of purpose ci, and the image explorer is of purpose release; leave them out of its images/,
    );
});

it("takes an owner's name with capitals for the same owner, since ghcr.io writes it in lower case", () => {
    const { places, repository } = plan({ repository: "KuzuDB/explorer" });
    expect(repository).toBe("KuzuDB/explorer");
    expect(places.map(({ reference }) => reference)).toEqual(["ghcr.io/kuzudb/explorer", "ghcr.io/kuzudb/mcp-server"]);
});

it("is the same files for the same arguments, whatever the order of their keys", () => {
    const words = fc.array(fc.constantFrom("main", "release/*", "v*", "dev"), { minLength: 1, maxLength: 3 });
    const builds = fc.record(
        { context: fc.constantFrom(".", "app"), target: fc.constantFrom("runtime", "slim"), tags: words },
        { requiredKeys: [] },
    );
    const given = fc.record(
        {
            builds: fc.record({ explorer: builds, "mcp-server": builds }, { requiredKeys: [] }),
            on: fc.record({ branches: words, paths: words }, { requiredKeys: ["branches"] }),
            sign: fc.boolean(),
            sbom: fc.boolean(),
            provenance: fc.constantFrom("max" as const, "min" as const, false as const),
            timeoutMinutes: fc.integer({ min: 1, max: 360 }),
        },
        { requiredKeys: [] },
    );
    const reversed = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).reverse()) as T;
    fc.assert(
        fc.property(given, (changes) => {
            expect(plan(reversed({ ...changes, builds: reversed(changes.builds ?? {}) }))).toEqual(plan(changes));
        }),
        { numRuns: 25 },
    );
});

describeWith(VALIDATORS, "A publisher's workflow", (validators) => {
    it("has nothing that any validator minds", async () => {
        expect(await findingsOf(plan({ on: { branches: ["main"], pullRequests: true } }).workflow, validators)).toEqual(
            NO_FINDINGS,
        );
    });
});
