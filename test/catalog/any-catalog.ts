import fc from "fast-check";

/** A catalogue as a file has it, the lock beside it, and one of its environments; most of them are valid. */
export interface AnyCatalog {
    readonly text: string;
    readonly lock?: string;
    readonly environment?: string;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** What most catalogues cannot have: it asks for registries of certain kinds. */
const rarely = (...words: readonly string[]) =>
    fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...words) });
const digest = fc.constantFrom("a", "b", "c").map((letter) => `sha256:${letter.repeat(64)}`);

const source = fc.oneof(
    fc.record({ from: fc.constant("env"), username: maybe(fc.constant("USER")), password: fc.constant("TOKEN") }),
    fc.record({ from: fc.constantFrom("docker", "anonymous", "gcp") }),
    fc.record({
        from: fc.constant("aws"),
        profile: maybe(fc.constant("hub")),
        region: maybe(fc.constant("eu-west-1")),
    }),
    fc.record({ from: fc.constant("config"), key: fc.constant("harbor") }),
);
const duration = fc.constantFrom("500ms", "5s", "90s", "60m", "2h", "7d");
const settings = {
    kind: maybe(fc.constantFrom("harbor", "distribution", "other", "ghcr")),
    credentials: maybe(fc.oneof(source, fc.record({ pull: source, push: source }))),
    ca: maybe(fc.constant("certs/ca.pem")),
    clientCert: maybe(fc.constant({ cert: "certs/a.pem", key: "../keys/a.key" })),
    timeouts: maybe(fc.record({ connect: maybe(duration), idle: maybe(duration) })),
    concurrency: maybe(fc.integer({ min: 1, max: 50 })),
    keepRemaining: maybe(fc.integer({ min: 0, max: 20 })),
    replicateWith: rarely("harbor", "transship"),
    public: maybe(fc.boolean()),
};
const HOSTS = [
    "docker.io",
    "docker.io/x",
    "ghcr.io/acme",
    "ghcr.io",
    "127.0.0.1:5000",
    "127.0.0.1:5000/m/n",
    "q.example.com",
];
const REGISTRIES = ["hub", "ghcr", "ecr", "10", "docker.io", "ghcr.io"];
const registries = fc
    .tuple(
        fc.uniqueArray(fc.constantFrom(...REGISTRIES), { minLength: 5, maxLength: 5 }),
        fc.uniqueArray(fc.constantFrom(...HOSTS), { minLength: 1, maxLength: 5 }),
        fc.array(fc.record(settings), { minLength: 5, maxLength: 5 }),
    )
    .map(([names, hosts, all]) => {
        return Object.fromEntries(hosts.map((host, index) => [names[index], { host, ...all[index] }]));
    });
/** Overrides send registries to one place, below one another, or where another source is. */
const override = fc.record({ host: maybe(fc.constantFrom(...HOSTS)), ...settings, ca: fc.constant(undefined) });

const selector = fc.oneof(
    fc.record({ semver: fc.constantFrom(">=1", "~1.2"), newest: maybe(fc.integer({ min: 1, max: 5 })) }),
    fc.record({ glob: fc.constantFrom("1.*", "v{1,2}*"), exclude: maybe(fc.constant(["*-rc*", { regex: ".*x" }])) }),
    fc.record({ regex: fc.constant("(?<version>.+)-alpine") }),
);
const TAGS = ["latest", "1.10", "1.2.3", "null", "0x1", "yes", "2026-01-01"];
/** Names, the last of them renamed perhaps, and a selector perhaps. */
const tagList = fc
    .tuple(fc.uniqueArray(fc.constantFrom(...TAGS), { minLength: 1, maxLength: 4 }), fc.boolean(), maybe(selector))
    .map(([names, isRenamed, more]) => [
        ...names.map((name, index) => (isRenamed && index === names.length - 1 ? { from: name, to: "stable" } : name)),
        ...(more ? [more] : []),
    ]);

/** Some of an image's tags, in another order and under other names perhaps, or all that a glob takes of them. */
function choiceOf(tags: readonly unknown[]) {
    const names = tags.flatMap((tag) => {
        const from = (tag as { from?: string }).from ?? tag;
        return typeof from === "string" ? [from] : [];
    });
    const some = fc.shuffledSubarray(names, { minLength: Math.min(1, names.length) });
    return fc
        .tuple(some, fc.boolean(), fc.boolean())
        .map(([chosen, isRenamed, isOpen]) => [
            ...chosen.map((name) => (isRenamed ? { from: name, to: `${name}-x` } : name)),
            ...(isOpen || chosen.length === 0 ? [{ glob: "*" }] : []),
        ]);
}

const SOURCES = [
    ...["docker.io/library/nginx", "x/nginx", "docker.io/x/y/z", "ghcr.io/acme/a", "ghcr.io/acme/b/c"],
    ...["127.0.0.1:5000/m/n/o/p", "127.0.0.1:5000/p/q", "quay.io/q/r", "q.example.com/library/s/t"],
];

function imageAmong(names: readonly string[]) {
    const tags = fc.oneof(
        { weight: 3, arbitrary: tagList },
        selector.map((one) => [one]),
    );
    return tags.chain((list) => {
        const target = fc.oneof(
            fc.constantFrom<unknown>(...names),
            fc.record({
                registry: fc.constantFrom(...names),
                repository: maybe(fc.constantFrom("infra/a", "infra/b", "ci/c")),
                tags: maybe(choiceOf(list)),
                replicateWith: rarely("harbor", "transship"),
            }),
        );
        return fc
            .record({
                policy: fc.constantFrom("mirror", "dual", "keep", "migrate"),
                phase: fc.constantFrom(undefined, "cut-over"),
                source: fc.constantFrom(...SOURCES),
                targets: fc.array(target, { minLength: 1, maxLength: 2 }),
                platforms: maybe(fc.constantFrom<unknown>("all", ["linux/amd64", "linux/arm64"])),
                referrers: maybe(fc.boolean()),
                foreignLayers: maybe(fc.constantFrom("skip", "carry")),
                wave: maybe(fc.integer({ min: 0, max: 3 })),
                purpose: maybe(fc.constantFrom("ci", "release", "a word: of mine")),
                critical: maybe(fc.boolean()),
            })
            .map(({ targets, phase, ...image }) => ({
                ...image,
                tags: list,
                ...(image.policy === "keep" ? {} : { targets }),
                ...(image.policy === "migrate" && phase ? { phase } : {}),
            }));
    });
}

const reason = fc.constantFrom("known: since #12", "- a\n  line", "\u{1F6A2} 'quoted\"");
function periodsAmong(images: readonly string[], names: readonly string[]) {
    const some = (list: readonly string[]) =>
        maybe(fc.uniqueArray(fc.constantFrom(...list), { minLength: 1, maxLength: 2 }));
    const narrowing = { images: some(images), registries: some(names), reason };
    return {
        waive: maybe(
            fc.array(
                fc.record({
                    image: fc.constantFrom(...images),
                    until: fc.constantFrom("2030-01-01", "2031-02-03T04:05:06Z"),
                    reason,
                }),
                { maxLength: 2 },
            ),
        ),
        maintenance: maybe(
            fc.array(
                fc.oneof(
                    fc.record({ from: fc.constant("2030-01-01"), until: fc.constant("2030-01-02"), ...narrowing }),
                    fc.record({
                        days: maybe(fc.constant(["sat", "sun"])),
                        from: fc.constant("22:00"),
                        to: fc.constantFrom("04:00", "24:00"),
                        timeZone: maybe(fc.constant("Europe/Berlin")),
                        ...narrowing,
                    }),
                ),
                { maxLength: 2 },
            ),
        ),
    };
}

function environmentsAmong(names: readonly string[]) {
    const one = fc.record({
        upstream: maybe(fc.constantFrom("follow", "locked")),
        onForeignDigest: maybe(fc.constantFrom("refuse", "overwrite")),
        purpose: maybe(fc.constantFrom("ci", "release")),
        registries: maybe(fc.dictionary(fc.constantFrom(...names), override, { maxKeys: 3 })),
    });
    const promoted = fc.record({
        promoteFrom: fc.constant("dev"),
        upstream: fc.constant("locked"),
        minAge: maybe(fc.constantFrom("24h", "36h", "90m")),
        registries: maybe(fc.dictionary(fc.constantFrom(...names), override, { maxKeys: 3 })),
    });
    return maybe(fc.record({ dev: one, prod: fc.oneof(one, promoted) }));
}

const IMAGES = ["a", "b", "c", "9", "toString"];
const locks = fc.dictionary(
    fc.constantFrom("dev", "prod", "default"),
    fc.dictionary(
        fc.constantFrom(...IMAGES),
        fc.dictionary(
            fc.constantFrom(...TAGS),
            fc.record({ digest, history: maybe(fc.array(digest, { minLength: 1, maxLength: 3 })) }),
            {
                minKeys: 1,
                maxKeys: 2,
            },
        ),
        { maxKeys: 3 },
    ),
);

export const catalogs: fc.Arbitrary<AnyCatalog> = registries.chain((places) => {
    const names = Object.keys(places);
    const images = fc.dictionary(fc.constantFrom(...IMAGES), imageAmong(names), { minKeys: 1, maxKeys: 4 });
    return images.chain((all) =>
        fc
            .record({
                defaults: maybe(fc.record({ upstream: maybe(fc.constantFrom("follow", "locked")) })),
                namespaces: maybe(fc.constantFrom({ ci: "ci" }, { ci: "for/ci", release: "r" })),
                environments: environmentsAmong(names),
                ...periodsAmong(Object.keys(all), names),
                lock: maybe(locks),
                asked: fc.constantFrom("dev", "prod"),
            })
            .map(({ lock, asked, ...rest }) => ({
                // JSON is YAML too.
                text: JSON.stringify({ version: 1, registries: places, images: all, ...rest }),
                ...(lock && { lock: JSON.stringify({ version: 1, environments: lock }) }),
                ...(rest.environments ? { environment: asked } : {}),
            })),
    );
});
