import * as pulumi from "@pulumi/pulumi";
import { harborUrl, type LeftToTransship, type ReplicationRule } from "../../core/harbor-plan";
import type { HarborMirrorArgs } from "./harbor-mirror-args";
import type { HarborRobot } from "./harbor-robot";
import { MirrorParts } from "./mirror-parts";
import { type MirrorWishes, wishesOf } from "./mirror-wishes";
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
        const parts = new MirrorParts(name, args, { url: args.url ?? harborUrl(registry) }, this);
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
