import { describe, expect, it } from "vitest";
import { load, problemsOf } from "./folder";

const KEEP = "images: { k: { policy: keep, source: a/b, tags: [x] } }\n";
const catalog = (rest: string, environment?: string) => load(`version: 1\n${rest}${KEEP}`, environment);
const problems = (rest: string, environment?: string) => problemsOf(`version: 1\n${rest}${KEEP}`, environment);

describe("A catalogue without environments", () => {
    it("has one that follows, whatever name is passed", () => {
        expect(catalog("")).toMatchObject({ environment: "default", upstream: "follow", onForeignDigest: "refuse" });
        expect(catalog("", "anything/at all")).toMatchObject({ environment: "anything/at all", upstream: "follow" });
    });

    it("is locked when its defaults say so", () => {
        expect(catalog("defaults: { upstream: locked, onForeignDigest: overwrite }\n")).toMatchObject({
            upstream: "locked",
            onForeignDigest: "overwrite",
        });
    });
});

describe("A named environment", () => {
    const ENVIRONMENTS = `environments:
  dev: { upstream: follow, onForeignDigest: overwrite }
  staging: { promoteFrom: dev }
  prod: { upstream: locked, promoteFrom: staging, minAge: 24h }
`;

    it("is locked unless it says follow", () => {
        expect(catalog(ENVIRONMENTS, "staging")).toMatchObject({ upstream: "locked", promoteFrom: "dev" });
        expect(catalog(ENVIRONMENTS, "staging")).not.toHaveProperty("minAge");
        expect(catalog(ENVIRONMENTS, "dev")).toMatchObject({ upstream: "follow", onForeignDigest: "overwrite" });
        expect(catalog(ENVIRONMENTS, "dev")).not.toHaveProperty("promoteFrom");
        expect(catalog(ENVIRONMENTS, "prod")).toMatchObject({ promoteFrom: "staging", minAge: 86_400_000 });
    });

    it("may leave both to the defaults", () => {
        const rest = "defaults: { upstream: follow, onForeignDigest: overwrite }\nenvironments: { dev: {} }\n";
        expect(catalog(rest, "dev")).toMatchObject({ upstream: "follow", onForeignDigest: "overwrite" });
    });

    it("must be named where there are several, and need not where there is one", () => {
        expect(problems(ENVIRONMENTS)).toEqual([
            "catalog.yaml:2:1: environments: the catalogue has several environments (dev, staging, prod): say which of them is meant",
        ]);
        expect(catalog("environments: { only: {} }\n")).toMatchObject({ environment: "only", upstream: "locked" });
    });

    it("that is unknown is told with the nearest", () => {
        expect(problems(ENVIRONMENTS, "prd")).toEqual([
            'catalog.yaml:2:1: environments: there is no environment "prd"; did you mean "prod"?',
        ]);
        expect(problems(ENVIRONMENTS, "constructor")).toEqual([
            'catalog.yaml:2:1: environments: there is no environment "constructor"; known: dev, staging, prod',
        ]);
    });

    it("does not exist where the key is empty", () => {
        expect(problems("environments: {}\n")).toEqual([
            'catalog.yaml:2:1: environments: this names no environment: leave out "environments", or name one',
        ]);
    });
});

describe("The checks of environments", () => {
    it("see all of them, not only the one that is asked for", () => {
        const rest = `registries: { hub: { host: docker.io } }
environments:
  dev: { upstream: follow }
  a: { promoteFrom: b }
  b: { promoteFrom: c }
  c: { promoteFrom: a }
  d: { promoteFrom: dve }
  e: { promoteFrom: dev, upstream: follow }
  f: { minAge: 24h }
  g: { registries: { hbu: { host: "127.0.0.1:1" }, hub: { host: "http://x" } } }
`;
        expect(problems(rest, "dev")).toEqual([
            "catalog.yaml:5:21: environments.a.promoteFrom: promotion goes in a circle: a <- b <- c <- a",
            'catalog.yaml:8:21: environments.d.promoteFrom: unknown environment "dve"; did you mean "dev"?',
            'catalog.yaml:9:21: environments.e.promoteFrom: this has no meaning with "upstream: follow": promotion moves locked digests',
            'catalog.yaml:10:16: environments.f.minAge: this has no meaning without "promoteFrom"',
            'catalog.yaml:11:22: environments.g.registries.hbu: unknown registry "hbu"; did you mean "hub"?',
            'catalog.yaml:11:65: environments.g.registries.hub.host: "http://x" has a scheme: leave out "http://", and say "insecure: true"',
        ]);
    });

    it("know a circle of one, and tell a circle once for those who only lead to it", () => {
        expect(problems("environments: { a: { promoteFrom: a }, z: { promoteFrom: a } }\n", "z")).toEqual([
            "catalog.yaml:2:35: environments.a.promoteFrom: promotion goes in a circle: a <- a",
        ]);
    });
});

describe("An environment's registries", () => {
    it("replace keys one by one", () => {
        const rest = `registries:
  hub: { host: docker.io, credentials: { from: docker }, keepRemaining: 20, timeouts: { connect: 5s } }
environments:
  local: { registries: { hub: { host: "127.0.0.1:5551", insecure: true, credentials: { from: anonymous } } } }
  prod: {}
`;
        expect(catalog(rest, "local").registries.hub).toEqual({
            name: "hub",
            host: "127.0.0.1:5551",
            prefix: "",
            kind: "other",
            insecure: true,
            timeouts: { connect: 5000 },
            credentials: { pull: { from: "anonymous" }, push: { from: "anonymous" } },
            keepRemaining: 20,
        });
        expect(catalog(rest, "prod").registries.hub).toMatchObject({ host: "docker.io", kind: "dockerhub" });
        expect(catalog(rest, "local").images.k?.source).toEqual({ registry: "hub", repository: "a/b" });
    });
});
