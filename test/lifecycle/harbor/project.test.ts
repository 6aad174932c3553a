import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { projectKind } from "../../../core/lifecycle/harbor/project";
import type { ProjectInputs, ProjectState } from "../../../core/lifecycle/harbor/types";
import { UNKNOWN } from "../../../core/lifecycle/unknown";
import { addProject, describeHarbor, FAULTS, type LocalHarbor, removeProject } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

const GIB = 2 ** 30;

describeHarbor("A project of Harbor", () => {
    let harbor: LocalHarbor;
    let project: Resource<ProjectInputs, ProjectState>;
    let inputs: ProjectInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        project = objectOf(projectKind);
        inputs = { url: harbor.url, name: "mirror", credentials: "harbor", public: true, autoScan: true };
    });

    const host = () => new URL(harbor.url).host;
    const there = () => harbor.world.project("mirror");
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));

    it("is made by the first up with all that is asked for, and not asked to change again", async () => {
        const whole: ProjectInputs = {
            ...inputs,
            quota: "50GiB",
            autoSbom: true,
            preventVulnerable: true,
            severity: "high",
            cveAllowlist: ["CVE-2", "CVE-1"],
            cveAllowlistUntil: "2027-01-31T00:00:00Z",
            contentTrust: true,
        };
        expect(await project.preview(whole)).toEqual({ step: "create", lines: [], reasons: [] });
        expect(there()).toBeUndefined();
        expect((await project.up(whole)).step).toBe("create");
        expect(there()).toMatchObject({
            metadata: {
                public: "true",
                auto_scan: "true",
                auto_sbom_generation: "true",
                prevent_vul: "true",
                severity: "high",
                enable_content_trust_cosign: "true",
                reuse_sys_cve_allowlist: "false",
            },
            cve_allowlist: { items: [{ cve_id: "CVE-2" }, { cve_id: "CVE-1" }], expires_at: 1801353600 },
        });
        expect([...harbor.world.quotas.values()].at(-1)?.hard).toEqual({ storage: 50 * GIB });
        expect(project.outputs).toMatchObject({ objectId: there()?.project_id, adopted: false, observed: {} });
        harbor.asked();
        expect((await project.up(whole)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/mirror", "GET /quotas"]);
    });

    it("is changed where the program does, and nowhere else", async () => {
        await project.up({ ...inputs, quota: "1GiB" });
        Object.assign(there()?.metadata ?? {}, { auto_sbom_generation: "true" });
        harbor.newer = (_method, _url, json) => {
            const { metadata } = (json ?? {}) as { metadata?: object };
            return metadata === undefined ? json : { ...(json as object), metadata: { ...metadata, brand_new: "1" } };
        };
        harbor.asked();
        const { lines, step } = await project.up({ ...inputs, public: false, quota: "2GiB" });
        expect({ lines, step }).toEqual({ lines: [], step: "update" });
        expect(there()?.metadata).toMatchObject({ public: "false", auto_sbom_generation: "true" });
        const sent = harbor.log.find(({ method, url }) => method === "PUT" && url.endsWith("/projects/mirror"));
        expect(sent?.body).toEqual({ metadata: { public: "false" } });
        expect(writes()).toEqual(["PUT /projects/mirror", expect.stringMatching(/^PUT \/quotas\/\d+$/)]);
        expect([...harbor.world.quotas.values()].at(-1)?.hard).toEqual({ storage: 2 * GIB });
    });

    it("that somebody changed is told field by field at the preview, and put right by the up", async () => {
        await project.up(inputs);
        Object.assign(there()?.metadata ?? {}, { public: "false", auto_scan: "false", severity: "low" });
        const told = [
            `project mirror at ${host()}: public: have false, want true`,
            `project mirror at ${host()}: autoScan: have false, want true`,
        ];
        expect(await project.preview(inputs)).toEqual({ step: "update", lines: told, reasons: [] });
        harbor.asked();
        await project.up(inputs);
        expect(writes()).toEqual(["PUT /projects/mirror"]);
        expect(there()?.metadata).toMatchObject({ public: "true", auto_scan: "true", severity: "low" });
        expect((await project.up(inputs)).step).toBe("same");
        expect(project.outputs.observed).toEqual({});
    });

    it("shows drift at a refresh too, which the next up repairs", async () => {
        await project.up(inputs);
        Object.assign(there()?.metadata ?? {}, { public: "false" });
        await project.refresh();
        expect(project.outputs.observed).toEqual({ drift: ["public: have false, want true"] });
        expect((await project.up(inputs)).step).toBe("update");
        expect(project.outputs.observed).toEqual({});
    });

    it("that is there already is refused, with the option's name, and left as it is", async () => {
        addProject(harbor.world, "mirror", { metadata: { public: "false" } });
        const sentence = `There is a project mirror at ${host()} already, which this stack did not make: set adopt: true to take it over, or take another name.`;
        expect(await project.preview(inputs)).toEqual({ step: "refused", lines: [], reasons: [sentence] });
        expect((await project.up(inputs)).reasons).toEqual([sentence]);
        expect(writes()).toEqual([]);
    });

    it("is adopted: told with what changes, brought to what is wanted, and left by destroy", async () => {
        const { project_id } = addProject(harbor.world, "mirror", { metadata: { public: "false", auto_scan: "true" } });
        const adopting = { ...inputs, adopt: true };
        expect((await project.preview(adopting)).lines).toEqual([
            `project mirror at ${host()}: taken over as it is there, and brought to what is wanted`,
            `project mirror at ${host()}: public: have false, want true`,
        ]);
        await project.up(adopting);
        expect(there()?.metadata.public).toBe("true");
        expect(project.outputs).toMatchObject({ objectId: project_id, adopted: true });
        expect((await project.up(adopting)).step).toBe("same");
        const { lines } = await project.destroy();
        expect(lines).toEqual([`project mirror at ${host()}: it was there before this stack, and stays`]);
        expect(there()).toBeDefined();
    });

    it("cannot be adopted as a proxy cache that it is not", async () => {
        addProject(harbor.world, "mirror");
        expect((await project.preview({ ...inputs, adopt: true, registryId: 4 })).reasons).toEqual([
            `The project mirror at ${host()} cannot be taken over: it is no proxy cache, not a proxy cache of registry 4, and Harbor never changes that.`,
        ]);
    });

    it("that somebody deleted is made again, and a refresh drops it", async () => {
        await project.up(inputs);
        const drop = () => removeProject(harbor.world, there() as never);
        drop();
        const { lines, step } = await project.preview(inputs);
        expect([step, ...lines]).toEqual(["update", `project mirror at ${host()}: deleted there: it is made again`]);
        await project.up(inputs);
        expect(project.outputs.objectId).toBe(there()?.project_id);
        drop();
        await project.refresh();
        expect(project.state?.id).toBe("");
    });

    it("that somebody made anew is another one: neither changed nor deleted", async () => {
        await project.up(inputs);
        removeProject(harbor.world, there() as never);
        addProject(harbor.world, "mirror", { metadata: { public: "false" } });
        const { reasons, step } = await project.up(inputs);
        expect([step, ...reasons]).toEqual(["failed", expect.stringContaining("is not the one that this stack made")]);
        expect(there()?.metadata.public).toBe("false");
        await project.destroy();
        expect(there()).toBeDefined();
    });

    it("that somebody made anew is refused at the preview, once a check has seen the first one", async () => {
        await project.up(inputs);
        await project.up(inputs);
        removeProject(harbor.world, there() as never);
        addProject(harbor.world, "mirror", { metadata: { public: "false" } });
        const { reasons, step } = await project.preview(inputs);
        expect([step, ...reasons]).toEqual(["refused", expect.stringContaining("is not the one that this stack made")]);
        await project.up({ ...inputs, adopt: true });
        expect(project.outputs).toMatchObject({ adopted: true, objectId: there()?.project_id });
    });

    it.each([
        ["outage", FAULTS.badGateway],
        ["refusal", FAULTS.forbidden],
        ["limit", () => FAULTS.tooMany(3600)],
    ] as const)("that cannot be asked is no drift: %s", async (_what, fault) => {
        await project.up(inputs);
        Object.assign(there()?.metadata ?? {}, { public: "false" });
        harbor.fail({ url: /\/projects/, times: 99, ...fault() });
        const { lines, step } = await project.up(inputs);
        expect(step).toBe("same");
        expect(lines).toEqual([
            expect.stringContaining(`project mirror at ${host()}: nothing can be said of it: Could not`),
        ]);
        await project.refresh();
        expect(project.state?.id).not.toBe("");
    });

    it("is not looked at with a wrong password, which sees what is public and nothing else", async () => {
        await project.up(inputs);
        process.env.HARBOR_PASSWORD = "wrong-77";
        const { lines, step } = await project.up(inputs);
        expect(step).toBe("same");
        expect(lines.join()).toMatch(/nothing can be said of it: Could not log in: .* said 401/);
        const changed = await project.up({ ...inputs, public: false });
        expect(changed.step).toBe("refused");
        expect([...lines, ...changed.reasons].join()).not.toContain("wrong-77");
    });

    it("of which an input is not known yet is not looked at", async () => {
        const hooks = harborHooks(projectKind, () => project.session());
        const { inputs: checked } = await hooks.check({}, { ...inputs, registryId: UNKNOWN as never });
        expect(checked.observed).toBe(UNKNOWN);
        expect(harbor.asked()).toEqual([]);
    });

    it("whose creation has lost its answer is known by a second look", async () => {
        harbor.fail({ method: "POST", url: /\/projects/, ...FAULTS.lost() });
        expect((await project.up(inputs)).step).toBe("create");
        expect(project.outputs.objectId).toBe(there()?.project_id);
        expect(harbor.counts().POST).toBe(1);
    });

    it("that nobody can say was made is kept in the state, and the next up goes on", async () => {
        harbor.fail({ method: "POST", url: /\/projects/, ...FAULTS.lost() });
        harbor.intercept = ({ method, url }, response) => {
            const isAfter = method === "GET" && url.includes("/projects/") && there() !== undefined;
            if (isAfter) {
                response.writeHead(502).end();
            }
            return isAfter;
        };
        const { reasons, step } = await project.up(inputs);
        expect([step, ...reasons]).toEqual(["failed", expect.stringContaining("is not known; the next update asks")]);
        harbor.intercept = undefined;
        expect((await project.up(inputs)).step).toBe("update");
        expect(project.outputs.objectId).toBe(there()?.project_id);
        expect(harbor.counts().POST).toBe(1);
    });

    it("whose quota fails is kept with what is done, and repaired by the next up", async () => {
        await project.up({ ...inputs, quota: "1GiB" });
        harbor.fail({ method: "PUT", url: /\/quotas\/\d/, ...FAULTS.broken() });
        const wanted = { ...inputs, public: false, quota: "2GiB" };
        const { reasons, step } = await project.up(wanted);
        expect([step, ...reasons]).toEqual(["failed", expect.stringMatching(/^Could not change the quota \d+: /)]);
        expect(there()?.metadata.public).toBe("false");
        harbor.asked();
        expect((await project.up(wanted)).step).toBe("update");
        expect(writes()).toEqual([expect.stringMatching(/^PUT \/quotas/)]);
    });

    it("whose change Harbor takes and does not make is an error, and not made for ever", async () => {
        harbor.newer = (_method, _url, json) => {
            const { metadata, ...rest } = (json ?? {}) as { metadata?: object };
            return metadata && { ...rest, metadata: { ...metadata, auto_sbom_generation: undefined } };
        };
        const { reasons, step } = await project.up({ ...inputs, autoSbom: true });
        expect(step).toBe("failed");
        expect(reasons).toEqual([
            expect.stringContaining("did not make it (autoSbom: have false, want true): its version may not know this"),
        ]);
    });

    it("is a proxy cache with its limits, and with a filter where Harbor knows one", async () => {
        const { id } = addRegistry(harbor);
        const cache: ProjectInputs = {
            ...inputs,
            registryId: id,
            proxyCache: { speed: 800, maxConnections: -1, filter: { pattern: "library/**" } },
        };
        const { reasons, step } = await project.up(cache);
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringContaining("(proxyCache.filter: have none, want doublestar library/**)"),
        ]);
        harbor.world.version = "v2.16.0-0a1b2c3d";
        expect((await project.up(cache)).step).toBe("update");
        expect(there()).toMatchObject({
            registry_id: id,
            metadata: {
                proxy_speed_kb: "800",
                max_upstream_conn: "-1",
                proxy_cache_filter_kind: "doublestar",
                proxy_cache_filter_pattern: "library/**",
            },
        });
        expect((await project.up(cache)).step).toBe("same");
        const hooks = harborHooks(projectKind, () => project.session());
        expect(await hooks.diff("", project.outputs, { ...cache, registryId: id + 1 })).toEqual({
            changes: true,
            replaces: ["registryId"],
            deleteBeforeReplace: true,
        });
    });

    it("is deleted by destroy, and not with images in it", async () => {
        await project.up(inputs);
        there()?.repositories.set("app", []);
        const { reasons, step } = await project.destroy();
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringMatching(/Could not delete the project mirror: .* 412, .*contains repositories/),
        ]);
        there()?.repositories.clear();
        expect((await project.destroy()).step).toBe("deleted");
        expect(there()).toBeUndefined();
    });
});

/** By hand, as an administrator would in Harbor's pages. */
function addRegistry({ world }: LocalHarbor): { readonly id: number } {
    const registry = {
        ...world.row("registry"),
        name: "hub",
        type: "docker-hub",
        url: "https://hub.docker.com",
        description: "",
        insecure: false,
        credential: {},
        status: "healthy",
    };
    world.registries.set(registry.id, registry);
    return registry;
}
