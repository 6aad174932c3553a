import { createRequire } from "node:module";

/** The page as the package has it: with its script, which the build makes. */
export const { renderPage } = createRequire(__filename)(
    "../../../dist/core/report/html",
) as typeof import("../../../core/report/html");
