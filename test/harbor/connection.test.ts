import { beforeEach, expect, it } from "vitest";
import { Harbor, type HarborError } from "../../core/harbor";
import { ADMIN, addProject, describeHarbor, FAULTS, type LocalHarbor, localHarbor } from "../support/harbor";

describeHarbor("Harbor's API", () => {
    let local: LocalHarbor;
    let harbor: Harbor;

    beforeEach(async () => {
        local = await localHarbor();
        harbor = new Harbor(local.access(), { sleep: async () => undefined });
    });

    const codeOf = (asked: Promise<unknown>): Promise<string> =>
        asked.then(
            () => "none",
            (error: HarborError) => error.code,
        );

    it("is read page by page, until all that it counts are there", async () => {
        for (let n = 0; n < 250; n++) {
            addProject(local.world, `p${n}`);
        }
        const all = await harbor.projects.list();
        expect(new Set(all.map(({ name }) => name)).size).toBe(251);
        expect(local.asked()).toHaveLength(3);
    });

    it("is read by Link where nothing is counted, and while pages are full where there is neither", async () => {
        for (let n = 0; n < 150; n++) {
            addProject(local.world, `p${n}`);
        }
        const pages = (headers: (page: number) => Record<string, string>, sizes: readonly number[]) => {
            local.intercept = ({ url }, response) => {
                const page = Number(new URL(url, local.url).searchParams.get("page"));
                const items = Array.from({ length: sizes[page - 1] ?? 0 }, (_, at) => ({
                    project_id: page * 1000 + at,
                    name: `p${page}-${at}`,
                }));
                response.writeHead(200, headers(page)).end(JSON.stringify(items));
                return true;
            };
        };
        pages(
            (page): Record<string, string> =>
                page === 1 ? { link: '</x?page=2>; rel="next"' } : { link: '</x>; rel="prev"' },
            [10, 10, 10],
        );
        expect(await harbor.projects.list()).toHaveLength(20);
        pages(() => ({}), [100, 7, 9]);
        expect(await harbor.projects.list()).toHaveLength(107);
    });

    it("knows a project by its name, also one that looks like an id", async () => {
        addProject(local.world, "2024");
        expect((await harbor.projects.find("2024"))?.name).toBe("2024");
        const id = await harbor.projects.create({ project_name: "77" });
        expect((await harbor.projects.find("77"))?.project_id).toBe(id);
    });

    it("says gone by its own 404 only", async () => {
        expect(await harbor.projects.find("nobody")).toBeUndefined();
        local.intercept = (_request, response) => {
            response.writeHead(404, { "content-type": "text/plain" }).end("default backend - 404");
            return true;
        };
        await expect(harbor.projects.find("nobody")).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE" });
        local.intercept = (_request, response) => {
            response.writeHead(404).end(JSON.stringify({ code: 404, message: "path /api/v2.0/x was not found" }));
            return true;
        };
        await expect(harbor.projects.delete("nobody")).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE" });
    });

    it("tells what is there already from what is still needed, and from what is not there", async () => {
        addProject(local.world, "mirror").repositories.set("app", []);
        expect(await codeOf(harbor.projects.create({ project_name: "mirror" }))).toBe("HARBOR_CONFLICT");
        expect(await codeOf(harbor.projects.delete("mirror"))).toBe("HARBOR_PRECONDITION");
        expect(await codeOf(harbor.projects.update("nobody", { metadata: { public: "true" } }))).toBe(
            "HARBOR_NOT_FOUND",
        );
        expect(await codeOf(harbor.projects.delete("nobody"))).toBe("none");
        expect(await codeOf(harbor.projects.create({ project_name: "Not A Name" }))).toBe("HARBOR_REFUSED");
    });

    it.each([
        ["PUT", (one: Harbor) => one.projects.update("library", { metadata: { public: "false" } })],
        ["POST", (one: Harbor) => one.projects.create({ project_name: "mirror" })],
        ["DELETE", (one: Harbor) => one.projects.delete("library")],
    ] as const)(
        "is asked once by %s where its answer is lost, and a second time after a limit",
        async (method, ask) => {
            local.fail({ method, ...FAULTS.lost() });
            await expect(ask(harbor)).rejects.toMatchObject({ code: "HARBOR_UNAVAILABLE", mayBeDone: true });
            expect(local.counts()).toEqual({ [method]: 1 });
            local.log.length = 0;
            local.fail({ method, ...FAULTS.tooMany(1) });
            await ask(harbor).catch(() => undefined);
            expect(local.counts()).toEqual({ [method]: 2 });
        },
    );

    it("is told a wrong password from a project that is not there", async () => {
        addProject(local.world, "open", { metadata: { public: "true" } });
        const nobody = new Harbor(local.access({ ...ADMIN, password: "wrong-77" }));
        expect((await nobody.projects.find("open"))?.name).toBe("open");
        const error = await nobody.proveLogin().catch((thrown: HarborError) => thrown);
        expect(error).toMatchObject({ code: "HARBOR_UNAUTHORIZED" });
        expect((error as HarborError).message).not.toContain("wrong-77");
        await harbor.proveLogin();
    });
});
