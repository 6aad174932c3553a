import { describe, expect, it } from "vitest";
import { type CatalogImage, compactCatalog, defineCatalog, expandCatalog } from "../../core/catalog";
import { problemsOf } from "./folder";

const REGISTRIES = {
    hub: { host: "docker.io" },
    ghcr: { host: "ghcr.io/acme" },
    harbor: { host: "harbor.example.com/mirror", kind: "harbor" },
    one: { host: "111111111111.dkr.ecr.eu-west-1.amazonaws.com" },
    two: { host: "222222222222.dkr.ecr.us-east-1.amazonaws.com" },
    china: { host: "111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn" },
} as const;

function targetsOf(image: object, registries: object = REGISTRIES) {
    const definition = { version: 1, registries, images: { app: { tags: ["1"], ...image } } };
    return defineCatalog(definition as never).images;
}

const HUB = "docker.io/library/nginx";
const ECR = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/apps/web";

describe("replicateWith", () => {
    it("is a target's own, or its registry's default, and transship is ourselves", () => {
        const registries = { ...REGISTRIES, harbor: { ...REGISTRIES.harbor, replicateWith: "harbor" } };
        const of = (target: unknown, given: object = registries) =>
            targetsOf({ source: "docker.io/acme/web", targets: [target] }, given) as Readonly<
                Record<string, CatalogImage>
            >;
        expect(of("harbor").app?.targets).toEqual([
            {
                registry: "harbor",
                repository: "mirror/acme/web",
                tags: [{ from: "1", to: "1" }],
                replicateWith: "harbor",
            },
        ]);
        expect(of({ registry: "harbor", replicateWith: "transship" }).app?.targets[0]).not.toHaveProperty(
            "replicateWith",
        );
        const ruled = { registry: "harbor", replicateWith: "harbor", rule: "hub" };
        expect(of(ruled, REGISTRIES).app?.targets[0]).toMatchObject({ replicateWith: "harbor", rule: "hub" });
    });

    it("of an environment's registry takes the place of the registry's", () => {
        const definition = {
            version: 1,
            registries: { ...REGISTRIES, harbor: { ...REGISTRIES.harbor, replicateWith: "harbor" } },
            environments: { dev: { registries: { harbor: { replicateWith: "transship" } } }, prod: {} },
            images: { app: { source: "docker.io/acme/web", tags: ["1"], targets: ["harbor"] } },
        };
        const at = (environment: string) =>
            defineCatalog(definition as never, { environment }).images as Readonly<Record<string, CatalogImage>>;
        expect(at("dev").app?.targets[0]).not.toHaveProperty("replicateWith");
        expect(at("prod").app?.targets[0]).toHaveProperty("replicateWith", "harbor");
    });

    it("is pushed by a Harbor that is the source, and replicated by ECR from a private registry of it to another", () => {
        const registries = { ...REGISTRIES, own: { host: "harbor.acme.dev", kind: "harbor" } };
        const pushed = targetsOf(
            {
                source: "harbor.acme.dev/acme/web",
                targets: [{ registry: "ghcr", repository: "web", replicateWith: "harbor" }],
            },
            registries,
        );
        expect(pushed).toMatchObject({ app: { targets: [{ repository: "acme/web", replicateWith: "harbor" }] } });
        expect(targetsOf({ source: ECR, targets: [{ registry: "two", replicateWith: "ecr" }] })).toMatchObject({
            app: { targets: [{ repository: "apps/web", replicateWith: "ecr" }] },
        });
    });

    it("is a line's last word in the inputs of a resource, whatever the rule is called", () => {
        const rule = "a rule, of mine -> x | 100%=";
        const catalog = defineCatalog({
            version: 1,
            registries: {
                harbor: REGISTRIES.harbor,
                other: { host: "h.example.com", kind: "harbor", replicateWith: "harbor" },
            },
            images: {
                app: {
                    source: "docker.io/acme/web",
                    tags: ["1"],
                    targets: [{ registry: "harbor", replicateWith: "harbor", rule }, "other"],
                },
            },
        });
        const compact = compactCatalog(catalog, ["app"]);
        expect(compact.images.app).toMatch(/ -> other ~ = harbor$/);
        expect(expandCatalog(compact).images.app).toEqual(catalog.images.app);
    });

    it.each<[string, string, object, string]>([
        [
            "neither side is a Harbor",
            "{ registry: ghcr, replicateWith: harbor }",
            {},
            'images.app.targets[0].replicateWith: neither side is a Harbor (the source docker.io is of kind dockerhub, the target "ghcr" of kind ghcr); carry it ourselves by "replicateWith: transship"',
        ],
        [
            "platforms are listed",
            "{ registry: harbor, replicateWith: harbor }",
            { platforms: ["linux/amd64"] },
            'images.app.targets[0].replicateWith: Harbor carries whole indexes, and this image lists platforms; carry it ourselves by "replicateWith: transship"',
        ],
        [
            "foreign layers are to go along",
            "{ registry: harbor, replicateWith: harbor }",
            { foreignLayers: "carry" },
            'images.app.targets[0].replicateWith: Harbor leaves non-distributable layers where they are; carry it ourselves by "replicateWith: transship"',
        ],
        [
            "a tag gets another name",
            '{ registry: harbor, replicateWith: harbor, tags: [{ from: "1", to: stable }] }',
            {},
            'images.app.targets[0].replicateWith: Harbor carries tags under their own names, and "1" is to be "stable"; carry it ourselves by "replicateWith: transship"',
        ],
        [
            "a repository gets another last name",
            "{ registry: harbor, replicateWith: harbor, repository: web/server }",
            {},
            'images.app.targets[0].replicateWith: Harbor\'s rules keep the last part of a repository\'s name, and "library/nginx" is to be "mirror/web/server"; carry it ourselves by "replicateWith: transship"',
        ],
        [
            "ECR is not on both sides",
            "{ registry: one, replicateWith: ecr }",
            {},
            'images.app.targets[0].replicateWith: ECR replicates between private registries of ECR only (the source docker.io is of kind dockerhub, the target "one" of kind ecr); carry it ourselves by "replicateWith: transship"',
        ],
        [
            "the repository is another at ECR",
            "{ registry: two, replicateWith: ecr, repository: web }",
            { source: ECR },
            'images.app.targets[0].replicateWith: ECR keeps a repository\'s name, and "apps/web" is to be "web"; carry it ourselves by "replicateWith: transship"',
        ],
        [
            "ECR is in another partition",
            "{ registry: china, replicateWith: ecr }",
            { source: ECR },
            'images.app.targets[0].replicateWith: ECR does not replicate between partitions (aws and aws-cn); carry it ourselves by "replicateWith: transship"',
        ],
        [
            "a rule is named for ourselves",
            "{ registry: harbor, rule: hub }",
            {},
            'images.app.targets[0].rule: "rule" names a rule of Harbor\'s, and goes with replicateWith harbor only',
        ],
        [
            "the image is cut over",
            "{ registry: harbor, replicateWith: harbor }",
            { policy: "migrate", phase: "cut-over" },
            "images.app.targets[0].replicateWith: after the cut-over nothing is carried from the source any more: leave it out",
        ],
    ])("is a problem where %s", (_title, target, more, problem) => {
        const image = JSON.stringify({ source: HUB, tags: ["1"], ...more }).slice(1, -1);
        const text = `version: 1\nregistries: ${JSON.stringify(REGISTRIES)}\nimages:\n  app: { ${image}, targets: [${target}] }\n`;
        expect(problemsOf(text).map((line) => line.replace(/^catalog\.yaml:\d+:\d+: /, ""))).toEqual([problem]);
    });

    it("of a registry is no problem for an image that is cut over: nothing is carried there from its source", () => {
        const registries = { ...REGISTRIES, harbor: { ...REGISTRIES.harbor, replicateWith: "harbor" } };
        const image = { source: HUB, targets: ["harbor"], policy: "migrate", phase: "cut-over" };
        expect(targetsOf(image, registries)).toMatchObject({ app: { targets: [{ registry: "harbor" }] } });
        const { app } = targetsOf(image, registries) as Readonly<Record<string, CatalogImage>>;
        expect(app?.targets[0]).not.toHaveProperty("replicateWith");
    });
});
