import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { kindOfHost, loadCatalog } from "../../core/catalog";
import { folderOf, load, REGISTRIES } from "./folder";

const one = (text: string, head = REGISTRIES) => load(`${head}images:\n  x: ${text}\n`).images.x;

describe("An image without defaults", () => {
    it("is mirrored whole, with its referrers, in wave 0", () => {
        expect(one("{ source: docker.io/hashicorp/vault, tags: [latest], targets: [ghcr] }")).toEqual({
            name: "x",
            policy: "mirror",
            source: { registry: "hub", repository: "hashicorp/vault" },
            tags: ["latest"],
            targets: [
                { registry: "ghcr", repository: "acme/hashicorp/vault", tags: [{ from: "latest", to: "latest" }] },
            ],
            platforms: "all",
            referrers: true,
            foreignLayers: "skip",
            wave: 0,
            critical: false,
        });
    });

    it("has a phase only while it migrates, which begins with copying", () => {
        expect(one("{ policy: migrate, source: docker.io/a/b, tags: [l], targets: [ghcr] }")?.phase).toBe("copying");
        expect(one("{ policy: migrate, phase: cut-over, source: a/b, tags: [l], targets: [ghcr] }")?.phase).toBe(
            "cut-over",
        );
        expect(one("{ policy: dual, source: docker.io/a/b, tags: [l], targets: [ghcr] }")).not.toHaveProperty("phase");
    });

    it("needs no targets when it stays, and takes none of the defaults", () => {
        const head = `${REGISTRIES}defaults: { targets: [ghcr] }\n`;
        expect(one("{ policy: keep, source: docker.io/a/b, tags: [l] }", head)?.targets).toEqual([]);
    });
});

describe("The defaults", () => {
    const head = `${REGISTRIES}defaults: { policy: dual, targets: [ghcr], platforms: [linux/arm64], referrers: false, foreignLayers: carry }\n`;

    it("stand where an image says nothing", () => {
        expect(one("{ source: docker.io/a/b, tags: [l] }", head)).toMatchObject({
            policy: "dual",
            targets: [{ registry: "ghcr" }],
            platforms: ["linux/arm64"],
            referrers: false,
            foreignLayers: "carry",
        });
    });

    it("give way to what an image says", () => {
        const text =
            "{ source: quay.io/a/b, tags: [l], policy: mirror, targets: [hub], platforms: all, referrers: true, foreignLayers: skip }";
        expect(one(text, head)).toMatchObject({
            policy: "mirror",
            targets: [{ registry: "hub" }],
            platforms: "all",
            referrers: true,
            foreignLayers: "skip",
        });
    });
});

describe("A target's repository", () => {
    it.each([
        ["docker.io/hashicorp/vault", "ghcr", "acme/hashicorp/vault"],
        ["hashicorp/vault", "ghcr", "acme/hashicorp/vault"],
        ["nginx", "ghcr", "acme/nginx"],
        ["docker.io/library/nginx", "{ registry: ghcr }", "acme/nginx"],
        ["mirror.gcr.io/library/nginx", "ghcr", "acme/nginx"],
        ["public.ecr.aws/docker/library/nginx", "ghcr", "acme/docker/library/nginx"],
        ["ghcr.io/acme/tool", "hub", "acme/tool"],
        ["docker.io/hashicorp/vault", "{ registry: ghcr, repository: infra/vault }", "acme/infra/vault"],
    ])("of %s at %s is %s", (source, target, repository) => {
        expect(one(`{ source: ${source}, tags: [l], targets: [${target}] }`)?.targets[0]?.repository).toBe(repository);
    });
});

describe("Tags", () => {
    it("are renamed by the image for all targets, or by a target for itself", () => {
        const text = `
    source: docker.io/hashicorp/vault
    tags: ["1.18", { from: "1.18.3", to: stable }, "1.18.3"]
    targets:
      - ghcr
      - { registry: hub, repository: acme/vault, tags: ["1.18", { from: "1.18", to: old }] }
`;
        const image = one(text);
        expect(image?.tags).toEqual(["1.18", "1.18.3"]);
        expect(image?.targets.map(({ tags }) => tags)).toEqual([
            [
                { from: "1.18", to: "1.18" },
                { from: "1.18.3", to: "stable" },
                { from: "1.18.3", to: "1.18.3" },
            ],
            [
                { from: "1.18", to: "1.18" },
                { from: "1.18", to: "old" },
            ],
        ]);
    });
});

describe("A source's registry", () => {
    const head = `version: 1
registries:
  deep: { host: ghcr.io/acme/team, kind: harbor }
  ghcr: { host: ghcr.io }
  acme: { host: GHCR.io/acme }
defaults: { policy: keep }
environments:
  prod: {}
  local: { registries: { acme: { host: "127.0.0.1:5552/local", insecure: true } } }
`;
    const sourceOf = (source: string, environment: string) => {
        const catalog = load(`${head}images: { x: { source: ${source}, tags: [l] } }\n`, environment);
        return catalog.images.x?.source;
    };

    it.each([
        ["ghcr.io/other/tool", "ghcr", "other/tool"],
        ["ghcr.io/acme/tool", "acme", "acme/tool"],
        ["ghcr.io/acme/team/tool", "deep", "acme/team/tool"],
        ["ghcr.io/acme-labs/tool", "ghcr", "acme-labs/tool"],
        ["ghcr.io/acme", "ghcr", "acme"],
        ["GHCR.IO/acme/tool", "acme", "acme/tool"],
    ])("of %s is the entry with the longest path: %s", (source, registry, repository) => {
        expect(sourceOf(source, "prod")).toEqual({ registry, repository });
    });

    it("is found as written, and then sent where the environment says", () => {
        expect(sourceOf("ghcr.io/acme/tool", "local")).toEqual({ registry: "acme", repository: "local/tool" });
        expect(sourceOf("ghcr.io/acme/team/tool", "local")).toEqual({ registry: "deep", repository: "acme/team/tool" });
    });

    it("names the copies as written, wherever an environment sends it", () => {
        const catalog = load(
            `version: 1
registries: { src: { host: ghcr.io/acme }, to: { host: harbor.example/mirror } }
environments: { local: { registries: { src: { host: 127.0.0.1:1/elsewhere }, to: { host: 127.0.0.1:2 } } } }
images: { x: { source: ghcr.io/acme/tool, tags: [l], targets: [to] } }
`,
            "local",
        );
        expect(catalog.images.x?.source).toEqual({ registry: "src", repository: "elsewhere/tool" });
        expect(catalog.images.x?.targets[0]?.repository).toBe("acme/tool");
    });

    it("is named by its host where no entry begins it", () => {
        const catalog = load(
            `${head}images: { x: { source: quay.io/a/b, tags: [l] }, y: { source: quay.io/a/c, tags: [l] } }\n`,
            "prod",
        );
        expect(catalog.images.x?.source).toEqual({ registry: "quay.io", repository: "a/b" });
        expect(catalog.registries["quay.io"]).toEqual({ name: "quay.io", host: "quay.io", prefix: "", kind: "quay" });
        expect(Object.keys(catalog.registries)).toEqual(["acme", "deep", "ghcr", "quay.io"]);
    });

    it("gets another name where an entry has its host for a name, but not for a host", () => {
        const catalog = load(
            "version: 1\nregistries: { ghcr.io: { host: ghcr.io/acme } }\nimages: { x: { policy: keep, source: ghcr.io/other/b, tags: [l] } }\n",
        );
        expect(catalog.images.x?.source.registry).toBe("source:ghcr.io");
        expect(catalog.registries["source:ghcr.io"]).toMatchObject({ host: "ghcr.io", prefix: "" });
    });

    it("is Docker Hub under each of its names", () => {
        const catalog = load(
            "version: 1\nregistries: { hub: { host: registry-1.docker.io } }\nimages: { x: { policy: keep, source: index.docker.io/nginx, tags: [l] } }\n",
        );
        expect(catalog.images.x?.source).toEqual({ registry: "hub", repository: "library/nginx" });
        expect(catalog.registries.hub).toMatchObject({ host: "docker.io", kind: "dockerhub" });
    });
});

describe("A registry's kind", () => {
    it.each([
        ["docker.io", "dockerhub"],
        ["ghcr.io", "ghcr"],
        ["111111111111.dkr.ecr.eu-west-1.amazonaws.com", "ecr"],
        ["111111111111.dkr.ecr.cn-north-1.amazonaws.com.cn", "ecr"],
        ["public.ecr.aws", "ecr-public"],
        ["quay.io", "quay"],
        ["gcr.io", "gar"],
        ["eu.gcr.io", "gar"],
        ["europe-west1-docker.pkg.dev", "gar"],
        ["acme.azurecr.io", "acr"],
        ["harbor.example.com", "other"],
        ["docker.io.example.com", "other"],
        ["evil-ghcr.io", "other"],
        ["ecr.amazonaws.com", "other"],
    ] as const)("at %s is %s", (host, kind) => {
        expect(kindOfHost(host)).toBe(kind);
    });

    it("is the written one, else that of the host in effect", () => {
        const text = `version: 1
registries: { a: { host: ghcr.io }, b: { host: docker.io, kind: zot } }
environments: { local: { registries: { a: { host: 127.0.0.1:1 }, b: { host: 127.0.0.1:2 } } } }
images: { x: { policy: keep, source: a/b, tags: [l] } }
`;
        expect(load(text, "local").registries).toMatchObject({ a: { kind: "other" }, b: { kind: "zot" } });
    });
});

describe("A registry's keys", () => {
    it("arrive with durations in milliseconds and credentials for both ways", () => {
        const folder = folderOf({
            "sub/catalog.yaml": `version: 1
registries:
  r:
    host: harbor.example:8443/mirror/of
    kind: harbor
    credentials: { pull: { from: anonymous }, push: { from: config, key: harbor } }
    ca: certs/ca.pem
    clientCert: { cert: ../c.pem, key: ../k.pem }
    timeouts: { connect: 500ms, idle: 2m }
    concurrency: 16
    keepRemaining: 0
  s: { host: "127.0.0.1:1", insecure: true, credentials: { from: env, password: TOKEN } }
images: { x: { policy: keep, source: a/b, tags: [l] } }
`,
        });
        const here = relative(process.cwd(), folder);
        expect(loadCatalog(join(folder, "sub", "catalog.yaml")).registries).toMatchObject({
            r: {
                name: "r",
                host: "harbor.example:8443",
                prefix: "mirror/of",
                kind: "harbor",
                credentials: { pull: { from: "anonymous" }, push: { from: "config", key: "harbor" } },
                ca: `${here}/sub/certs/ca.pem`,
                clientCert: { cert: `${here}/c.pem`, key: `${here}/k.pem` },
                timeouts: { connect: 500, idle: 120_000 },
                concurrency: 16,
                keepRemaining: 0,
            },
            s: {
                insecure: true,
                credentials: { pull: { from: "env", password: "TOKEN" }, push: { from: "env", password: "TOKEN" } },
            },
        });
    });

    it("lose their certificates where an environment turns to plain HTTP", () => {
        const text = `version: 1
registries: { r: { host: a.example, ca: ca.pem } }
environments: { local: { registries: { r: { host: "127.0.0.1:1", insecure: true } } } }
images: { x: { policy: keep, source: a/b, tags: [l] } }
`;
        expect(load(text, "local").registries.r).toEqual({
            name: "r",
            host: "127.0.0.1:1",
            prefix: "",
            kind: "other",
            insecure: true,
        });
    });
});

describe("YAML's aliases", () => {
    it("share a part between images", () => {
        const catalog = load(
            `${REGISTRIES}images:\n  a: { source: docker.io/a/a, tags: &tags [one, "2"], targets: &to [ghcr] }\n  b: { source: docker.io/a/b, tags: *tags, targets: *to }\n`,
        );
        expect(catalog.images.b?.tags).toEqual(["one", "2"]);
        expect(catalog.images.b?.targets[0]?.repository).toBe("acme/a/b");
    });
});

describe("The catalogue's digest", () => {
    const text = (images: string) => `${REGISTRIES}images:\n${images}`;
    const a = "  a: { source: docker.io/a/a, tags: [l], targets: [ghcr] }\n";
    const b = "  b: { source: docker.io/a/b, tags: [l], targets: [ghcr] }\n";

    it("does not depend on the order of keys, on paths, or on a lock", () => {
        const folder = folderOf({
            "one/catalog.yaml": text(a + b),
            "two/other.yaml": text(b + a),
            "two/other.lock.yaml": `version: 1\nenvironments: { default: { a: { l: { digest: "sha256:${"0".repeat(64)}" } } } }\n`,
        });
        const first = loadCatalog(join(folder, "one", "catalog.yaml"));
        const second = loadCatalog(join(folder, "two", "other.yaml"));
        expect(second.lock).not.toEqual(first.lock);
        expect(second.digest).toBe(first.digest);
        expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(JSON.stringify(second.images)).toBe(JSON.stringify(first.images));
    });

    it("does not depend on where certificates lie from here", () => {
        const withCa = text(a).replace(
            "docker.io }",
            "docker.io, ca: ca.pem, clientCert: { cert: c.pem, key: k.pem } }",
        );
        const folder = folderOf({ "one/catalog.yaml": withCa, "two/deep/catalog.yaml": withCa });
        const first = loadCatalog(join(folder, "one", "catalog.yaml"));
        const second = loadCatalog(join(folder, "two", "deep", "catalog.yaml"));
        expect(second.registries.hub?.ca).not.toBe(first.registries.hub?.ca);
        expect(second.digest).toBe(first.digest);
    });

    it("changes with a tag, with the environment's name, and with a registry", () => {
        const digest = load(text(a)).digest;
        expect(load(text(a.replace("[l]", "[m]"))).digest).not.toBe(digest);
        expect(load(text(a), "prod").digest).not.toBe(digest);
        expect(load(text(a).replace("ghcr.io/acme", "ghcr.io/acme2")).digest).not.toBe(digest);
    });
});
