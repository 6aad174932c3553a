import { WorkflowError } from "../error";
import type { MirrorPipelineParameters } from "./parameters";
import { checkTexts } from "./shell-text";

/** What the mirror's lines read. */
export function mirrorValues({
    catalog,
    environment,
    page,
    where = {},
}: MirrorPipelineParameters): Record<string, string> {
    if (page === "" || page.startsWith("-") || page.startsWith("/") || page.includes("\n")) {
        throw new WorkflowError(
            `${JSON.stringify(page)} is no path of a page: write it from the repository's root, as MIRRORS.md.`,
        );
    }
    const values = {
        CATALOG: catalog,
        ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
        PAGE: page,
        // As the catalogue's loader names it: what was carried is written down there.
        LOCK: `${catalog.replace(/\.[^./]+$/, "")}.lock.yaml`,
        ...(where.purpose === undefined ? {} : { PURPOSE: where.purpose }),
    };
    checkTexts(values);
    return values;
}

/** The images that are carried; nothing for all. */
export function mirrorSelection({ where = {} }: MirrorPipelineParameters): string {
    return where.purpose === undefined ? "" : ' --purpose "$PURPOSE"';
}
