import { expect, it } from "vitest";
import { addProject, describeHarbor, localHarbor } from "../support/harbor";
import { ask, post, told } from "../support/harbor/ask";

const REGISTRY = { name: "hub", type: "docker-hub", url: "https://hub.docker.com" };

// src/server/v2.0/handler/project.go, src/pkg/project/manager.go, src/pkg/project/dao/dao.go
describeHarbor("Projects of the local Harbor", () => {
    it("are made with an address by number or by name, a quota, and their maker as an administrator", async () => {
        const harbor = await localHarbor();
        const made = await post(harbor, "/projects", { project_name: "mirror", storage_limit: 1024 });
        expect(made.headers.get("location")).toBe("/api/v2.0/projects/2");
        const named = { headers: { "x-resource-name-in-location": "true" } };
        const other = await ask(harbor, "POST", "/projects", { project_name: "123" }, named);
        expect(other.headers.get("location")).toBe("/api/v2.0/projects/123");
        expect((await ask(harbor, "GET", "/projects/2")).json).toMatchObject({
            project_id: 2,
            name: "mirror",
            owner_name: "admin",
            metadata: { public: "false" },
            cve_allowlist: { items: [], project_id: 2 },
            current_user_role_id: 1,
            repo_count: 0,
        });
        expect((await ask(harbor, "GET", "/projects/2/summary")).json).toEqual({
            project_admin_count: 1,
            quota: { hard: { storage: 1024 }, used: { storage: 0 } },
            repo_count: 0,
        });
        expect((await ask(harbor, "GET", "/projects/123")).status).toBe(404);
        const byName = { headers: { "x-is-resource-name": "true" } };
        expect((await ask(harbor, "GET", "/projects/123", undefined, byName)).json).toMatchObject({ name: "123" });
    });

    it.each<[string, object, [number, string, string]]>([
        [
            "one that is there",
            { project_name: "library" },
            [409, "CONFLICT", "The project named library already exists"],
        ],
        [
            "another case",
            { project_name: "Mirror" },
            [400, "BAD_REQUEST", "project name is not in lower case or contains illegal characters"],
        ],
        [
            "another word for public",
            { project_name: "a", metadata: { public: "yes" } },
            [400, "BAD_REQUEST", "metadata.public should only be 'true' or 'false', but got: 'yes'"],
        ],
        [
            "no storage",
            { project_name: "a", storage_limit: -2 },
            [400, "BAD_REQUEST", "bad request: invalid non-positive value for quota limit, value=-2"],
        ],
        ["a proxy of nothing", { project_name: "a", registry_id: 9 }, [500, "UNKNOWN", "internal server error"]],
    ])("are refused as Harbor refuses them: %s", async (_what, body, wanted) => {
        const harbor = await localHarbor();
        expect(told(await ask(harbor, "POST", "/projects", body))).toEqual(wanted);
    });

    it("keep what is not sent, take no allowlist when they are made, and forget what is a proxy's", async () => {
        const harbor = await localHarbor();
        const metadata = { auto_scan: "true", severity: "High", proxy_speed_kb: "7" };
        await post(harbor, "/projects", {
            project_name: "mirror",
            metadata,
            cve_allowlist: { items: [{ cve_id: "a" }] },
        });
        await ask(harbor, "PUT", "/projects/mirror", { metadata: { prevent_vul: "true" } });
        const { json } = await ask(harbor, "GET", "/projects/mirror");
        expect(json.metadata).toEqual({ auto_scan: "true", prevent_vul: "true", public: "false", severity: "high" });
        expect(json.cve_allowlist.items).toEqual([]);
        await ask(harbor, "PUT", "/projects/mirror", { cve_allowlist: { items: [{ cve_id: "CVE-1" }] } });
        expect((await ask(harbor, "GET", "/projects/mirror")).json.cve_allowlist.items).toEqual([{ cve_id: "CVE-1" }]);
    });

    it("have no quota, no owner and no visibility changed by what changes them otherwise", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/projects", { project_name: "mirror", storage_limit: 1024 });
        await ask(harbor, "PUT", "/projects/mirror", { public: true, storage_limit: 7, project_name: "other" });
        expect((await ask(harbor, "GET", "/projects/mirror")).json.metadata).toEqual({ public: "false" });
        expect((await ask(harbor, "GET", "/quotas/2")).json.hard).toEqual({ storage: 1024 });
    });

    // src/server/v2.0/handler/project_metadata.go
    it("have metadata that are set, and taken away, one by one", async () => {
        const harbor = await localHarbor();
        addProject(harbor.world, "mirror", { metadata: { auto_scan: "true" } });
        const metadatas = "/projects/mirror/metadatas/";
        expect((await ask(harbor, "POST", metadatas, { prevent_vul: "T" })).status).toBe(200);
        await ask(harbor, "PUT", `${metadatas}auto_scan`, { auto_scan: "false" });
        expect((await ask(harbor, "GET", metadatas)).json).toEqual({
            auto_scan: "false",
            prevent_vul: "true",
            public: "false",
        });
        await ask(harbor, "DELETE", `${metadatas}auto_scan`);
        expect((await ask(harbor, "GET", `${metadatas}auto_scan`)).json).toEqual({});
        const refusal = async (body: object) => told(await ask(harbor, "POST", metadatas, body))[2];
        expect(await refusal({ auto_scan: "yes" })).toBe("invalid value: yes");
        expect(await refusal({ color: "red" })).toBe("invalid key: color");
        expect(await refusal({ auto_scan: "true", public: "true" })).toBe("only allow one key/value pair");
        expect(await refusal({ proxy_cache_filter_kind: "regex" })).toBe("invalid key: proxy_cache_filter_kind");
        harbor.world.version = "v2.16.0-0123abcd";
        expect(await refusal({ proxy_cache_filter_kind: "regex" })).toBe(
            "can not update the normal project with proxy cache filter metadata",
        );
    });

    it("stay as long as there are repositories, and take all that is theirs along", async () => {
        const harbor = await localHarbor();
        const project = addProject(harbor.world, "mirror");
        project.repositories.set("app", []);
        const words = "the project contains repositories, can not be deleted";
        expect(told(await ask(harbor, "DELETE", "/projects/mirror"))).toEqual([
            412,
            "PRECONDITION",
            `precondition failed: ${words}`,
        ]);
        expect((await ask(harbor, "GET", "/projects/mirror/_deletable")).json).toEqual({ message: words });
        project.repositories.clear();
        expect((await ask(harbor, "DELETE", "/projects/mirror")).status).toBe(200);
        expect(told(await ask(harbor, "GET", "/projects/mirror"))).toEqual([
            404,
            "NOT_FOUND",
            "project mirror not found",
        ]);
        expect((await ask(harbor, "GET", "/quotas?reference_id=2")).json).toEqual([]);
    });

    it("that are a proxy have a retention of seven days, and are of few kinds", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        await post(harbor, "/registries", { name: "quay", type: "quay", url: "https://quay.io" });
        await post(harbor, "/projects", { project_name: "proxy", registry_id: 1, metadata: { proxy_speed_kb: "7" } });
        const { json } = await ask(harbor, "GET", "/projects/proxy");
        expect(json).toMatchObject({ registry_id: 1, metadata: { retention_id: "1", proxy_speed_kb: "7" } });
        expect((await ask(harbor, "GET", "/retentions/1")).json.rules).toMatchObject([
            { template: "nDaysSinceLastPull", params: { nDaysSinceLastPull: 7 } },
        ]);
        expect(told(await ask(harbor, "POST", "/projects", { project_name: "b", registry_id: 2 }))).toEqual([
            400,
            "BAD_REQUEST",
            "bad request: unsupported registry type quay",
        ]);
        const filter = { proxy_cache_filter_kind: "glob", proxy_cache_filter_pattern: "a" };
        expect((await ask(harbor, "PUT", "/projects/proxy", { metadata: filter })).status).toBe(200);
        expect((await ask(harbor, "GET", "/projects/proxy")).json.metadata).not.toHaveProperty(
            "proxy_cache_filter_kind",
        );
        harbor.world.version = "v2.16.0-0123abcd";
        expect(told(await ask(harbor, "PUT", "/projects/proxy", { metadata: filter }))[2]).toBe(
            'metadata.proxy_cache_filter_kind should be "doublestar" or "regex", but got: "glob"',
        );
    });
});

// src/server/v2.0/handler/registry.go, src/controller/registry/controller.go, src/pkg/reg/manager.go, src/lib/endpoint.go
describeHarbor("Registry endpoints of the local Harbor", () => {
    it("have an address as Harbor writes it, and a secret that nobody sees", async () => {
        const harbor = await localHarbor();
        const credential = { access_key: "me", access_secret: "s3cret" };
        const made = await post(harbor, "/registries", { ...REGISTRY, url: " ghcr.io// ", credential });
        expect(made.headers.get("location")).toBe("/api/v2.0/registries/1");
        const { json, text } = await ask(harbor, "GET", "/registries/1");
        expect(json).toMatchObject({ url: "http://ghcr.io", status: "healthy" });
        expect(json.credential).toEqual({ type: "basic", access_key: "me", access_secret: "*****" });
        expect(text).not.toContain("s3cret");
        await ask(harbor, "PUT", "/registries/1", {
            credential_type: "oauth",
            access_secret: "other",
            description: "d",
        });
        expect(harbor.world.registries.get(1)).toMatchObject({
            description: "d",
            credential: { type: "oauth", access_key: "me", access_secret: "other" },
        });
        // v2.15 sends a login wherever somebody turns it to.
        await ask(harbor, "PUT", "/registries/1", { url: "https://other.example.com" });
        expect(harbor.world.registries.get(1)?.credential.access_secret).toBe("other");
        harbor.world.version = "v2.16.0-0123abcd";
        await ask(harbor, "PUT", "/registries/1", { url: "https://elsewhere.example.com" });
        expect(harbor.world.registries.get(1)?.credential.access_secret).toBe("");
    });

    it.each<[string, object, [number, string, string]]>([
        ["a name that is taken", REGISTRY, [409, "CONFLICT", "registry hub already exists"]],
        ["no name", { ...REGISTRY, name: "" }, [400, "BAD_REQUEST", "name cannot be empty"]],
        ["a long name", { ...REGISTRY, name: "n".repeat(65) }, [400, "BAD_REQUEST", "the max length of name is 64"]],
        ["no address", { ...REGISTRY, name: "b", url: "" }, [400, "BAD_REQUEST", "empty string"]],
        [
            "another scheme",
            { ...REGISTRY, name: "b", url: "ftp://a" },
            [400, "BAD_REQUEST", "invalid HTTP scheme: ftp"],
        ],
        [
            "nobody there",
            { ...REGISTRY, name: "b", url: "https://down.example.com/" },
            [400, "BAD_REQUEST", "the registry is unhealthy"],
        ],
        ["an unknown kind", { ...REGISTRY, name: "b", type: "zot" }, [500, "UNKNOWN", "internal server error"]],
    ])("are refused as Harbor refuses them: %s", async (_what, body, wanted) => {
        const harbor = await localHarbor();
        harbor.world.unreachable.add("https://down.example.com");
        await post(harbor, "/registries", REGISTRY);
        expect(told(await ask(harbor, "POST", "/registries", body))).toEqual(wanted);
    });

    it("are pinged by what is sent, or as they are saved", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        harbor.world.unreachable.add("https://down.example.com");
        const ping = async (body: object) => told(await ask(harbor, "POST", "/registries/ping", body));
        expect((await ping({ id: 1, url: "https://down.example.com" }))[0]).toBe(400);
        harbor.world.version = "v2.16.0-0123abcd";
        expect((await ping({ id: 1, url: "https://down.example.com" }))[0]).toBe(200);
        expect(await ping({ type: "harbor", url: "https://down.example.com" })).toEqual([
            400,
            "BAD_REQUEST",
            "the registry is unhealthy",
        ]);
        expect((await ping({ url: "https://hub.docker.com" }))[2]).toBe("type or url cannot be empty");
        expect((await ping({ id: 7 }))[0]).toBe(404);
    });

    it("stay as long as a rule or a proxy uses them", async () => {
        const harbor = await localHarbor();
        await post(harbor, "/registries", REGISTRY);
        await post(harbor, "/replication/policies", { name: "r", src_registry: { id: 1 } });
        const gone = async () => told(await ask(harbor, "DELETE", "/registries/1"));
        expect(await gone()).toEqual([
            412,
            "PRECONDITION",
            "the registry 1 is referenced by replication policies, cannot delete it",
        ]);
        await ask(harbor, "DELETE", "/replication/policies/1");
        addProject(harbor.world, "proxy", { registry: 1 });
        expect((await gone())[2]).toBe("the registry 1 is referenced by proxy cache project, cannot delete it");
        await ask(harbor, "DELETE", "/projects/proxy");
        expect((await gone())[0]).toBe(200);
        expect(await gone()).toEqual([404, "NOT_FOUND", "registry 1 not found"]);
    });
});
