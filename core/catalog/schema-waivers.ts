import * as v from "valibot";
import { choose, map } from "./schema-parts";

/* `waive` and `maintenance` as they are written: when drift is known and counts as none. */

const about = v.description;
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const CLOCK_OR_END = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
/** As `Date.getUTCDay` counts. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const instant = v.pipe(
    v.string(),
    v.regex(INSTANT, "must be a date, or a date and a time with its zone, as in 2026-12-31 or 2026-12-31T18:00:00Z"),
);
const list = (what: string) => v.pipe(v.array(text), v.minLength(1, `must name at least one ${what}`));
const reason = v.pipe(
    v.string(),
    v.regex(/\S/, "must say why: every report shows it"),
    v.maxLength(300, "must be at most 300 characters: every report shows it"),
    about("Why; every report shows it."),
);
const environments = v.optional(
    v.pipe(list("environment"), about("Environments of this catalogue in which it holds. Default: all.")),
);

export const waiverSchema = map({
    image: v.pipe(text, about("Name of an image of this catalogue, whose drift is known.")),
    tag: v.optional(v.pipe(text, about("Its tag at the source. Default: all."))),
    registry: v.optional(
        v.pipe(
            text,
            about("Name of a registry that the image is at. Default: all, and what is found about all of them."),
        ),
    ),
    until: v.pipe(
        instant,
        about("When it ends: a date (with the end of that day, UTC), or a date and a time with its zone."),
    ),
    reason,
    environments,
});

const narrowing = {
    images: v.optional(v.pipe(list("image"), about("Names of images. Default: all."))),
    registries: v.optional(v.pipe(list("registry"), about("Names of registries. Default: all."))),
    reason,
    environments,
};
const period = map(
    {
        from: v.pipe(
            instant,
            about("When it begins: a date (with the begin of that day, UTC), or a date and a time with its zone."),
        ),
        until: v.pipe(
            instant,
            about("When it ends: a date (with the end of that day, UTC), or a date and a time with its zone."),
        ),
        ...narrowing,
    },
    {
        to: 'a period ends at "until"; one that comes again has "from" and "to" as times of the day, and no "until"',
        days: 'a period from one moment until another has no days; one that comes again has "to" and no "until"',
        timeZone: "a period's moments have their own zone, as in 2026-12-31T18:00:00+01:00",
    },
);
const recurring = map({
    days: v.optional(
        v.pipe(
            v.array(v.picklist(WEEKDAYS)),
            v.minLength(1, "must name at least one day"),
            about("Days on which it begins. Default: every day."),
        ),
    ),
    from: v.pipe(
        v.string(),
        v.regex(CLOCK, 'must be a time of the day, as in "22:00"'),
        about("Time of the day at which it begins."),
    ),
    to: v.pipe(
        v.string(),
        v.regex(CLOCK_OR_END, 'must be a time of the day, as in "04:00", or "24:00"'),
        about("Time of the day at which it ends: of the next day where it is not after from."),
    ),
    timeZone: v.optional(
        v.pipe(text, about("IANA name of the zone whose clock is meant: Europe/Berlin. Default: UTC.")),
    ),
    ...narrowing,
});

/** A period of its own has an end; what comes again has none. */
export const maintenanceSchema = choose([period, recurring], (input) =>
    typeof input === "object" && input !== null && "until" in input ? 0 : 1,
);

export type WrittenWaiver = v.InferInput<typeof waiverSchema>;
export type WrittenMaintenance = v.InferInput<typeof maintenanceSchema>;
