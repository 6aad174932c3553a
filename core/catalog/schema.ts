import * as v from "valibot";
import { quote } from "../oci";
import { DURATION } from "./durations";
import { byShape, choose, map, named } from "./schema-parts";
import { tags } from "./schema-tags";
import { maintenanceSchema, waiverSchema } from "./schema-waivers";

/*
 * The catalogue as it is written: the one source of its types, of its checks by form, and of catalog.schema.json
 * (`npm run schema`). What needs more than one place to judge is checked while the catalogue is resolved.
 * Version 1 grows by addition only.
 */

const about = v.description;
const NAMES = { refuseReserved: true };
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const NAME_RULE = 'it begins with a letter or a digit, and has letters, digits, ".", "_" and "-", at most 100';
const name = v.pipe(
    v.string(),
    v.regex(NAME, (issue) => `${quote(issue.input)} cannot be a name: ${NAME_RULE}`),
);
const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const duration = v.pipe(v.string(), v.regex(DURATION, "must be a whole number and ms, s, m, h or d, as in 5s or 24h"));
const natural = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
const variable = (what: string) =>
    v.pipe(
        v.string(),
        // The message never repeats the text: who writes the secret here by mistake must not find it in a log.
        v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable, never the secret itself"),
        about(what),
    );

const credentialSource = v.variant("from", [
    map({
        from: v.literal("env"),
        username: v.optional(variable("Name of the environment variable with the user's name.")),
        password: variable("Name of the environment variable with the password or token."),
    }),
    map({ from: v.pipe(v.literal("docker"), about("Docker's config.json and its helpers.")) }),
    map({
        from: v.pipe(v.literal("aws"), about("The AWS SDK's chain, for ECR.")),
        profile: v.optional(text),
        region: v.optional(text),
        roleArn: v.optional(text),
    }),
    map({ from: v.pipe(v.literal("gcp"), about("Google's application default credentials.")) }),
    map({ from: v.literal("config"), key: v.pipe(text, about("Key of the stack's secret configuration.")) }),
    map({ from: v.pipe(v.literal("anonymous"), about("Never sends any.")) }),
]);
const credentials = v.pipe(
    choose([credentialSource, map({ pull: credentialSource, push: credentialSource })], (input) =>
        typeof input === "object" && input !== null && ("pull" in input || "push" in input) ? 1 : 0,
    ),
    about("Where the credentials come from, never the credentials. Default: Docker's config, then anonymous."),
);

export const REGISTRY_KINDS = [
    "dockerhub",
    "ghcr",
    "ecr",
    "ecr-public",
    "harbor",
    "distribution",
    "zot",
    "nexus",
    "gar",
    "acr",
    "quay",
    "other",
] as const;

const host = v.pipe(
    text,
    about("Host with an optional port and an optional path, which prefixes every target repository: ghcr.io/acme."),
);
const registryKeys = {
    kind: v.optional(v.pipe(v.picklist(REGISTRY_KINDS), about("Which quirks apply. Default: by the host."))),
    credentials: v.optional(credentials),
    insecure: v.optional(v.pipe(v.boolean(), about("Plain HTTP. Default: false."))),
    ca: v.optional(v.pipe(text, about("PEM file with the certificates to trust, relative to this file."))),
    clientCert: v.optional(
        v.pipe(map({ cert: text, key: text }), about("PEM files of a client certificate, relative to this file.")),
    ),
    timeouts: v.optional(
        v.pipe(
            map({
                connect: v.optional(v.pipe(duration, about("Until a connection stands."))),
                idle: v.optional(v.pipe(duration, about("Without a byte arriving."))),
            }),
            about("Durations such as 500ms, 5s, 2m."),
        ),
    ),
    concurrency: v.optional(v.pipe(natural(1), about("Most requests at a time."))),
    public: v.optional(
        v.pipe(
            v.boolean(),
            about(
                "What is carried there is for everybody: looks prove that it can be pulled without a login. Default: false.",
            ),
        ),
    ),
    keepRemaining: v.optional(v.pipe(natural(0), about("Pulls of the registry's limit that are never spent."))),
};
export const registrySchema = map({ host, ...registryKeys });
export const registryOverrideSchema = map({ host: v.optional(host), ...registryKeys });

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
    purpose: v.optional(v.pipe(text, about("A word of yours to select images by: ci."))),
    critical: v.optional(v.pipe(v.boolean(), about("Marks what must never be missing. Default: false."))),
});

const environmentSchema = map({
    upstream: v.optional(upstream),
    promoteFrom: v.optional(
        v.pipe(text, about("Environment whose proven digests this one takes over; only with upstream locked.")),
    ),
    minAge: v.optional(v.pipe(duration, about("How long a digest was proven there before it is promoted: 24h."))),
    onForeignDigest: v.optional(onForeignDigest),
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
    { defaults: MAIN_ONLY, environments: MAIN_ONLY },
);

export type WrittenCatalog = v.InferInput<typeof catalogSchema>;
export type WrittenRegistry = v.InferInput<typeof registrySchema>;
export type WrittenRegistryOverride = v.InferInput<typeof registryOverrideSchema>;
export type WrittenEnvironment = v.InferInput<typeof environmentSchema>;
export type WrittenImage = v.InferInput<typeof imageSchema>;
export type WrittenCredentials = v.InferInput<typeof credentials>;
