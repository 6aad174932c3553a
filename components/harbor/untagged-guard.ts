import * as pulumi from "@pulumi/pulumi";
import { refuseUntaggedCollection } from "../../core/harbor-plan";
import { atProperty } from "../images/arguments";

interface Harbor {
    readonly caches: Set<string>;
    collects: boolean;
}

/** Of each program: as components/ecr/one-for-a-place.ts. */
const harbors = new WeakMap<object, Map<string, Harbor>>();

/**
 * Remembers what a component wants of a Harbor, and refuses the pair that empties caches, where two components of one
 * program have a half each. HarborSchedule finds at Harbor itself what another program has.
 *
 * @throws InputPropertyError
 */
export function refuseForbiddenPair(host: string, caches: readonly string[], collects: boolean): void {
    const program: object = pulumi.runtime.getMonitor() ?? harbors;
    const all = harbors.get(program) ?? new Map<string, Harbor>();
    harbors.set(program, all);
    const harbor = all.get(host) ?? { caches: new Set<string>(), collects: false };
    all.set(host, harbor);
    for (const cache of caches) {
        harbor.caches.add(cache);
    }
    harbor.collects ||= collects;
    const argument = collects ? "garbageCollection.deleteUntagged" : "proxyCaches";
    atProperty(argument, () => refuseUntaggedCollection(host, [...harbor.caches], harbor.collects));
}
