import { join } from "node:path";
import { Provider } from "@pulumi/aws/provider";
import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";

const REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-1"];
const ACCOUNTS = { staging: "222222222222", production: "333333333333" };
const HUB = "111111111111";

/**
 * One registry is carried to; AWS replicates from it to three regions of its own account and to two other accounts. What
 * was there before the rules is carried by our own copy, and every look proves all six registries equal.
 */
function program() {
    const config = new pulumi.Config();
    const catalog = transship.loadCatalog(join(__dirname, "catalog.yaml"));

    const repositories = new transship.EcrRepositories("hub", {
        catalog,
        lifecycle: [{ kind: "expire", untagged: true, afterDays: 14 }],
    });
    const fleet = new transship.ImageFleet("images", { catalog }, { dependsOn: repositories });

    // The receiving side: who may write, and how repositories are made that nobody declares there.
    const template = { appliedFor: ["REPLICATION", "CREATE_ON_PUSH"] } as const;
    const receiving: pulumi.Resource[] = REGIONS.map(
        (region) => new transship.EcrCreationTemplates(`hub-${region}`, { region, templates: { mirror: template } }),
    );
    for (const [name, account] of Object.entries(ACCOUNTS)) {
        const provider = new Provider(name, {
            region: "eu-west-1",
            allowedAccountIds: [account],
            assumeRoles: [{ roleArn: config.require(`${name}Role`) }],
        });
        receiving.push(
            new transship.EcrRegistryPolicy(
                name,
                { account, replication: [{ accounts: [HUB], prefixes: ["mirror/"] }] },
                { providers: [provider] },
            ),
            new transship.EcrCreationTemplates(name, { templates: { mirror: template } }, { providers: [provider] }),
        );
    }

    const replication = new transship.EcrReplication(
        "spokes",
        {
            catalog,
            destinations: [
                ...REGIONS.map((region) => ({ region })),
                ...Object.entries(ACCOUNTS).map(([name, account]) => ({
                    region: "eu-west-1",
                    account,
                    roleArn: config.require(`${name}Role`),
                })),
            ],
            backfill: { onDrift: "warn" },
        },
        { dependsOn: [fleet, ...receiving] },
    );
    return { images: fleet.refs, destinations: replication.destinations };
}

module.exports = program;
