import { expect, it } from "vitest";
import { ADMIN, addProject, describeHarbor, FAULTS, type LocalHarbor, localHarbor } from "../support/harbor";
import { ask } from "../support/harbor/ask";

const PROJECT = { project_name: "mirror", metadata: { public: "false" } };

describeHarbor("Lists of the local Harbor", () => {
    const names = (json: { name: string }[]) => json.map(({ name }) => name);
    async function withProjects(): Promise<LocalHarbor> {
        const harbor = await localHarbor();
        for (let index = 0; index < 24; index++) {
            addProject(harbor.world, `p${String(index).padStart(2, "0")}`);
        }
        return harbor;
    }

    // src/server/v2.0/handler/base.go, `Links`
    it("come ten at a time, with X-Total-Count and a Link to both sides", async () => {
        const harbor = await withProjects();
        const first = await ask(harbor, "GET", "/projects");
        expect([first.json.length, first.headers.get("x-total-count")]).toEqual([10, "25"]);
        expect(first.headers.get("link")).toBe('</api/v2.0/projects?page=2&page_size=10>; rel="next"');
        const middle = await ask(harbor, "GET", "/projects?page=2&page_size=10&q=name%3D~p");
        expect(middle.headers.get("link")).toBe(
            '</api/v2.0/projects?page=1&page_size=10&q=name=~p>; rel="prev" , </api/v2.0/projects?page=3&page_size=10&q=name=~p>; rel="next"',
        );
        expect((await ask(harbor, "GET", "/projects?page=3")).headers.get("link")).toContain('rel="prev"');
        expect((await ask(harbor, "GET", "/projects?page=9")).json).toEqual([]);
    });

    // src/lib/q/builder.go
    it.each([
        ["name=p07", ["p07"]],
        ["name=~0", ["p00", "p01", "p02", "p03", "p04", "p05", "p06", "p07", "p08", "p09"]],
        ["Name={p07 p11 none}", ["p07", "p11"]],
        ["project_id=2", ["p00"]],
    ])("are filtered by q=%s", async (q, wanted) => {
        const harbor = await withProjects();
        expect(names((await ask(harbor, "GET", `/projects?q=${encodeURIComponent(q)}`)).json)).toEqual(wanted);
    });

    it("are sorted as is asked for, and are refused without sense in q", async () => {
        const harbor = await withProjects();
        const { json } = await ask(harbor, "GET", "/projects?sort=-name&page_size=2");
        expect(names(json)).toEqual(["p23", "p22"]);
        expect(await ask(harbor, "GET", "/projects?q=name")).toMatchObject({
            status: 400,
            json: { errors: [{ message: 'the query string must contain "=" and the key/value cannot be empty' }] },
        });
    });

    it("know a repository whose name has a slash by two encodings only", async () => {
        const harbor = await localHarbor();
        const artifacts = [{ digest: `sha256:${"a".repeat(64)}`, tags: ["1"] }];
        addProject(harbor.world, "mirror").repositories.set("team/app", artifacts);
        const path = "/projects/mirror/repositories/";
        expect((await ask(harbor, "GET", `${path}team%252Fapp/artifacts`)).json).toMatchObject([
            { tags: [{ name: "1" }] },
        ]);
        expect((await ask(harbor, "GET", `${path}team%2Fapp/artifacts`)).status).toBe(404);
        expect(harbor.violations.splice(0)).toHaveLength(1);
    });
});

describeHarbor("Faults of the local Harbor", () => {
    it.each([
        ["401", FAULTS.unauthorized(), 401, null],
        ["403", FAULTS.forbidden(), 403, null],
        ["429 and when to come again", FAULTS.tooMany(7), 429, "7"],
        ["429", FAULTS.tooMany(), 429, null],
        ["500", FAULTS.broken(), 500, null],
        ["a proxy's page", FAULTS.badGateway(), 502, null],
    ])("are %s, once, for what fits", async (_what, fault, status, retryAfter) => {
        const harbor = await localHarbor();
        harbor.fail({ ...fault, url: "/projects" });
        expect((await ask(harbor, "GET", "/registries")).status).toBe(200);
        const { headers, status: answered } = await ask(harbor, "POST", "/projects", PROJECT);
        expect([answered, headers.get("retry-after")]).toEqual([status, retryAfter]);
        expect(harbor.world.project("mirror")).toBeUndefined();
        expect((await ask(harbor, "POST", "/projects", PROJECT)).status).toBe(201);
        expect(harbor.counts()).toEqual({ GET: 1, POST: 2 });
        expect(harbor.asked()).toEqual(["GET /registries", "POST /projects", "POST /projects"]);
    });

    it("are an answer that is lost after the work, a connection that closes, and one that waits", async () => {
        const harbor = await localHarbor();
        harbor.fail(FAULTS.lost());
        await expect(ask(harbor, "POST", "/projects", PROJECT)).rejects.toThrow("fetch failed");
        expect(harbor.world.project("mirror")).toBeDefined();
        harbor.fail(FAULTS.closed());
        await expect(ask(harbor, "DELETE", "/projects/mirror")).rejects.toThrow("fetch failed");
        expect(harbor.world.project("mirror")).toBeDefined();
        harbor.fail(FAULTS.hanging());
        const signal = AbortSignal.timeout(50);
        await expect(ask(harbor, "GET", "/projects", undefined, { signal })).rejects.toThrow("timeout");
    });

    it("are known to its token service, which knows robots and users by their secrets", async () => {
        const harbor = await localHarbor();
        const token = (login: { username: string; password: string }) =>
            ask(harbor, "GET", "/service/token?service=harbor-registry", undefined, { login, root: "" });
        expect((await token(ADMIN)).status).toBe(200);
        expect((await token({ ...ADMIN, password: "wrong" })).status).toBe(401);
    });
});
