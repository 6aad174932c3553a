import { WorkflowError } from "../error";
import type { MirrorPipelineParameters } from "./parameters";

/** What the mirror's lines read. */
export function mirrorValues({
    catalog,
    environment,
    page,
    where = {},
}: MirrorPipelineParameters): Record<string, string> {
    if (page === "" || page.startsWith("-") || page.startsWith("/") || /[\0\n\r]/.test(page)) {
        throw new WorkflowError(
            `${JSON.stringify(page)} is no path of a page: write it from the repository's root, as MIRRORS.md.`,
        );
    }
    return {
        CATALOG: catalog,
        ...(environment === undefined ? {} : { ENVIRONMENT: environment }),
        PAGE: page,
        // As the catalogue's loader names it: what was carried is written down there.
        LOCK: `${catalog.replace(/\.[^./]+$/, "")}.lock.yaml`,
        ...(where.purpose === undefined ? {} : { PURPOSE: where.purpose }),
    };
}

/** The images that are carried; nothing for all. */
export function mirrorSelection({ where = {} }: MirrorPipelineParameters): string {
    return where.purpose === undefined ? "" : ' --purpose "$PURPOSE"';
}
