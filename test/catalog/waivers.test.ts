import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compactCatalog, defineCatalog, expandCatalog, loadCatalog } from "../../core/catalog";
import { parseInstant } from "../../core/catalog/instants";
import { folderOf, linesOf, load, problemsOf, REGISTRIES } from "./folder";

const IMAGES = `environments: { dev: { upstream: follow }, prod: {} }
images:
  vault: { source: docker.io/hashicorp/vault, tags: ["1.18", "1.19"], targets: [ghcr] }
  nginx: { source: quay.io/nginx/nginx, tags: { newest: 2 }, targets: [ghcr] }
`;
const catalog = (rest: string, environment = "dev") => load(`${REGISTRIES}${IMAGES}${rest}`, environment);
const problems = (rest: string) =>
    problemsOf(`${REGISTRIES}${IMAGES}${rest}`, "dev").map((line) => line.replace(/^catalog\.yaml:\d+:\d+: /, ""));
const waive = (entry: string) => `waive:\n  - { ${entry} }\n`;
const window = (entry: string) => `maintenance:\n  - { ${entry} }\n`;

describe("An instant", () => {
    it.each([
        ["2026-12-31", "begin", "2026-12-31T00:00:00.000Z"],
        ["2026-12-31", "end", "2027-01-01T00:00:00.000Z"],
        ["2024-02-29", "end", "2024-03-01T00:00:00.000Z"],
        ["2026-12-31T18:00Z", "end", "2026-12-31T18:00:00.000Z"],
        ["2026-12-31T18:00:05+01:00", "begin", "2026-12-31T17:00:05.000Z"],
    ] as const)("%s is, as %s, %s", (text, bound, instant) => {
        expect(parseInstant(text, bound)?.toISOString()).toBe(instant);
    });

    it.each(["2026-02-30", "2026-13-01", "2026-02-30T10:00Z", "2026-12-31T25:00Z", "2026-12-31T10:00+25:00"])(
        "%s is none",
        (text) => {
            expect(parseInstant(text, "end")).toBeUndefined();
        },
    );
});

describe("A waiver", () => {
    it("is kept with its end as an instant and its reason on one line, in the order of the file", () => {
        const { waive: waivers } = catalog(`waive:
  - { image: vault, until: 2026-12-01, reason: hotfix }
  - image: nginx
    tag: "1.27.3"
    registry: quay.io
    until: 2026-12-01T12:00:00+01:00
    reason: >
      a long story,
      told in the ticket
`);
        expect(waivers).toEqual([
            { image: "vault", until: "2026-12-02T00:00:00.000Z", reason: "hotfix" },
            {
                image: "nginx",
                tag: "1.27.3",
                registry: "quay.io",
                until: "2026-12-01T11:00:00.000Z",
                reason: "a long story, told in the ticket",
            },
        ]);
    });

    it("that has ended is no mistake: time passes without an edit", () => {
        expect(catalog(waive("image: vault, until: 2020-01-01, reason: r")).waive).toHaveLength(1);
    });

    it("holds in the environments that it names, and in all where it names none", () => {
        const text = waive("image: vault, until: 2026-12-01, reason: r, environments: [prod]");
        expect(catalog(text, "prod").waive).toEqual([
            { image: "vault", until: "2026-12-02T00:00:00.000Z", reason: "r" },
        ]);
        expect(catalog(text, "dev")).not.toHaveProperty("waive");
        expect(catalog(text, "dev").digest).not.toBe(catalog(text, "prod").digest);
    });

    it("may stand in an included file, about any image", () => {
        const folder = folderOf({
            "catalog.yaml": `${REGISTRIES}include: [teams/*.yaml]\n${IMAGES}${waive("image: nginx, until: 2026-12-01, reason: a")}`,
            "teams/b.yaml": `${waive("image: vault, until: 2026-12-02, reason: b")}${window("from: '22:00', to: '04:00', reason: c")}`,
        });
        const loaded = loadCatalog(join(folder, "catalog.yaml"), { environment: "dev" });
        expect(loaded.waive?.map(({ image, reason }) => [image, reason])).toEqual([
            ["nginx", "a"],
            ["vault", "b"],
        ]);
        expect(loaded.maintenance).toEqual([{ from: "22:00", to: "04:00", timeZone: "UTC", reason: "c" }]);
    });

    it.each([
        ["image: valt, until: 2026-12-01, reason: r", 'waive[0].image: unknown image "valt"; did you mean "vault"?'],
        [
            "image: vault, tag: '1.81', until: 2026-12-01, reason: r",
            'waive[0].tag: image "vault" has no tag "1.81" at its source; did you mean "1.18"?',
        ],
        [
            "image: vault, registry: gchr, until: 2026-12-01, reason: r",
            'waive[0].registry: image "vault" is at no registry "gchr"; did you mean "ghcr"?',
        ],
        [
            "image: vault, until: 2026-12-01, reason: r, environments: [prd]",
            'waive[0].environments[0]: unknown environment "prd"; did you mean "prod"?',
        ],
        ["image: vault, until: 2026-12-01", 'waive[0]: "reason" is missing'],
        ["image: vault, reason: r", 'waive[0]: "until" is missing'],
        ["image: vault, until: 2026-12-01, reason: ' '", "waive[0].reason: must say why: every report shows it"],
        [
            "image: vault, until: 2026-02-30, reason: r",
            'waive[0].until: "2026-02-30" is in no calendar, or on no clock',
        ],
        [
            "image: vault, until: 2026-12-01T10:00:00, reason: r",
            "waive[0].until: must be a date, or a date and a time with its zone, as in 2026-12-31 or 2026-12-31T18:00:00Z",
        ],
        ["image: vault, till: 2026-12-01, until: 2026-12-01, reason: r", 'waive[0]: unknown key "till"'],
    ])("{ %s } is told: %s", (entry, message) => {
        expect(problems(waive(entry))).toEqual([expect.stringContaining(message)]);
    });

    it("is not told to be about an unknown image where the image itself is wrong", () => {
        const text = `${REGISTRIES}images: { vault: { source: docker.io/A/b, tags: [x], targets: [ghcr] } }\n`;
        const lines = problemsOf(`${text}${waive("image: vault, until: 2026-12-01, tag: y, reason: r")}`);
        expect(lines).toEqual([expect.stringContaining("images.vault.source")]);
    });

    it("names no environments in a catalogue that has none", () => {
        const text = `${REGISTRIES}images: { a: { policy: keep, source: a/b, tags: [x] } }\n`;
        expect(problemsOf(`${text}${waive("image: a, until: 2026-12-01, reason: r, environments: [dev]")}`)).toEqual([
            "catalog.yaml:7:47: waive[0].environments: this has no meaning in a catalogue without environments",
        ]);
    });
});

describe("A maintenance window", () => {
    it("is a period, or comes again by a zone's clock", () => {
        const { maintenance } = catalog(`maintenance:
  - { from: 2026-11-28, until: 2026-11-29, registries: [ghcr, quay.io], reason: move }
  - { days: [sat, sun], from: "22:00", to: "24:00", timeZone: Europe/Berlin, images: [vault], reason: clean-up }
`);
        expect(maintenance).toEqual([
            {
                from: "2026-11-28T00:00:00.000Z",
                until: "2026-11-30T00:00:00.000Z",
                registries: ["ghcr", "quay.io"],
                reason: "move",
            },
            {
                days: ["sat", "sun"],
                from: "22:00",
                to: "24:00",
                timeZone: "Europe/Berlin",
                images: ["vault"],
                reason: "clean-up",
            },
        ]);
    });

    it.each([
        ["from: 2026-11-28, until: 2026-11-27, reason: r", "maintenance[0].until: it ends before it begins"],
        [
            "from: '22:00', to: '22:00', reason: r",
            'maintenance[0].to: it ends when it begins: for a whole day write from: "00:00" and to: "24:00"',
        ],
        [
            "from: '22:00', to: '23:00', timeZone: Europe/Berln, reason: r",
            'maintenance[0].timeZone: unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?',
        ],
        ["from: '22:00', reason: r", 'maintenance[0]: "to" is missing'],
        ["from: '7:00', to: '9:00', reason: r", 'maintenance[0].from: must be a time of the day, as in "22:00"'],
        [
            "from: 2026-11-28, until: 2026-11-29, to: '04:00', reason: r",
            'maintenance[0]: unknown key "to": a period ends at "until"',
        ],
        ["days: [sta], from: '22:00', to: '23:00', reason: r", 'did you mean "sat"?'],
        [
            "from: '22:00', to: '23:00', registries: [gchr], reason: r",
            'maintenance[0].registries[0]: unknown registry "gchr"; did you mean "ghcr"?',
        ],
        [
            "from: '22:00', to: '23:00', images: [vault, ngnx], reason: r",
            'maintenance[0].images[1]: unknown image "ngnx"; did you mean "nginx"?',
        ],
    ])("{ %s } is told: %s", (entry, message) => {
        expect(problems(window(entry))[0]).toContain(message);
    });
});

describe("Waivers of an object", () => {
    const rest = {
        version: 1,
        registries: { ghcr: { host: "ghcr.io/acme" } },
        images: {
            vault: { source: "docker.io/a/vault", tags: ["1"], targets: ["ghcr"] },
            other: { source: "docker.io/a/b", tags: ["1"], targets: ["ghcr"] },
        },
    } as const;

    it("have names that the compiler knows", () => {
        const made = defineCatalog({
            ...rest,
            waive: [{ image: "vault", registry: "ghcr", until: "2026-12-01", reason: "r" }],
            maintenance: [{ from: "22:00", to: "04:00", days: ["sat"], images: ["vault"], reason: "r" }],
        });
        expect([made.waive?.length, made.maintenance?.length]).toEqual([1, 1]);
        const misspelt = () =>
            defineCatalog({
                ...rest,
                // @ts-expect-error: no such image
                waive: [{ image: "valt", until: "2026-12-01", reason: "r" }],
            });
        expect(linesOf(misspelt)).toEqual(['waive[0].image: unknown image "valt"; did you mean "vault"?']);
    });

    it("go into inputs with the images that they are about", () => {
        const made = defineCatalog({
            ...rest,
            waive: [{ image: "vault", until: "2026-12-01", reason: "r" }],
            maintenance: [
                { from: "22:00", to: "04:00", images: ["other"], reason: "other" },
                { from: "22:00", to: "04:00", reason: "all" },
            ],
        });
        const expanded = (image: string) => expandCatalog(JSON.parse(JSON.stringify(compactCatalog(made, [image]))));
        expect(expanded("vault").waive).toEqual(made.waive);
        expect(expanded("vault").maintenance?.map(({ reason }) => reason)).toEqual(["all"]);
        expect(expanded("other")).not.toHaveProperty("waive");
        expect(expanded("other").maintenance).toEqual(made.maintenance);
    });
});
