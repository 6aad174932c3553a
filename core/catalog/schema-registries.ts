import * as v from "valibot";
import { quote } from "../oci";
import { DURATION } from "./durations";
import { choose, isReserved, map } from "./schema-parts";

/* The part of the schema which says what a registry may be, and the texts that all parts share; see schema.ts. */

const about = v.description;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const NAME_RULE = 'it begins with a letter or a digit, and has letters, digits, ".", "_" and "-", at most 100';
export const name = v.pipe(
    v.string(),
    v.regex(NAME, (issue) => `${quote(issue.input)} cannot be a name: ${NAME_RULE}`),
);

/** Whether a text can be the name of an environment, a registry or an image. */
export function isName(word: string): boolean {
    return v.is(name, word) && !isReserved(word);
}

export const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
export const duration = v.pipe(
    v.string(),
    v.regex(DURATION, "must be a whole number and ms, s, m, h or d, as in 5s or 24h"),
);
export const natural = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
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
export const replicateWith = v.pipe(
    v.picklist(["transship", "harbor", "ecr"]),
    about(
        "Who carries: transship, ourselves; harbor, a replication rule of the Harbor that is the target or the source; " +
            "ecr, the source registry's own replication. All copies are checked by digest by us. Default: transship.",
    ),
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
    replicateWith: v.optional(
        v.pipe(replicateWith, about("Who carries to this registry, where a target says nothing.")),
    ),
    keepRemaining: v.optional(v.pipe(natural(0), about("Pulls of the registry's limit that are never spent."))),
};
export const registrySchema = map({ host, ...registryKeys });
export const registryOverrideSchema = map({ host: v.optional(host), ...registryKeys });

export type WrittenRegistry = v.InferInput<typeof registrySchema>;
export type WrittenRegistryOverride = v.InferInput<typeof registryOverrideSchema>;
export type WrittenCredentials = v.InferInput<typeof credentials>;
