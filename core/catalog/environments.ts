import { parseDuration } from "./durations";
import { suggestion } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import { type Entry, readHost } from "./registries";
import type { WrittenCatalog, WrittenEnvironment, WrittenRegistryOverride } from "./schema";
import type { OnForeignDigest, Purpose, Upstream } from "./types";
import type { Loose } from "./validate";

/** What the environment at hand decides. */
export interface Environment {
    readonly name: string;
    readonly upstream: Upstream;
    readonly onForeignDigest: OnForeignDigest;
    readonly promoteFrom?: string;
    readonly minAge?: number;
    readonly purpose?: Purpose;
    readonly overrides: ReadonlyMap<string, Entry<WrittenRegistryOverride>>;
}

/** Where a catalogue names no environment and none is passed. */
const UNNAMED = "default";

/**
 * Checks all environments and gives back the one that is asked for. A named one is locked unless it, or `defaults`,
 * says follow: so production never carries what nobody tested. A catalogue without environments has one, which follows.
 */
export function readEnvironment(
    main: { readonly written: Loose<WrittenCatalog>; readonly place: Place },
    registryNames: readonly string[],
    asked: string | undefined,
    problems: Problems,
): Environment {
    const { defaults, environments } = main.written;
    const onForeignDigest = defaults?.onForeignDigest ?? "refuse";
    const place = main.place.at("environments");
    if (environments === undefined) {
        const upstream = defaults?.upstream ?? "follow";
        return { name: asked ?? UNNAMED, upstream, onForeignDigest, overrides: new Map() };
    }
    const entries = new Map(
        Object.entries(environments).map(([name, written]) => [
            name,
            { name, written: written ?? {}, place: place.at(name) },
        ]),
    );
    for (const entry of entries.values()) {
        checkPromotion(entry, entries, defaults?.upstream, problems);
        checkOverrides(entry, registryNames, problems);
    }
    const name = chooseName([...entries.keys()], asked, place, problems);
    const entry = entries.get(name);
    const minAge = entry?.written.minAge === undefined ? undefined : parseDuration(entry.written.minAge);
    return {
        name,
        upstream: entry?.written.upstream ?? defaults?.upstream ?? "locked",
        onForeignDigest: entry?.written.onForeignDigest ?? onForeignDigest,
        ...(entry?.written.promoteFrom === undefined ? {} : { promoteFrom: entry.written.promoteFrom }),
        ...(minAge === undefined ? {} : { minAge }),
        ...(entry?.written.purpose === undefined ? {} : { purpose: entry.written.purpose }),
        overrides: new Map(entry === undefined ? [] : overridesOf(entry).map((override) => [override.name, override])),
    };
}

function chooseName(names: readonly string[], asked: string | undefined, place: Place, problems: Problems): string {
    if (asked !== undefined && names.includes(asked)) {
        return asked;
    }
    if (asked !== undefined) {
        problems.report(place, `there is no environment ${JSON.stringify(asked)}${suggestion(asked, names)}`);
        return asked;
    }
    if (names.length === 0) {
        problems.report(place, 'this names no environment: leave out "environments", or name one');
    } else if (names.length > 1) {
        problems.report(
            place,
            `the catalogue has several environments (${names.join(", ")}): say which of them is meant`,
        );
    }
    return names[0] ?? UNNAMED;
}

function overridesOf(entry: Entry<WrittenEnvironment>): Entry<WrittenRegistryOverride>[] {
    return Object.entries(entry.written.registries ?? {}).map(([name, written]) => ({
        name,
        written: written ?? {},
        place: entry.place.at("registries", name),
    }));
}

function checkOverrides(entry: Entry<WrittenEnvironment>, registryNames: readonly string[], problems: Problems): void {
    for (const override of overridesOf(entry)) {
        const { name, place } = override;
        readHost(override, problems);
        if (!registryNames.includes(name)) {
            const message = `unknown registry ${JSON.stringify(name)}${suggestion(name, registryNames)}`;
            problems.report(place, message, { on: "key" });
        }
    }
}

function checkPromotion(
    entry: Entry<WrittenEnvironment>,
    entries: ReadonlyMap<string, Entry<WrittenEnvironment>>,
    byDefault: Upstream | undefined,
    problems: Problems,
): void {
    const { promoteFrom, minAge, upstream = byDefault } = entry.written;
    if (promoteFrom === undefined) {
        if (minAge !== undefined && !problems.isBroken(entry.place.at("promoteFrom"))) {
            problems.report(entry.place.at("minAge"), 'this has no meaning without "promoteFrom"');
        }
        return;
    }
    const place = entry.place.at("promoteFrom");
    if (!entries.has(promoteFrom)) {
        const others = [...entries.keys()].filter((name) => name !== entry.name);
        problems.report(place, `unknown environment ${JSON.stringify(promoteFrom)}${suggestion(promoteFrom, others)}`);
        return;
    }
    if (upstream === "follow") {
        problems.report(place, 'this has no meaning with "upstream: follow": promotion moves locked digests');
    }
    const chain = [entry.name];
    for (
        let next: string | undefined = promoteFrom;
        next !== undefined;
        next = entries.get(next)?.written.promoteFrom
    ) {
        chain.push(next);
        if (next === entry.name) {
            // Each of the circle gets here; one of them tells it.
            if ([...chain].sort()[0] === entry.name) {
                problems.report(place, `promotion goes in a circle: ${chain.join(" <- ")}`);
            }
            return;
        }
        if (chain.indexOf(next) < chain.length - 1) {
            return;
        }
    }
}
