import * as pulumi from "@pulumi/pulumi";
import { harborUrl, type LeftToTransship, type ReplicationRule } from "../../core/harbor-plan";
import { takeOnce } from "../ecr/one-for-a-place";
import { HarborImmutableTags } from "./harbor-immutable-tags";
import type { HarborMirrorArgs, HarborMirrorCacheArgs } from "./harbor-mirror-args";
import { HarborProject } from "./harbor-project";
import { HarborRegistryEndpoint } from "./harbor-registry-endpoint";
import { HarborReplication } from "./harbor-replication";
import { HarborRetention } from "./harbor-retention";
import { HarborRobot } from "./harbor-robot";
import { HarborSchedule } from "./harbor-schedule";
import { type MirrorWishes, type WantedEndpoint, type WantedProject, wishesOf } from "./mirror-wishes";
import { refuseForbiddenPair } from "./untagged-guard";

/** A replication rule of the component. */
export interface HarborMirrorRule {
    /** Harbor's number of it, with which an execution is started. */
    readonly objectId: number;
    /** Key of the catalogue's registry that it pulls from. */
    readonly source: string;
    /** What it brings, of the catalogue. */
    readonly images: readonly string[];
}

/** An image of the catalogue that the fleet carries to this Harbor, and why. */
export type HarborMirrorLeft = Omit<LeftToTransship, "image">;

/** What every child has: where it is, as whom, and whether it is taken over. */
interface Place {
    readonly url: pulumi.Input<string>;
    readonly credentials?: pulumi.Input<string>;
    readonly adopt?: pulumi.Input<boolean>;
}

/**
 * All that a Harbor has to have for the catalogue's images to be at it: projects, endpoints of the registries that they
 * come from, rules that pull exactly them, a retention that keeps what the lock needs, tags that never move, a robot for CI,
 * and, where they are asked for, proxy caches and schedules. `destroy` loses no image: Harbor deletes no project that has
 * repositories.
 */
export class HarborMirror extends pulumi.ComponentResource {
    /** Harbor's numbers of the projects, proxy caches among them, by name. */
    declare readonly projects: pulumi.Output<Readonly<Record<string, number>>>;
    /** Harbor's numbers of the endpoints, by the key of the catalogue's registry. */
    declare readonly endpoints: pulumi.Output<Readonly<Record<string, number>>>;
    /** By the rule's name at Harbor. */
    declare readonly rules: pulumi.Output<Readonly<Record<string, HarborMirrorRule>>>;
    /** `username` and `secret`, as a `login` of CiSecrets takes them; undefined without a robot. */
    declare readonly robot: HarborRobot | undefined;
    /** By image: what no rule brings, since Harbor cannot do it or is not to. */
    declare readonly carriedByTransship: pulumi.Output<Readonly<Record<string, readonly HarborMirrorLeft[]>>>;

    /** @throws InputPropertyError for a mistake, before anything is made */
    constructor(name: string, args: HarborMirrorArgs, opts?: pulumi.ComponentResourceOptions) {
        super("transship:harbor:HarborMirror", name, {}, opts);
        const wishes = wishesOf(args);
        const { registry } = wishes.plan;
        const collects = args.garbageCollection?.deleteUntagged === true;
        refuseForbiddenPair(
            registry.host,
            wishes.caches.map((cache) => cache.name),
            collects,
        );
        const parts = new Parts(name, args, { url: args.url ?? harborUrl(registry) }, this);
        const endpoints = byKey(wishes.endpoints.map((one) => [one.key, parts.endpoint(one)]));
        const projects = byKey(wishes.projects.map((one) => [one.name, parts.project(one)]));
        const caches = byKey(wishes.caches.map((one) => [one.name, parts.cache(one, endpoints)]));
        const rules = wishes.plan.rules.map((rule) => [rule, parts.rule(rule, endpoints, projects)] as const);
        this.robot = parts.robot(projects, caches);
        parts.schedules(registry.host, caches);
        this.projects = numbersOf({ ...projects, ...caches });
        this.endpoints = numbersOf(endpoints);
        this.rules = pulumi
            .all(rules.map(([, made]) => pulumi.all([made.name, made.objectId])))
            .apply((all) => rulesByName(all, wishes));
        this.carriedByTransship = pulumi.output(leftByImage(wishes.plan.left));
        const { carriedByTransship, robot } = this;
        this.registerOutputs({
            projects: this.projects,
            endpoints: this.endpoints,
            rules: this.rules,
            robot: robot && { username: robot.username, secret: robot.secret },
            carriedByTransship,
        });
    }
}

function byKey<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
    return Object.fromEntries(entries);
}

function numbersOf(of: Readonly<Record<string, { readonly objectId: pulumi.Output<number> }>>) {
    const numbers = Object.entries(of).map(([key, { objectId }]) => [key, objectId]);
    return pulumi.output(Object.fromEntries(numbers) as Record<string, pulumi.Output<number>>);
}

function rulesByName(all: readonly (readonly [string, number])[], { plan }: MirrorWishes) {
    return Object.fromEntries(
        all.map(([name, objectId], index): [string, HarborMirrorRule] => {
            const { images, source } = plan.rules[index] as ReplicationRule;
            return [name, { objectId, source, images }];
        }),
    );
}

function leftByImage(left: readonly LeftToTransship[]): Record<string, HarborMirrorLeft[]> {
    const images = new Map<string, HarborMirrorLeft[]>();
    for (const { image, ...one } of left) {
        images.set(image, [...(images.get(image) ?? []), one]);
    }
    return Object.fromEntries(images);
}

/** Makes the children, each under a name that follows from what it is. */
class Parts {
    readonly #name: string;
    readonly #args: HarborMirrorArgs;
    readonly #place: Place;
    readonly #parent: pulumi.Resource;

    constructor(name: string, args: HarborMirrorArgs, { url }: Pick<Place, "url">, parent: pulumi.Resource) {
        const { adopt, credentials } = args;
        this.#name = name;
        this.#args = args;
        this.#place = {
            url,
            ...(credentials === undefined ? {} : { credentials }),
            ...(adopt === undefined ? {} : { adopt }),
        };
        this.#parent = parent;
    }

    endpoint({ args: { credentials, ...args }, key }: WantedEndpoint): HarborRegistryEndpoint {
        return new HarborRegistryEndpoint(
            `${this.#name}-endpoint-${key}`,
            {
                ...this.#place,
                name: `${this.#name}-${key}`,
                ...args,
                ...(credentials === undefined ? {} : { registryCredentials: credentials }),
            },
            { parent: this.#parent },
        );
    }

    project({ fixed, kept, name, settings }: WantedProject): HarborProject {
        const at = `${this.#name}-project-${name}`;
        const project = new HarborProject(at, { ...this.#place, name, ...settings }, { parent: this.#parent });
        const below = { ...this.#place, project: project.name };
        const { retention } = this.#args;
        if (kept !== undefined) {
            const { schedule } = retention === undefined || retention === false ? {} : retention;
            new HarborRetention(
                `${this.#name}-retention-${name}`,
                { ...below, rules: [...kept], ...(schedule === undefined ? {} : { schedule }) },
                { parent: this.#parent },
            );
        }
        for (const { parent, repositories, tags } of fixed) {
            new HarborImmutableTags(
                `${this.#name}-immutable-${[name, ...(parent === "" ? [] : [parent])].join("/")}`,
                { ...below, repositories: { matches: repositories }, tags: { matches: tags } },
                { parent: this.#parent },
            );
        }
        return project;
    }

    cache(
        cache: HarborMirrorCacheArgs & { readonly name: string },
        endpoints: Readonly<Record<string, HarborRegistryEndpoint>>,
    ): HarborProject {
        const { filter, maxConnections, name, referrers, serveLocalOnNotFound, source, speed, ...settings } = cache;
        const limits = { filter, maxConnections, referrers, serveLocalOnNotFound, speed };
        const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
        const endpoint = endpoints[source] as HarborRegistryEndpoint;
        return new HarborProject(
            `${this.#name}-cache-${name}`,
            { ...this.#place, name, ...settings, proxyCache: { registryId: endpoint.objectId, ...given } },
            { parent: this.#parent },
        );
    }

    /** After its projects: Harbor itself makes one that is not there, with settings that nobody chose. */
    rule(
        { flatten, key, name, names, namespace, source, tags }: ReplicationRule,
        endpoints: Readonly<Record<string, HarborRegistryEndpoint>>,
        projects: Readonly<Record<string, HarborProject>>,
    ): HarborReplication {
        const { replication = {} } = this.#args;
        const { allPlatforms, exact, locked, schedule, signatures, ...given } =
            replication === false ? {} : replication;
        const project = projects[namespace.split("/")[0] ?? ""] as HarborProject;
        return new HarborReplication(
            `${this.#name}-rule-${key}`,
            {
                ...this.#place,
                name: `${this.#name}-${name}`,
                direction: "pull",
                registryId: (endpoints[source] as HarborRegistryEndpoint).objectId,
                namespace,
                flatten,
                filters: { names, tags: { matches: tags } },
                trigger: schedule === undefined ? { type: "manual" } : { type: "scheduled", cron: schedule },
                // Said, so that a rule that somebody turned off by hand is seen.
                enabled: true,
                override: true,
                ...given,
            },
            { parent: this.#parent, dependsOn: project },
        );
    }

    robot(
        projects: Readonly<Record<string, HarborProject>>,
        caches: Readonly<Record<string, HarborProject>>,
    ): HarborRobot | undefined {
        const { robot = {} } = this.#args;
        if (robot === false) {
            return undefined;
        }
        const { access = "push", ...given } = robot;
        const rights = access === "push" ? (["pull", "push"] as const) : (["pull"] as const);
        const scopes = [
            ...Object.values(projects).map(({ name }) => ({ project: name, access: [...rights] })),
            ...Object.values(caches).map(({ name }) => ({ project: name, access: ["pull" as const] })),
        ];
        return new HarborRobot(
            `${this.#name}-robot`,
            { ...this.#place, name: `${this.#name}-ci`, ...given, permissions: scopes },
            { parent: this.#parent },
        );
    }

    /** They are the whole Harbor's: a second component that says one is a mistake. */
    schedules(host: string, caches: Readonly<Record<string, HarborProject>>): void {
        const { garbageCollection, scanAll } = this.#args;
        if (garbageCollection !== undefined) {
            takeOnce(host, "garbageCollection", this.#name);
            // Said, so that what somebody ticks by hand is seen.
            const deleteUntagged = garbageCollection.deleteUntagged ?? false;
            new HarborSchedule(
                `${this.#name}-garbage-collection`,
                { ...this.#place, job: "garbage-collection", ...garbageCollection, deleteUntagged },
                { parent: this.#parent, dependsOn: Object.values(caches) },
            );
        }
        if (scanAll !== undefined) {
            takeOnce(host, "scanAll", this.#name);
            new HarborSchedule(
                `${this.#name}-scan-all`,
                { ...this.#place, job: "scan-all", schedule: scanAll },
                { parent: this.#parent },
            );
        }
    }
}
