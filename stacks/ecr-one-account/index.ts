import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

/**
 * A team in one account: what it builds from and runs on is in ECR, pulled by digest, and no key is stored anywhere. The
 * first `up` makes everything and carries; each further one proves that all copies are still the same.
 */
function program() {
    const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"), { environment: pulumi.getStack() });

    const repositories = new transship.EcrRepositories("images", {
        catalog,
        // By AWS's enhanced scanning, for the whole registry, below.
        scanning: "registry",
        encryption: "KMS",
        lifecycle: [{ kind: "expire", untagged: true, afterDays: 14 }],
        policy: { lambda: true },
        perRepository: {
            "mirror/harbour-works/billing": { mutability: "IMMUTABLE", mutableTags: ["stable"] },
        },
        tags: { team: "platform" },
    });

    // Runs of CI log in by their identity: who mirrors may push, and whoever builds may pull.
    const access = new transship.EcrAccess("ci", {
        catalog,
        roles: {
            mirror: {
                rights: ["pull", "push", "check"],
                repositories: repositories.arns,
                runs: [{ repository: "harbour-works/images", branches: ["main"] }],
                maxSessionDuration: "6h",
            },
            build: {
                rights: ["pull"],
                images: ["golang", "node"],
                runs: [{ repository: "harbour-works/billing", branches: ["main"], pullRequests: true }],
            },
        },
    });
    const secrets = new transship.CiSecrets("mirror", {
        catalog,
        repositories: ["harbour-works/images"],
        registries: { ecr: access.credentials.mirror },
    });

    const settings = new transship.EcrAccountSettings("registry", {
        catalog,
        blobMounting: true,
        scanning: {
            type: "ENHANCED",
            rules: [
                { frequency: "CONTINUOUS_SCAN", filters: ["mirror/harbour-works/*"] },
                { frequency: "SCAN_ON_PUSH", filters: ["*"] },
            ],
        },
        // A proof is no use of an image: without this, whatever is checked every day is never archived.
        pullTimeExclusions: { mirror: access.roleArns.mirror },
    });

    const fleet = new transship.ImageFleet("fleet", { catalog }, { dependsOn: [repositories, settings] });
    return { images: fleet.refs, lock: fleet.lock, variables: secrets.variables };
}

module.exports = program;
