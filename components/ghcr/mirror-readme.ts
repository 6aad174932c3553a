import { type Catalog, type CatalogImage, describeSelector, type ImageTarget } from "../../core/catalog";
import { markdownCode, markdownLink, markdownTable, markdownText } from "../../core/report/markdown-pages";

/** What the README of a repository that carries images tells. */
export interface MirrorReadme {
    /** `owner/name`. */
    readonly repository: string;
    readonly catalog: Catalog;
    readonly images: readonly CatalogImage[];
    /** Markdown. */
    readonly about?: string;
    readonly requestUrl: string;
    readonly schedule: string;
    readonly workflowPath: string;
    readonly catalogPath: string;
    readonly page: string;
}

/** Markdown for those who want an image: what is here, how to use it, how to ask for one; critical images first. Pure. */
export function mirrorReadme(readme: MirrorReadme): string {
    const { about, catalogPath, images, page, repository, requestUrl, schedule, workflowPath } = readme;
    const [owner = "", name = ""] = repository.split("/");
    const sections = [
        `# ${markdownText(name)}`,
        `Copies of container images, kept for ${markdownText(owner)} so that nothing here waits for another registry's pull limit or outage. A copy has the same digest as its original: the same bytes, with its signatures.`,
        ...(about === undefined ? [] : [about.trim()]),
        "## Use an image",
        `Write the address from the table in place of the original one; the tag stays. ${exampleOf(readme)}`,
        tableOf(readme),
        `Digests, and which copy was proven when: ${markdownLink(markdownCode(page), `https://github.com/${repository}/blob/HEAD/${page}`)}. A private image wants a login first: \`docker login\`.`,
        "## Ask for an image",
        `Open ${markdownLink("an issue", requestUrl)} with the image, the tag and what it is for. Whoever keeps the catalogue adds it there; the next run carries it.`,
        "## Who carries them",
        `The workflow ${markdownCode(workflowPath)} does, by the schedule ${markdownCode(schedule)} (UTC), and whenever ${markdownCode(catalogPath)} changes: what is missing or differs, ${images.some(({ critical }) => critical) ? "critical images first, " : ""}never built again. Where it fails, one issue stays open until it is mended. It commits ${markdownCode(page)} and the lock of digests itself.`,
    ];
    return `${sections.join("\n\n")}\n`;
}

function exampleOf({ catalog, images }: MirrorReadme): string {
    const first = inOrder(images)[0];
    const target = first?.targets[0];
    const tag = target?.tags[0]?.to;
    return target === undefined || tag === undefined
        ? ""
        : `For example:\n\n\`\`\`sh\ndocker pull ${addressOf(catalog, target)}:${tag}\n\`\`\``;
}

function tableOf({ catalog, images }: MirrorReadme): string {
    const rows = inOrder(images).flatMap((image) =>
        image.targets.map((target, index) => [
            index === 0 ? `${markdownText(image.name)}${image.critical ? " (critical)" : ""}` : "",
            markdownCode(addressOf(catalog, target)),
            tagsOf(image, target),
            index === 0 ? markdownCode(addressOf(catalog, image.source)) : "",
        ]),
    );
    return markdownTable(["Image", "Pull it from", "Tags", "Original"], rows);
}

/** Critical first, then by name. */
function inOrder(images: readonly CatalogImage[]): CatalogImage[] {
    return [...images].sort(
        (one, other) => Number(other.critical) - Number(one.critical) || (one.name < other.name ? -1 : 1),
    );
}

function addressOf(
    catalog: Catalog,
    { registry, repository }: { readonly registry: string; readonly repository: string },
): string {
    return `${catalog.registries[registry]?.host ?? registry}/${repository}`;
}

function tagsOf({ platforms, selectors }: CatalogImage, target: ImageTarget): string {
    const chosen = target.selectors === "all" ? selectors : target.selectors;
    const parts = [
        ...target.tags.map(({ to }) => markdownCode(to)),
        ...(chosen ?? []).map((selector) => `those of ${markdownCode(describeSelector(selector))}`),
        ...(platforms === "all" ? [] : [`only ${platforms.map(markdownCode).join(", ")}`]),
    ];
    return parts.join(", ");
}
