import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";
import { deployments, repositories } from "./repositories";

/**
 * What 50 repositories need of three registries: to pull, one secret of the organisation that all of them share, and a
 * role instead of a key at AWS; to push, a robot's secret in the environment `production` of ten of them and nowhere else,
 * made anew every 90 days in one deploy.
 */
function program() {
    const config = new pulumi.Config();
    const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

    const pull = new transship.CiSecrets("pull", {
        organization: { visibility: "selected", repositories },
        apps: ["actions", "dependabot"],
        catalog,
        registries: {
            hub: { kind: "login", username: config.require("hubUsername"), password: config.requireSecret("hubToken") },
            ecr: { kind: "awsRole", roleArn: config.require("pullRole") },
        },
    });
    const push = new transship.CiSecrets("push", {
        repositories: deployments,
        environments: ["production"],
        catalog,
        registries: {
            harbor: {
                push: {
                    kind: "harborRobot",
                    url: "https://harbor.example.com",
                    project: "mirror",
                    robot: "ci",
                    rotateAfter: "90d",
                },
            },
        },
    });
    return {
        secrets: pulumi.all([pull.secrets, push.secrets]).apply((lists) => lists.flat()),
        federated: pull.federated,
        updatedAt: pull.updatedAt,
    };
}

module.exports = program;
