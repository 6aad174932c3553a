import { join } from "node:path";
import * as transship from "transship";

const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

// The repository carries its images by itself, by a schedule: this program says which, and how the repository is kept.
const mirror = new transship.MirrorRepository("ci-images", {
    catalog,
    where: { purpose: "ci" },
    repository: "getsops/ci-container-images",
    schedule: "32 11 * * 1",
    about: "For the tests and builds of [SOPS](https://github.com/getsops/sops). What SOPS releases is elsewhere: `ghcr.io/getsops/sops`.",
    codeOwners: ["@getsops/maintainers"],
    branchProtection: {},
});

export const pullRequest = mirror.pullRequest;
export const packages = mirror.packages;
/** To be set for the repository, as secrets; CiSecrets does it. */
export const secrets = mirror.secrets;
