import { quote } from "../oci";
import type { Item, Written } from "./include";
import { parseInstant } from "./instants";
import { suggestion } from "./nearest";
import type { Place } from "./place";
import type { Problems } from "./problems";
import type { WrittenMaintenance, WrittenWaiver } from "./schema-waivers";
import type { CatalogImage, MaintenanceWindow, OneOffPeriod, RecurringPeriod, Registry, Waiver } from "./types";
import type { Loose } from "./validate";
import { ZoneClock } from "./zone-clock";

/** What waivers and maintenance windows may name. */
export interface Names {
    /** The one that is resolved. */
    readonly environment: string;
    /** As written; undefined where the catalogue names none. */
    readonly environments?: object;
    readonly written: Pick<Written, "images" | "registries">;
    /** Those that could be resolved. */
    readonly images: readonly CatalogImage[];
    readonly registries: readonly Registry[];
}

/** Checks all waivers, and gives back those that hold in the environment at hand, in their order. */
export function resolveWaivers(items: readonly Item<WrittenWaiver>[], names: Names, problems: Problems): Waiver[] {
    return items.flatMap(({ written, place }) => {
        const holds = holdsHere(written, place, names, problems);
        const entry = findNamed(written.image, "image", names.written.images, place.at("image"), problems);
        const image = names.images.find(({ name }) => name === entry?.name);
        const { tag, registry } = written;
        // What follows from a mistake in the image is not told.
        if (image !== undefined && entry !== undefined && !problems.isBroken(entry.place)) {
            checkTag(tag, image, place.at("tag"), problems);
            checkRegistry(registry, image, place.at("registry"), problems);
        }
        const until = instantAt(written.until, "end", place.at("until"), problems);
        if (!holds || image === undefined || until === undefined) {
            return [];
        }
        return [
            {
                image: image.name,
                ...(tag === undefined ? {} : { tag }),
                ...(registry === undefined ? {} : { registry }),
                until: until.toISOString(),
                reason: oneLine(written.reason),
            },
        ];
    });
}

/** The same for maintenance windows. */
export function resolveMaintenance(
    items: readonly Item<WrittenMaintenance>[],
    names: Names,
    problems: Problems,
): MaintenanceWindow[] {
    return items.flatMap(({ written, place }) => {
        const holds = holdsHere(written, place, names, problems);
        const { images, registries } = written;
        const all = (list: typeof images, what: "image" | "registry", known: readonly { readonly name: string }[]) =>
            list?.forEach((name, index) => {
                const key = what === "image" ? "images" : "registries";
                findNamed(name, what, known, place.at(key, index), problems);
            });
        all(images, "image", names.written.images);
        all(registries, "registry", [...names.written.registries, ...names.registries]);
        const times = readTimes(written, place, problems);
        if (!holds || times === undefined) {
            return [];
        }
        return [
            {
                ...times,
                ...(images === undefined ? {} : { images: present(images) }),
                ...(registries === undefined ? {} : { registries: present(registries) }),
                reason: oneLine(written.reason),
            },
        ];
    });
}

type Times = OneOffPeriod | RecurringPeriod;

function readTimes(written: Loose<WrittenMaintenance>, place: Place, problems: Problems): Times | undefined {
    if ("until" in written) {
        const from = instantAt(written.from, "begin", place.at("from"), problems);
        const until = instantAt(written.until, "end", place.at("until"), problems);
        if (from === undefined || until === undefined) {
            return undefined;
        }
        if (until <= from) {
            problems.report(place.at("until"), "it ends before it begins");
        }
        return { from: from.toISOString(), until: until.toISOString() };
    }
    const { days, from, to, timeZone = "UTC" } = written as Loose<Extract<WrittenMaintenance, { to: string }>>;
    checkZone(timeZone, place.at("timeZone"), problems);
    if (from === undefined || to === undefined) {
        return undefined;
    }
    if (from === to) {
        const advice = 'for a whole day write from: "00:00" and to: "24:00"';
        problems.report(place.at("to"), `it ends when it begins: ${advice}`);
    }
    return { ...(days === undefined ? {} : { days: present(days) }), from, to, timeZone };
}

function checkZone(timeZone: string, place: Place, problems: Problems): void {
    try {
        new ZoneClock(timeZone);
    } catch (error) {
        if (!(error instanceof RangeError)) {
            throw error;
        }
        const known = Intl.supportedValuesOf("timeZone");
        problems.report(place, `unknown time zone ${quote(timeZone)}${suggestion(timeZone, known)}`);
    }
}

/** Whether an entry holds in the environment at hand; a catalogue without environments has none to name. */
function holdsHere(
    { environments }: { readonly environments?: readonly (string | undefined)[] },
    place: Place,
    names: Names,
    problems: Problems,
): boolean {
    if (environments === undefined) {
        return true;
    }
    const at = place.at("environments");
    if (names.environments === undefined) {
        problems.report(at, "this has no meaning in a catalogue without environments");
        return true;
    }
    const known = Object.keys(names.environments).map((name) => ({ name }));
    environments.forEach((name, index) => void findNamed(name, "environment", known, at.at(index), problems));
    return environments.includes(names.environment);
}

function findNamed<T extends { readonly name: string }>(
    name: string | undefined,
    what: "image" | "registry" | "environment",
    known: readonly T[],
    place: Place,
    problems: Problems,
): T | undefined {
    const found = known.find((one) => one.name === name);
    if (name !== undefined && found === undefined) {
        const names = new Set(known.map((one) => one.name));
        problems.report(place, `unknown ${what} ${quote(name)}${suggestion(name, names)}`);
    }
    return found;
}

/** What selectors choose is not known here, so any tag may be meant. */
function checkTag(tag: string | undefined, image: CatalogImage, place: Place, problems: Problems): void {
    if (tag !== undefined && image.selectors === undefined && !image.tags.includes(tag)) {
        const hint = suggestion(tag, image.tags);
        problems.report(place, `image ${quote(image.name)} has no tag ${quote(tag)} at its source${hint}`);
    }
}

function checkRegistry(registry: string | undefined, image: CatalogImage, place: Place, problems: Problems): void {
    const places = [...new Set([image.source.registry, ...image.targets.map((target) => target.registry)])];
    if (registry !== undefined && !places.includes(registry)) {
        const hint = suggestion(registry, places);
        problems.report(place, `image ${quote(image.name)} is at no registry ${quote(registry)}${hint}`);
    }
}

function instantAt(
    text: string | undefined,
    bound: "begin" | "end",
    place: Place,
    problems: Problems,
): Date | undefined {
    const instant = text === undefined ? undefined : parseInstant(text, bound);
    if (text !== undefined && instant === undefined) {
        problems.report(place, `${quote(text)} is in no calendar, or on no clock`);
    }
    return instant;
}

/** A reason is part of a line in every report. */
function oneLine(reason = ""): string {
    return reason.replace(/[\p{Cc}\s]+/gu, " ").trim();
}

function present<T>(list: readonly (T | undefined)[]): T[] {
    return [...new Set(list.flatMap((item) => (item === undefined ? [] : [item])))];
}
