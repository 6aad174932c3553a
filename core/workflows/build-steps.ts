import { expression } from "./expression";
import type { Varying } from "./matrix-rows";
import type { ActionStep, Step } from "./model";
import { CHECKOUT } from "./parts";
import type { BuildCache, ImageBuild, PublishParameters } from "./publish-parameters";

/** The build's inputs that are the image's own. */
const INPUTS = ["context", "file", "target", "build-args", "platforms"] as const;
/** Of an image's row, what a build needs that is pushed nowhere. */
export const WHAT_TO_BUILD: readonly string[] = ["image", "emulated", ...INPUTS];

/** What the build and all after it know of the image: its row of the matrix. */
export function rowOf(build: ImageBuild, runner: readonly string[]): Record<string, string> {
    const { image, context, file = "", target = "", buildArgs = {}, platforms, repository, tags, flavor = [] } = build;
    return {
        image,
        context,
        file,
        target,
        "build-args": Object.entries(buildArgs)
            .map(([name, value]) => `${name}=${value}`)
            .join("\n"),
        platforms: platforms.join(","),
        emulated: foreignArchitectures(platforms, runner).join(","),
        repository,
        tags: tags.join("\n"),
        flavor: flavor.join("\n"),
        // BuildKit refuses annotations of an index where one platform is built. (docker/buildx#2591)
        annotated: platforms.length > 1 ? "manifest,index" : "manifest",
    };
}

/** What the runner's processor does not run by itself; GitHub's runners for arm64 have it in their label. */
function foreignArchitectures(platforms: readonly string[], runner: readonly string[]): string[] {
    const isArm = runner.some((label) => /(?:^|[-_.])(?:arm64|aarch64|arm)(?:$|[-_.])/i.test(label));
    const own = isArm ? ["arm64"] : ["amd64", "386"];
    const all = platforms.map((platform) => platform.split("/")[1] ?? "");
    return [...new Set(all)].filter((architecture) => !own.includes(architecture));
}

/** Checked out, with a builder for all platforms. */
export function prepareBuild({ cell }: Varying): Step[] {
    const emulated = cell("emulated");
    const qemu: ActionStep = { name: "Emulate other platforms", uses: "setup-qemu", with: { platforms: emulated } };
    const steps: Step[] =
        emulated === "" ? [] : [emulated.includes("${{") ? { ...qemu, if: "matrix.emulated != ''" } : qemu];
    return [CHECKOUT, ...steps, { name: "Set up BuildKit", uses: "setup-buildx" }];
}

/** Tags, labels and annotations by the repository's state; the id is `meta`. */
export function metadataStep({ cell }: Varying): Step {
    const flavor = cell("flavor");
    return {
        name: "Decide tags and labels",
        id: "meta",
        uses: "docker-metadata",
        env: { DOCKER_METADATA_ANNOTATIONS_LEVELS: cell("annotated") },
        with: { images: cell("repository"), tags: cell("tags"), ...(flavor === "" ? {} : { flavor }) },
    };
}

/** All platforms, pushed once, by digest: no tag shows it before it is signed and carried. The id is `build`. */
export function buildStep({ cell }: Varying, { cache = "none", provenance, sbom }: PublishParameters): Step {
    const repository = cell("repository");
    return {
        name: "Build and push by digest",
        id: "build",
        uses: "build-push",
        with: {
            ...whatToBuild(cell),
            labels: expression("steps.meta.outputs.labels"),
            annotations: expression("steps.meta.outputs.annotations"),
            outputs: `type=image,name=${repository},push-by-digest=true,name-canonical=true,push=true`,
            provenance: provenance === false ? false : `mode=${provenance}`,
            sbom,
            ...(cache === "registry" ? { ...readCache(repository), ...writeCache(repository) } : {}),
        },
    };
}

/** The same, and nothing is kept of it. */
export function tryStep({ cell }: Varying, cache: BuildCache = "none"): Step {
    return {
        name: "Build and keep nothing",
        uses: "build-push",
        with: { ...whatToBuild(cell), ...(cache === "registry" ? readCache(cell("repository")) : {}) },
    };
}

function whatToBuild(cell: Varying["cell"]): Record<string, string> {
    return Object.fromEntries(INPUTS.map((name) => [name, cell(name)]).filter(([, value]) => value !== ""));
}

function readCache(repository: string): Record<string, string> {
    return { "cache-from": `type=registry,ref=${repository}:buildcache` };
}

/** `max`: also the stages that are in no image. */
function writeCache(repository: string): Record<string, string> {
    return { "cache-to": `type=registry,ref=${repository}:buildcache,mode=max` };
}
