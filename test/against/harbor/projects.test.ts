import { HarborProject, HarborRegistryEndpoint } from "transship";
import { expect } from "vitest";
import { embeddedForFile } from "../../support/embedded";
import { describeLife } from "./life";
import { ask, byHand, madeByHand, named } from "./place";
import { sourceOf } from "./source";

const LOGIN = { username: "transship-try", password: "Try-77-of-transship" };

describeLife("projects and registry endpoints of a real Harbor", (place) => {
    const names = { endpoint: `${place.prefix}-hub`, cache: `${place.prefix}-cache`, apps: `${place.prefix}-apps` };
    const project = (name: string) => byHand(place, "GET", `/projects/${name}`);
    let source = "";

    return {
        count: 3,
        changes: 3,
        logins: { source: LOGIN },
        program: ({ adopt, changed }) => {
            const common = { url: place.url, adopt };
            const endpoint = new HarborRegistryEndpoint("endpoint", {
                ...common,
                name: names.endpoint,
                type: "docker-registry",
                endpoint: source,
                description: changed ? "two" : "one",
                insecure: changed,
                registryCredentials: "source",
            });
            const cache = new HarborProject("cache", {
                ...common,
                name: names.cache,
                public: !changed,
                proxyCache: { registryId: endpoint.objectId, speed: changed ? 900 : 800, maxConnections: 5 },
            });
            const apps = new HarborProject("apps", {
                ...common,
                name: names.apps,
                public: false,
                quota: changed ? "2GiB" : "1GiB",
                autoScan: true,
                autoSbom: changed,
                preventVulnerable: true,
                severity: changed ? "critical" : "high",
                cveAllowlist: changed ? ["CVE-2019-10164"] : ["CVE-2019-10164", "CVE-2020-1"],
                cveAllowlistUntil: "2033-01-31T00:00:00Z",
                contentTrust: false,
            });
            return { endpoint: endpoint.objectId, cache: cache.objectId, apps: apps.objectId };
        },
        before: async () => {
            source = await sourceOf(() => embeddedForFile());
        },
        isThere: async ({ changed }) => {
            const endpoint = await named(place, "/registries", names.endpoint);
            expect(endpoint).toMatchObject({
                type: "docker-registry",
                url: source,
                description: changed ? "two" : "one",
                credential: { type: "basic", access_key: LOGIN.username },
            });
            expect(endpoint.insecure === true).toBe(changed);
            const cache = await project(names.cache);
            expect(cache).toMatchObject({
                registry_id: endpoint.id,
                metadata: { public: String(!changed), proxy_speed_kb: changed ? "900" : "800", max_upstream_conn: "5" },
            });
            const apps = await project(names.apps);
            expect(apps.metadata).toMatchObject({
                public: "false",
                auto_scan: "true",
                auto_sbom_generation: String(changed),
                prevent_vul: "true",
                severity: changed ? "critical" : "high",
                reuse_sys_cve_allowlist: "false",
            });
            expect(apps.cve_allowlist).toMatchObject({
                items: [{ cve_id: "CVE-2019-10164" }, ...(changed ? [] : [{ cve_id: "CVE-2020-1" }])],
                expires_at: Date.parse("2033-01-31T00:00:00Z") / 1000,
            });
            const [quota] = await byHand(
                place,
                "GET",
                `/quotas?reference=project&reference_id=${apps.project_id}&page_size=10`,
            );
            expect(quota.hard).toEqual({ storage: (changed ? 2 : 1) * 2 ** 30 });
        },
        outside: [
            {
                title: "a project made public, its scans turned off",
                does: () =>
                    byHand(place, "PUT", `/projects/${names.apps}`, {
                        metadata: { public: "true", auto_scan: "false" },
                    }),
                told: /autoScan: have false, want true[\s\S]*public: have true, want false|public: have true, want false[\s\S]*autoScan: have false, want true/,
                isMended: async () =>
                    expect((await project(names.apps)).metadata).toMatchObject({ public: "false", auto_scan: "true" }),
            },
            {
                title: "another list of CVEs",
                does: () =>
                    byHand(place, "PUT", `/projects/${names.apps}`, {
                        cve_allowlist: { items: [{ cve_id: "CVE-1" }] },
                    }),
                told: /cveAllowlist: have .*CVE-1.*, want .*CVE-2019-10164/,
                isMended: async () =>
                    expect((await project(names.apps)).cve_allowlist.items).toEqual([{ cve_id: "CVE-2019-10164" }]),
            },
            {
                title: "a setting that is gone",
                does: () => byHand(place, "DELETE", `/projects/${names.apps}/metadatas/severity`),
                told: /severity: have .*want "?critical/,
                isMended: async () => expect((await project(names.apps)).metadata.severity).toBe("critical"),
            },
            {
                title: "another description of an endpoint, and another user",
                does: async () => {
                    const { id } = await named(place, "/registries", names.endpoint);
                    await byHand(place, "PUT", `/registries/${id}`, {
                        description: "by hand",
                        credential_type: "basic",
                        access_key: "else",
                        access_secret: "wrong",
                    });
                },
                told: /description: have "?by hand/,
                isMended: async () =>
                    expect(await named(place, "/registries", names.endpoint)).toMatchObject({
                        description: "two",
                        credential: { access_key: LOGIN.username },
                    }),
            },
        ],
        deleted: [
            {
                title: "a project that is deleted",
                does: () => byHand(place, "DELETE", `/projects/${names.apps}`),
                told: /deleted there: it is made again/,
                isMended: async () => expect((await project(names.apps)).metadata.severity).toBe("critical"),
            },
        ],
        others: async () => {
            const id = await madeByHand(place, "/registries", {
                name: names.endpoint,
                type: "docker-registry",
                url: source,
                description: "somebody's",
            });
            await madeByHand(place, "/projects", { project_name: names.cache, registry_id: id });
            await madeByHand(place, "/projects", { project_name: names.apps, metadata: { public: "true" } });
        },
        isLeft: async () => {
            await named(place, "/registries", names.endpoint);
            expect((await ask(place, "GET", `/projects/${names.cache}`)).status).toBe(200);
            expect((await ask(place, "GET", `/projects/${names.apps}`)).status).toBe(200);
        },
    };
});
