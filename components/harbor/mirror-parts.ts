import type * as pulumi from "@pulumi/pulumi";
import type { ReplicationRule } from "../../core/harbor-plan";
import { takeOnce } from "../ecr/one-for-a-place";
import { HarborImmutableTags } from "./harbor-immutable-tags";
import type { HarborMirrorArgs, HarborMirrorCacheArgs } from "./harbor-mirror-args";
import { HarborProject } from "./harbor-project";
import { HarborRegistryEndpoint } from "./harbor-registry-endpoint";
import { HarborReplication } from "./harbor-replication";
import { HarborRetention } from "./harbor-retention";
import { HarborRobot } from "./harbor-robot";
import { HarborSchedule } from "./harbor-schedule";
import type { WantedEndpoint, WantedProject } from "./mirror-wishes";

/** What every child has: where it is, as whom, and whether it is taken over. */
interface Place {
    readonly url: pulumi.Input<string>;
    readonly credentials?: pulumi.Input<string>;
    readonly adopt?: pulumi.Input<boolean>;
}

/** Makes the children, each under a name that follows from what it is. */
export class MirrorParts {
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
