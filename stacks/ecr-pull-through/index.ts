import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

/**
 * An account that caches four public registries: each rule has its login and a template, so that what the first pull
 * makes is cleaned up and encrypted, and the catalogue's images are fetched before somebody needs them.
 */
function program() {
    const config = new pulumi.Config();
    const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

    const cache = new transship.EcrPullThroughCache("cache", {
        catalog,
        upstreams: {
            "docker-hub": {
                credentials: { username: config.require("hubUsername"), accessToken: config.requireSecret("hubToken") },
            },
            ghcr: { credentials: { secretArn: config.require("ghcrSecret") } },
            k8s: {},
            quay: {},
        },
        prime: true,
    });
    return { references: cache.references };
}

module.exports = program;
