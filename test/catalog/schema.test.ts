import { readFileSync } from "node:fs";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { defineCatalog } from "../../core/catalog";
import { catalogJsonSchema, SCHEMA_FILE } from "../../scripts/catalog-schema";
import { linesOf } from "./folder";

const accepts = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(catalogJsonSchema()));

/** The keys of the design's example, each in use. */
const FULL = `
version: 1
include: [teams/*.yaml]
defaults: { policy: mirror, targets: [ghcr], platforms: all, referrers: true, upstream: follow, onForeignDigest: refuse }
registries:
  hub:    { host: docker.io, kind: dockerhub, credentials: { from: env, username: HUB_USER, password: HUB_TOKEN }, keepRemaining: 20 }
  ghcr:   { host: ghcr.io/acme, kind: ghcr, credentials: { from: docker }, insecure: false }
  ecr:    { host: 111111111111.dkr.ecr.eu-west-1.amazonaws.com/mirror, kind: ecr, credentials: { from: aws, profile: hub, region: eu-west-1, roleArn: "arn:aws:iam::1:role/x" } }
  harbor: { host: harbor.example.com/mirror, kind: harbor, ca: certs/harbor.pem, clientCert: { cert: a, key: b }, credentials: { pull: { from: anonymous }, push: { from: config, key: harbor } }, timeouts: { connect: 5s, idle: 60s }, concurrency: 16 }
  gar:    { host: europe-docker.pkg.dev/acme, credentials: { from: gcp } }
environments:
  dev:     { upstream: follow, onForeignDigest: overwrite }
  prod:    { upstream: locked, promoteFrom: dev, minAge: 24h, registries: { ecr: { host: 333333333333.dkr.ecr.eu-west-1.amazonaws.com/mirror } } }
images:
  mastercontainer: { policy: keep, source: docker.io/nextcloud/all-in-one, tags: [latest, beta] }
  nextcloud: { policy: migrate, phase: copying, source: docker.io/nextcloud/aio-nextcloud, tags: [latest], wave: 1, platforms: [linux/amd64], referrers: false }
  vault:     { source: docker.io/hashicorp/vault, targets: [ghcr, { registry: ecr, repository: infra/vault, tags: ["1.18"] }], tags: ["1.18", { from: "1.18.3", to: stable }], purpose: ci, critical: true }
  explorer:  { policy: dual, source: docker.io/kuzudb/explorer, tags: { semver: ">=0.7", newest: 5 }, targets: [ghcr, { registry: ecr, tags: { newest: 1 } }] }
  nginx:     { source: docker.io/library/nginx, tags: [stable, { regex: "(?<version>.+)-alpine", newest: 3 }, { glob: "1.2?", exclude: ["*-rc*", { regex: ".*beta.*" }] }] }
`;

describe("catalog.schema.json", () => {
    it("is current: npm run schema", () => {
        expect(readFileSync(SCHEMA_FILE, "utf8")).toBe(catalogJsonSchema());
    });

    it("describes every key that a person writes", () => {
        const undescribed: string[] = [];
        const look = (schema: Record<string, unknown>, at: string) => {
            for (const [key, part] of Object.entries((schema.properties ?? {}) as Record<string, never>)) {
                const { description, anyOf } = part as { description?: string; anyOf?: object[] };
                if (description === undefined && anyOf === undefined) {
                    undescribed.push(`${at}.${key}`);
                }
            }
            for (const name of ["properties", "additionalProperties"] as const) {
                const inner = schema[name];
                if (typeof inner === "object" && inner !== null) {
                    const parts = name === "properties" ? Object.entries(inner) : [["*", inner] as const];
                    for (const [key, part] of parts) {
                        look(part as Record<string, unknown>, `${at}.${key}`);
                    }
                }
            }
        };
        look(JSON.parse(catalogJsonSchema()), "");
        expect(undescribed.filter((key) => !/clientCert\.(cert|key)$/.test(key))).toEqual([]);
    });

    it("accepts the design's example and the one that is shipped", () => {
        for (const text of [FULL, readFileSync("stacks/images/catalog.yaml", "utf8")]) {
            expect([accepts(parse(text)), accepts.errors]).toEqual([true, null]);
        }
    });

    const base = () => parse(FULL) as { [key: string]: never };
    const BAD: readonly (readonly [string, (catalog: ReturnType<typeof base>) => unknown])[] = [
        ["no version", (c) => ({ ...c, version: undefined })],
        ["another version", (c) => ({ ...c, version: 2 })],
        ["an unknown key", (c) => ({ ...c, imags: {} })],
        ["an unknown key of an image", (c) => ({ ...c, images: { a: { source: "a", tags: ["x"], tag: "x" } } })],
        ["an image without a source", (c) => ({ ...c, images: { a: { tags: ["x"] } } })],
        ["a tag that is a number", (c) => ({ ...c, images: { a: { source: "a", tags: [1.1] } } })],
        ["a tag that is none", (c) => ({ ...c, images: { a: { source: "a", tags: ["a b"] } } })],
        ["a selector without a rule", (c) => ({ ...c, images: { a: { source: "a", tags: {} } } })],
        ["a selector of a number", (c) => ({ ...c, images: { a: { source: "a", tags: [{ newest: 0 }] } } })],
        ["a bad name", (c) => ({ ...c, images: { "a b": { source: "a", tags: ["x"] } } })],
        ["an unknown kind", (c) => ({ ...c, registries: { a: { host: "a.b", kind: "c" } } })],
        ["a registry without a host", (c) => ({ ...c, registries: { a: {} } })],
        [
            "a secret",
            (c) => ({ ...c, registries: { a: { host: "a.b", credentials: { username: "a", password: "b" } } } }),
        ],
        ["a bad duration", (c) => ({ ...c, environments: { a: { minAge: "1 day" } } })],
        ["an unknown policy", (c) => ({ ...c, defaults: { policy: "copy" } })],
    ];

    it.each(BAD)("refuses %s, as the loader does", (_title, change) => {
        const changed = JSON.parse(JSON.stringify(change(base())));
        expect(accepts(changed)).toBe(false);
        expect(linesOf(() => defineCatalog(changed, { environment: "dev" })).length).toBeGreaterThan(0);
    });
});
