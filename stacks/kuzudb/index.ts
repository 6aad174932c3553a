import { join } from "node:path";
import { ActionsVariable } from "@pulumi/github/actionsVariable";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

/** Image -> the repository that builds it. What users run comes with each release, what is internal with each push. */
const RELEASED = { explorer: "explorer", "mcp-server": "kuzu-mcp-server", "api-server": "api-server" };
const INTERNAL = { "extension-repo": "extension", "dev-docs": "kuzu-docs" };

const publish = (image: string, repository: string, on: transship.PublishOnArgs) =>
    new transship.GhcrPublisher(image, { catalog, images: [image], repository: `kuzudb/${repository}`, on });

const publishers = [
    ...Object.entries(RELEASED).map(([image, repository]) => publish(image, repository, { tags: ["v*"] })),
    ...Object.entries(INTERNAL).map(([image, repository]) => publish(image, repository, { branches: ["main"] })),
];

// Docker Hub is written to with a token, which every one of these repositories gets under the names its workflow reads;
// ghcr.io takes each workflow's own.
const config = new pulumi.Config();
const secrets = new transship.CiSecrets("docker-hub", {
    catalog,
    registries: {
        hub: { kind: "login", username: config.require("hubUsername"), password: config.requireSecret("hubToken") },
    },
    repositories: Object.values({ ...RELEASED, ...INTERNAL }).map((repository) => `kuzudb/${repository}`),
});

const fleet = new transship.ImageFleet("images", { catalog, onDrift: "warn" }, { dependsOn: publishers });

// The documentation is deployed by its repository's own workflow, which runs the image that this variable names: one that
// is the same at both places, or the one that it was before.
const gate = new transship.DigestGate("docs-equal", { fleet, images: ["dev-docs", "explorer"] });
new ActionsVariable(
    "docs-image",
    {
        repository: "kuzu-docs",
        variableName: "DOCS_IMAGE",
        value: fleet.ref("dev-docs", { registry: "ghcr" }),
    },
    { dependsOn: gate },
);

export const secretsUpdatedAt = secrets.updatedAt;
export const pullRequests = publishers.map(({ pullRequest }) => pullRequest);
export const visibility = publishers.map(({ settings }) => settings);
export const images = fleet.refs;
export const lock = fleet.lock;
