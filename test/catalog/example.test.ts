import { describe, expect, it } from "vitest";
import { loadCatalog, selectImages, waves } from "../../core/catalog";

const EXAMPLE = "stacks/images/catalog.yaml";

describe("The example catalogue", () => {
    it.each(["local", "staging", "prod"])("loads for %s", (environment) => {
        expect(loadCatalog(EXAMPLE, { environment }).environment).toBe(environment);
    });

    it("reaches nothing but fixed ports of this machine in local, without TLS", () => {
        const { registries } = loadCatalog(EXAMPLE, { environment: "local" });
        const hosts = Object.values(registries).map(({ name, host, prefix }) => [name, host, prefix]);
        expect(hosts).toEqual([
            ["ecr", "127.0.0.1:5554", "mirror"],
            ["ghcr", "127.0.0.1:5552", "acme"],
            ["harbor", "127.0.0.1:5553", "mirror"],
            ["hub", "127.0.0.1:5551", ""],
        ]);
        expect(Object.values(registries).every(({ insecure }) => insecure === true)).toBe(true);
    });

    it("is the five cases, each with its policy", () => {
        const catalog = loadCatalog(EXAMPLE, { environment: "local" });
        const namesOf = (policy: "keep" | "migrate" | "dual" | "mirror") =>
            selectImages(catalog, { where: { policy } }).map(({ name }) => name);
        expect(namesOf("keep")).toEqual(["mastercontainer"]);
        expect(namesOf("dual")).toEqual(["api-server", "explorer", "mcp-server"]);
        expect(namesOf("migrate").filter((name) => !name.startsWith("aio-"))).toEqual(["dev-docs", "extension-server"]);
        expect(namesOf("migrate").filter((name) => name.startsWith("aio-"))).toHaveLength(17);
        expect(namesOf("mirror")).toEqual(["local-kms", "local-path-provisioner", "nginx", "postgres", "vault"]);
        expect(selectImages(catalog, { where: { purpose: "ci", critical: true } }).map(({ name }) => name)).toEqual([
            "vault",
        ]);
        expect(catalog.images["local-path-provisioner"]?.tags).toEqual(["v0.0.31"]);
        expect(waves(catalog)).toEqual([0, 1]);
    });

    it("sends production to its own account, locked", () => {
        const catalog = loadCatalog(EXAMPLE, { environment: "prod" });
        expect(catalog).toMatchObject({ upstream: "locked", promoteFrom: "staging", minAge: 86_400_000 });
        expect(catalog.registries.ecr?.host).toBe("333333333333.dkr.ecr.eu-west-1.amazonaws.com");
        expect(catalog.images.postgres?.targets).toEqual([
            { registry: "harbor", repository: "mirror/postgres", tags: [{ from: "17.2", to: "17.2" }] },
            { registry: "ecr", repository: "mirror/infra/postgres", tags: [{ from: "17.2", to: "17" }] },
        ]);
    });
});
