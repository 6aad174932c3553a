import * as pulumi from "@pulumi/pulumi";
import {
    DigestGate,
    DockerHubToken,
    defineCatalog,
    EcrPullThroughCache,
    GhcrPackages,
    GhcrPublisher,
    HarborImmutableTags,
    HarborLabel,
    HarborMember,
    HarborPreheat,
    HarborProject,
    HarborQuota,
    HarborRegistryEndpoint,
    HarborRelease,
    HarborReplication,
    HarborRetention,
    HarborRobot,
    HarborRobotSecret,
    HarborSchedule,
    HarborWebhook,
    ImageFleet,
} from "transship";
import { beforeAll, describe, expect, it } from "vitest";

const CANARY = "canary-9f31c2";
const ACCOUNT = "111111111111";
const MAXIMUM_BYTES = 4096;
const HOOKS = ["check", "configure", "create", "delete", "diff", "read", "update"];

/** Resource type -> the code that its state would hold. */
const providers = new Map<string, string>();

beforeAll(async () => {
    process.env.CLOSURE_CANARY = CANARY;
    await pulumi.runtime.setMocks({
        newResource: ({ type, name, inputs }) => {
            if (inputs.__provider !== undefined) {
                providers.set(`${type} ${name}`, String(inputs.__provider));
            }
            // What a pull-through cache's priming computes: its component reads it.
            return { id: name, state: { digests: {}, different: [], failed: [], ...inputs } };
        },
        call: () => ({ accountId: ACCOUNT }),
    });
    const catalog = defineCatalog({
        version: 1,
        registries: {
            ghcr: { host: `ghcr.io/${CANARY}`, credentials: { from: "env", password: "CLOSURE_CANARY" } },
            ecr: { host: `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/${CANARY}` },
        },
        images: { app: { policy: "dual", source: "docker.io/acme/app", tags: ["1"], targets: ["ghcr"] } },
    });
    const fleet = new ImageFleet(CANARY, { catalog });
    const gate = new DigestGate(`gate-${CANARY}`, { fleet });
    const packages = new GhcrPackages(`packages-${CANARY}`, { catalog });
    const robot = new HarborRobotSecret(`robot-${CANARY}`, { url: `https://${CANARY}`, robot: CANARY });
    const harbor = { url: `https://${CANARY}`, name: CANARY };
    const endpoint = new HarborRegistryEndpoint(`endpoint-${CANARY}`, { ...harbor, type: "harbor", endpoint: CANARY });
    const project = new HarborProject(`project-${CANARY}`, {
        ...harbor,
        proxyCache: { registryId: endpoint.objectId },
    });
    const rule = new HarborReplication(`rule-${CANARY}`, {
        ...harbor,
        direction: "pull",
        registryId: endpoint.objectId,
    });
    const harborRobot = new HarborRobot(`harbor-robot-${CANARY}`, {
        ...harbor,
        project: CANARY,
        permissions: ["pull"],
    });
    const retention = new HarborRetention(`retention-${CANARY}`, {
        ...harbor,
        project: CANARY,
        rules: [{ tags: { matches: CANARY }, keep: "always" }],
    });
    const tags = new HarborImmutableTags(`tags-${CANARY}`, { ...harbor, project: CANARY });
    const quota = new HarborQuota(`quota-${CANARY}`, { ...harbor, project: CANARY, storage: "1GiB" });
    const schedule = new HarborSchedule(`schedule-${CANARY}`, { ...harbor, job: "scan-all", schedule: CANARY });
    const webhook = new HarborWebhook(`webhook-${CANARY}`, {
        ...harbor,
        project: CANARY,
        secretEndpoint: CANARY,
        events: [CANARY],
    });
    const preheat = new HarborPreheat(`preheat-${CANARY}`, { ...harbor, project: CANARY, instance: CANARY });
    const label = new HarborLabel(`label-${CANARY}`, { ...harbor, description: CANARY });
    const member = new HarborMember(`member-${CANARY}`, { ...harbor, project: CANARY, user: CANARY, role: "guest" });
    const release = new HarborRelease(`release-${CANARY}`, {
        url: `https://${CANARY}.example.com`,
        tls: { issuer: CANARY },
        admin: { existingSecret: CANARY },
        database: { host: CANARY, username: CANARY, password: CANARY },
        redis: { addresses: [`${CANARY}:6379`], password: CANARY },
        storage: { s3: { bucket: CANARY, region: CANARY, accessKey: CANARY, secretKey: CANARY } },
    });
    const token = new DockerHubToken(`token-${CANARY}`, { label: CANARY });
    const publisher = new GhcrPublisher(`files-${CANARY}`, {
        catalog,
        images: ["app"],
        repository: `${CANARY}/app`,
    });
    const cache = new EcrPullThroughCache(`cache-${CANARY}`, {
        catalog,
        upstreams: { "docker-hub": { credentials: { username: CANARY, accessToken: CANARY } } },
        prime: true,
    });
    const known: pulumi.Input<unknown>[] = [
        fleet.refs,
        gate.urn,
        packages.urn,
        cache.findings,
        robot.urn,
        endpoint.urn,
        project.urn,
        rule.urn,
        harborRobot.urn,
        retention.urn,
        tags.urn,
        quota.urn,
        schedule.urn,
        webhook.urn,
        preheat.urn,
        label.urn,
        member.urn,
        release.status,
        token.urn,
        publisher.pullRequest,
    ];
    await new Promise((resolve) => pulumi.all(known).apply(resolve));
});

const texts = () => [...providers].map(([resource, text]) => ({ resource, text }));

describe("The code that state holds of a dynamic provider", () => {
    it("is there for every dynamic resource", () => {
        expect([...providers.keys()].sort()).toEqual([
            `pulumi-nodejs:dynamic/transship:DigestGate gate-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:DockerHubToken token-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:EcrPriming cache-${CANARY}-priming`,
            `pulumi-nodejs:dynamic/transship:GhcrPackages packages-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborImmutableTags tags-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborLabel label-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborMember member-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborPreheat preheat-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborProject project-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborQuota quota-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborReady release-${CANARY}-ready`,
            `pulumi-nodejs:dynamic/transship:HarborRegistryEndpoint endpoint-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborReleaseKeys release-${CANARY}-keys`,
            `pulumi-nodejs:dynamic/transship:HarborReplication rule-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborRetention retention-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborRobot harbor-robot-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborRobotSecret robot-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborSchedule schedule-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:HarborWebhook webhook-${CANARY}`,
            `pulumi-nodejs:dynamic/transship:ImageFleetWave ${CANARY}-wave-0`,
            `pulumi-nodejs:dynamic/transship:PullRequest files-${CANARY}-pull-request`,
            `pulumi-nodejs:dynamic/transship:RepositoryGuard files-${CANARY}-guard`,
        ]);
    });

    it(`is shorter than ${MAXIMUM_BYTES} bytes`, () => {
        for (const { resource, text } of texts()) {
            expect(Buffer.byteLength(text), resource).toBeLessThan(MAXIMUM_BYTES);
        }
    });

    it("loads the lifecycle by the package's own name, and nothing else", () => {
        for (const { resource, text } of texts()) {
            const loads = [...text.matchAll(/(?:import|require)\(([^)]*)\)/g)].map(([, what]) => what);
            expect(new Set(loads), resource).toEqual(new Set(['"transship/lifecycle"']));
            expect(loads.length).toBeGreaterThanOrEqual(HOOKS.length);
        }
    });

    it("captures nothing: no value of the program, no path of the machine, no module walked by value", () => {
        for (const { resource, text } of texts()) {
            expect(text, resource).not.toContain(CANARY);
            expect(text, resource).not.toContain(process.cwd());
            expect(text, resource).not.toMatch(/node_modules|process\.env|class |WeakMap/);
            // What a function captures stands in the scope that is made for it.
            const scopes = [...text.matchAll(/with\(\{ (.*) \}\)/g)].map(([, list]) => list);
            const nothing = "this: undefined, arguments: undefined";
            expect(new Set(scopes), resource).toEqual(new Set([nothing, `provider: __provider, ${nothing}`]));
            expect(scopes, resource).toHaveLength(HOOKS.length + 1);
        }
    });

    it("has every hook that the engine calls", () => {
        for (const { resource, text } of texts()) {
            for (const hook of HOOKS) {
                expect(text, resource).toMatch(new RegExp(`\\b${hook}\\b`));
            }
        }
    });
});
