import { COMMAND, PROOF_FILES } from "./common";
import type { PipelineCommon } from "./parameters";

export function proofValues({ catalog, environment }: PipelineCommon): Record<string, string> {
    return { CATALOG: catalog, ...(environment === undefined ? {} : { ENVIRONMENT: environment }) };
}

/** The document and the page of a look; it ends as the look did. */
export function proofLines(options: string): string[] {
    const [document, page] = PROOF_FILES;
    return [`${COMMAND} check ${options} --html ${page} --json > ${document}`];
}
