import { findImage, kindOfHost, type Registry, suggestion } from "../../core/catalog";
import {
    endpointOf,
    type FixedTags,
    fixedTags,
    type Keep,
    type KeptRule,
    keptRules,
    type MirrorPlan,
    mirrorPlan,
    refuseUntaggedCollection,
} from "../../core/harbor-plan";
import { isHost } from "../../core/oci";
import { atProperty, badArgument, checkChoice } from "../images/arguments";
import type {
    HarborMirrorArgs,
    HarborMirrorCacheArgs,
    HarborMirrorProjectArgs,
    HarborMirrorSourceArgs,
} from "./harbor-mirror-args";

/** All that is decided before anything is made. */
export interface MirrorWishes {
    readonly plan: MirrorPlan;
    readonly projects: readonly WantedProject[];
    readonly caches: readonly (HarborMirrorCacheArgs & { readonly name: string })[];
    readonly endpoints: readonly WantedEndpoint[];
}

export interface WantedProject {
    readonly name: string;
    readonly settings: HarborMirrorProjectArgs;
    /** Absent where no retention is wanted. */
    readonly kept?: readonly KeptRule[];
    readonly fixed: readonly FixedTags[];
}

export interface WantedEndpoint {
    /** Of the catalogue's registry, or a host. */
    readonly key: string;
    readonly args: HarborMirrorSourceArgs & Required<Pick<HarborMirrorSourceArgs, "type" | "endpoint">>;
}

/** @throws InputPropertyError for a mistake that ends the program here */
export function wishesOf(args: HarborMirrorArgs): MirrorWishes {
    const plan = planOf(args);
    const caches = Object.entries(args.proxyCaches ?? {}).map(([name, cache]) => ({ ...cache, name }));
    checkNames(args, plan);
    atProperty("garbageCollection.deleteUntagged", () =>
        refuseUntaggedCollection(
            plan.registry.host,
            caches.map(({ name }) => name),
            args.garbageCollection?.deleteUntagged === true,
        ),
    );
    const { immutableTags = true, retention = {} } = args;
    const { others } = retention === false ? {} : retention;
    const except = typeof immutableTags === "object" ? immutableTags.except : [];
    for (const image of except) {
        atProperty("immutableTags.except", () => findImage(args.catalog, image));
    }
    return {
        plan,
        caches,
        endpoints: endpointsOf(args, plan),
        projects: plan.projects.map((project) => ({
            name: project.name,
            settings: {
                ...(plan.registry.public === undefined ? {} : { public: plan.registry.public }),
                ...args.project,
                ...args.perProject?.[project.name],
            },
            ...(retention === false ? {} : { kept: keptRules(project, listOf(others)) }),
            fixed: immutableTags === false ? [] : fixedTags(project, except),
        })),
    };
}

function listOf(others: Keep | readonly Keep[] | undefined): readonly Keep[] | undefined {
    return others === undefined || Array.isArray(others) ? (others as readonly Keep[]) : [others as Keep];
}

function planOf({ catalog, lock, registry, replication = {} }: HarborMirrorArgs): MirrorPlan {
    const { allPlatforms, exact, locked, signatures } = replication === false ? {} : replication;
    checkChoice("replication.locked", locked, ["transship", "harbor"]);
    return atProperty("catalog", () =>
        mirrorPlan(catalog, {
            ...(registry === undefined ? {} : { registry }),
            ...(lock === undefined ? {} : { lock }),
            ...(allPlatforms === undefined ? {} : { allPlatforms }),
            ...(exact === undefined ? {} : { exact }),
            ...(locked === undefined ? {} : { locked }),
            ...(signatures === undefined ? {} : { signatures }),
            rules: replication !== false,
        }),
    );
}

function checkNames(args: HarborMirrorArgs, plan: MirrorPlan): void {
    const projects = plan.projects.map(({ name }) => name);
    for (const name of Object.keys(args.perProject ?? {})) {
        if (!projects.includes(name)) {
            const there = `the catalogue has no image in a project "${name}" at ${plan.registry.name}`;
            throw badArgument("perProject", `${there}${suggestion(name, projects)}`);
        }
    }
    for (const name of Object.keys(args.proxyCaches ?? {})) {
        if (projects.includes(name)) {
            throw badArgument(
                "proxyCaches",
                `the catalogue carries images to the project "${name}", and nothing can be carried to a proxy cache: give the cache another name`,
            );
        }
    }
    const used = [...plan.sources.map(({ name }) => name), ...cachesSources(args)];
    for (const key of Object.keys(args.sources ?? {})) {
        const isKnown = used.includes(key) || Object.hasOwn(args.catalog.registries, key);
        if (!isKnown) {
            throw badArgument("sources", `no image and no proxy cache comes from "${key}"${suggestion(key, used)}`);
        }
    }
}

function cachesSources({ proxyCaches = {} }: HarborMirrorArgs): string[] {
    return Object.values(proxyCaches).map(({ source }) => source);
}

/** One for each registry that rules or proxy caches pull from. */
function endpointsOf(args: HarborMirrorArgs, plan: MirrorPlan): WantedEndpoint[] {
    const keys = [...new Set([...plan.sources.map(({ name }) => name), ...cachesSources(args)])].sort();
    return keys.map((key) => {
        const { registries } = args.catalog;
        const registry = Object.hasOwn(registries, key) ? registries[key] : undefined;
        const given = args.sources?.[key] ?? {};
        const found = registry ?? (isPlace(key) ? { host: key, kind: kindOfHost(key) } : undefined);
        if (found === undefined && (given.type === undefined || given.endpoint === undefined)) {
            throw badArgument(
                "proxyCaches",
                `"${key}" is no registry of the catalogue and no host${suggestion(key, Object.keys(registries))}: name one, or say its "type" and its "endpoint" in "sources"`,
            );
        }
        const login = loginOf(registry);
        return {
            key,
            args: {
                ...(login === undefined ? {} : { credentials: login }),
                ...((found && endpointOf(found)) as ReturnType<typeof endpointOf>),
                ...given,
            },
        };
    });
}

function isPlace(key: string): boolean {
    return /[.:]/.test(key) && isHost(key);
}

function loginOf(registry: Registry | undefined): string | undefined {
    const pull = registry?.credentials?.pull;
    return pull?.from === "config" ? pull.key : undefined;
}
