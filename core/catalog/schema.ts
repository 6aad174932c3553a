import * as v from "valibot";
import { byShape, choose, map, named } from "./schema-parts";
import {
    duration,
    name,
    natural,
    registryOverrideSchema,
    registrySchema,
    replicateWith,
    text,
} from "./schema-registries";
import { tags } from "./schema-tags";
import { maintenanceSchema, waiverSchema } from "./schema-waivers";

/*
 * The catalogue as it is written: the one source of its types, of its checks by form, and of catalog.schema.json
 * (`npm run schema`). What needs more than one place to judge is checked while the catalogue is resolved.
 * Version 1 grows by addition only.
 */

const about = v.description;
const NAMES = { refuseReserved: true };

const policy = v.pipe(
    v.picklist(["keep", "migrate", "dual", "mirror"]),
    about(
        "keep: stays at its source, only watched. migrate: moves to the targets. dual: published by us at source and " +
            "targets, always equal. mirror: somebody else's image, copied to ours. Default: mirror.",
    ),
);
const upstream = v.pipe(
    v.picklist(["follow", "locked"]),
    about(
        "follow: the source's present digest is the wish. locked: the lock's is, and a moved source is news. Default: " +
            "locked for an environment that the catalogue names, follow for a catalogue without environments.",
    ),
);
const onForeignDigest = v.pipe(
    v.picklist(["refuse", "overwrite"]),
    about("What to do about a digest at a target that the lock has never seen. Default: refuse."),
);
const platforms = v.pipe(
    choose(
        [
            v.literal("all", 'must be "all" or a list, as in [linux/amd64, linux/arm64]'),
            v.pipe(v.array(text), v.minLength(1, "must name at least one platform")),
        ],
        byShape,
    ),
    about("Which platforms of an index are carried; a filter changes the digest. Default: all."),
);
const referrers = v.pipe(v.boolean(), about("Whether signatures and attestations are carried too. Default: true."));
const foreignLayers = v.pipe(
    v.picklist(["skip", "carry"]),
    about(
        "Non-distributable layers (Windows base images): skip leaves them at the addresses that they name, carry copies " +
            "them too, where their licence allows it. Default: skip.",
    ),
);

const target = map({
    registry: v.pipe(text, about("Name of a registry of this catalogue.")),
    repository: v.optional(
        v.pipe(text, about("Path below the registry's own path. Default: the source's path without library/.")),
    ),
    tags: v.optional(
        v.pipe(tags, about("Instead of all of the image's tags: a choice of them, and their names at this target.")),
    ),
    replicateWith: v.optional(replicateWith),
    rule: v.optional(
        v.pipe(text, about("With replicateWith harbor: the rule's name at Harbor. Default: the rules that cover it.")),
    ),
});

export const imageSchema = map({
    source: v.pipe(text, about("Repository without tag and digest: docker.io/hashicorp/vault.")),
    tags: v.pipe(
        tags,
        about("The tags to carry; { from, to } gives one another name at the targets, a selector chooses by rules."),
    ),
    policy: v.optional(policy),
    phase: v.optional(
        v.pipe(v.picklist(["copying", "cut-over"]), about("Only with policy migrate. Default: copying.")),
    ),
    targets: v.optional(
        v.pipe(
            v.array(choose([text, target], byShape)),
            about("Names of registries, or maps. Default: those of defaults."),
        ),
    ),
    platforms: v.optional(platforms),
    referrers: v.optional(referrers),
    foreignLayers: v.optional(foreignLayers),
    wave: v.optional(v.pipe(natural(0), about("Images of a lower wave are carried first. Default: 0."))),
    purpose: v.optional(
        v.pipe(text, about("ci or release, which are kept apart, or a word of yours to select images by.")),
    ),
    critical: v.optional(v.pipe(v.boolean(), about("Marks what must never be missing. Default: false."))),
});

/** The purposes that are kept apart. */
export const PURPOSES = ["ci", "release"] as const;

const environmentSchema = map({
    upstream: v.optional(upstream),
    promoteFrom: v.optional(
        v.pipe(text, about("Environment whose proven digests this one takes over; only with upstream locked.")),
    ),
    minAge: v.optional(v.pipe(duration, about("How long a digest was proven there before it is promoted: 24h."))),
    onForeignDigest: v.optional(onForeignDigest),
    purpose: v.optional(
        v.pipe(v.picklist(PURPOSES), about("release: images of purpose ci are refused here; ci: those of release.")),
    ),
    registries: v.optional(
        v.pipe(
            named(name, registryOverrideSchema, NAMES),
            about("Keys of registries to replace; a replaced host redirects sources and targets."),
        ),
    ),
});

const include = v.pipe(
    v.array(text),
    about("Globs relative to this file; the files may have include, registries, images, waive and maintenance."),
);
const registries = v.pipe(named(name, registrySchema, NAMES), about("The registries by name."));
const images = v.pipe(named(name, imageSchema, NAMES), about("The images by name."));
const namespaces = v.pipe(
    named(text, text, NAMES),
    about("Path that images of a purpose get below a target's own, unless the target names its repository: ci: ci."),
);
const waive = v.pipe(v.array(waiverSchema), about("Drift that is known and counts as none, each until a day."));
const maintenance = v.pipe(v.array(maintenanceSchema), about("Periods in which drift is expected and counts as none."));

export const catalogSchema = map({
    version: v.pipe(v.literal(1, "must be 1"), about("Version of this format.")),
    include: v.optional(include),
    defaults: v.optional(
        v.pipe(
            map({
                policy: v.optional(policy),
                targets: v.optional(v.pipe(v.array(text), about("Names of registries."))),
                platforms: v.optional(platforms),
                referrers: v.optional(referrers),
                foreignLayers: v.optional(foreignLayers),
                upstream: v.optional(upstream),
                onForeignDigest: v.optional(onForeignDigest),
            }),
            about("What an image or an environment gets where it says nothing."),
        ),
    ),
    registries: v.optional(registries),
    namespaces: v.optional(namespaces),
    environments: v.optional(v.pipe(named(name, environmentSchema, NAMES), about("The environments by name."))),
    images: v.optional(images),
    waive: v.optional(waive),
    maintenance: v.optional(maintenance),
});

/** A file that another one includes. */
const MAIN_ONLY = "it belongs in the catalogue that includes this file";
export const includedSchema = map(
    {
        version: v.optional(v.literal(1, "must be 1")),
        include: v.optional(include),
        registries: v.optional(registries),
        images: v.optional(images),
        waive: v.optional(waive),
        maintenance: v.optional(maintenance),
    },
    { defaults: MAIN_ONLY, environments: MAIN_ONLY, namespaces: MAIN_ONLY },
);

export type WrittenCatalog = v.InferInput<typeof catalogSchema>;
export type { WrittenCredentials, WrittenRegistry, WrittenRegistryOverride } from "./schema-registries";
export type WrittenEnvironment = v.InferInput<typeof environmentSchema>;
export type WrittenImage = v.InferInput<typeof imageSchema>;
