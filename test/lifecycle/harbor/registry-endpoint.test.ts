import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { registryEndpointKind } from "../../../core/lifecycle/harbor/registry-endpoint";
import type { RegistryEndpointInputs, RegistryEndpointState } from "../../../core/lifecycle/harbor/types";
import { ADMIN, addProject, describeHarbor, FAULTS, type LocalHarbor, localHarbor } from "../../support/harbor";
import { Resource, TalkingSession } from "../stack";

const LOGIN = { username: "bot-41", password: "Secret-77-of-ghcr" };

/** A provider process with this in its stack's configuration. */
class Configured extends Resource<RegistryEndpointInputs, RegistryEndpointState> {
    login = LOGIN;

    override session(): TalkingSession {
        const session = new TalkingSession(() => new Date(0));
        session.configure(() => ({ harbor: ADMIN, ghcr: this.login }));
        return session;
    }
}

describeHarbor("A registry endpoint of Harbor", () => {
    let harbor: LocalHarbor;
    let endpoint: Configured;
    let inputs: RegistryEndpointInputs;

    beforeEach(async () => {
        harbor = await localHarbor();
        endpoint = new Configured(
            (session) => harborHooks(registryEndpointKind, () => session) as never,
            () => new Date(0),
        );
        inputs = {
            url: harbor.url,
            name: "ghcr",
            credentials: "harbor",
            type: "github-ghcr",
            endpoint: "https://ghcr.io",
            registryCredentials: "ghcr",
        };
    });

    const title = () => `registry endpoint ghcr at ${new URL(harbor.url).host}`;
    const there = () => [...harbor.world.registries.values()][0];
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));

    it("is made with the login of the stack's configuration, which is nowhere else", async () => {
        expect((await endpoint.up(inputs)).step).toBe("create");
        expect(there()?.credential).toEqual({
            type: "basic",
            access_key: LOGIN.username,
            access_secret: LOGIN.password,
        });
        expect(JSON.stringify(endpoint.state)).not.toMatch(/bot-41|Secret-77/);
        expect(endpoint.outputs).toMatchObject({ objectId: there()?.id, adopted: false });
        harbor.asked();
        expect((await endpoint.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /registries"]);
    });

    it("without a login is none of ours to give one", async () => {
        const { registryCredentials, ...anonymous } = inputs;
        await endpoint.up(anonymous);
        Object.assign(there()?.credential ?? {}, { access_key: "by-hand", access_secret: "x" });
        expect((await endpoint.up(anonymous)).step).toBe("same");
    });

    it("whose login is not configured is refused, with how to set it", async () => {
        const { reasons } = await endpoint.preview({ ...inputs, registryCredentials: "quay" });
        expect(reasons).toEqual([
            expect.stringMatching(/has no login "quay": set it with pulumi config set --secret --path/),
        ]);
    });

    it("gets another login when somebody put one there, and nobody is named", async () => {
        await endpoint.up(inputs);
        Object.assign(there()?.credential ?? {}, { access_key: "by-hand", access_secret: "x" });
        const { lines, step } = await endpoint.preview(inputs);
        expect([step, ...lines]).toEqual([
            "update",
            `${title()}: credential: have another, want that of the stack's configuration`,
        ]);
        await endpoint.up(inputs);
        expect(there()?.credential).toMatchObject({ access_key: LOGIN.username, access_secret: LOGIN.password });
        expect((await endpoint.up(inputs)).step).toBe("same");
    });

    it("gets the secret anew when it is rotated, since nobody can see which one it has", async () => {
        await endpoint.up({ ...inputs, rotate: 1 });
        endpoint.login = { ...LOGIN, password: "Another-88" };
        expect((await endpoint.up({ ...inputs, rotate: 1 })).step).toBe("same");
        await endpoint.up({ ...inputs, rotate: 2 });
        expect(there()?.credential.access_secret).toBe("Another-88");
    });

    it("gets the secret anew when the registry refuses the one that Harbor has, and takes ours", async () => {
        await endpoint.up(inputs);
        Object.assign(there() ?? {}, { status: "unhealthy" });
        Object.assign(there()?.credential ?? {}, { access_secret: "stale" });
        harbor.intercept = ({ body, method, url }, response) => {
            const sent = (body as { access_secret?: string } | undefined)?.access_secret;
            const secret = sent ?? there()?.credential.access_secret;
            const isBad = method === "POST" && url.endsWith("/ping") && secret !== LOGIN.password;
            if (isBad) {
                const errors = [{ code: "BAD_REQUEST", message: "the registry is unhealthy" }];
                response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
            }
            return isBad;
        };
        const { lines, step } = await endpoint.up(inputs);
        expect([step, ...lines]).toEqual([
            "update",
            `${title()}: credential: have one that the registry refuses, want that of the stack's configuration`,
        ]);
        expect(there()?.credential.access_secret).toBe(LOGIN.password);
    });

    it("that Harbor does not reach is told, is no drift, and is not made", async () => {
        harbor.world.unreachable.add("https://ghcr.io");
        const { lines, reasons, step } = await endpoint.up(inputs);
        expect(step).toBe("failed");
        expect(lines).toEqual([
            expect.stringMatching(/Could not let Harbor reach .* said 400, "the registry is unhealthy"/),
        ]);
        expect(reasons).toEqual([expect.stringMatching(/^Could not create the registry endpoint ghcr: .* said 400, /)]);
        harbor.world.unreachable.clear();
        await endpoint.up(inputs);
        harbor.world.unreachable.add("https://ghcr.io");
        Object.assign(there() ?? {}, { status: "unhealthy" });
        const later = await endpoint.up(inputs);
        expect(later.step).toBe("same");
        expect(later.lines).toEqual([expect.stringContaining(`${title()}: Could not let Harbor reach`)]);
    });

    it("keeps its secret when its address changes, which a Harbor after 2.15 would forget", async () => {
        harbor.world.version = "v2.16.0-0a1b2c3d";
        await endpoint.up(inputs);
        await endpoint.up({ ...inputs, endpoint: "https://ghcr.example.com/" });
        expect(there()).toMatchObject({
            url: "https://ghcr.example.com",
            credential: { access_secret: LOGIN.password },
        });
        expect((await endpoint.up({ ...inputs, endpoint: "https://ghcr.example.com/" })).step).toBe("same");
    });

    it("is renamed as the same object, and changed field by field", async () => {
        await endpoint.up(inputs);
        const { id } = there() ?? {};
        harbor.asked();
        await endpoint.up({ ...inputs, name: "github", description: "of the mirror", insecure: true });
        expect(writes()).toEqual(["POST /registries/ping", `PUT /registries/${id}`]);
        expect(there()).toMatchObject({ id, name: "github", description: "of the mirror", insecure: true });
        expect(endpoint.outputs.objectId).toBe(id);
    });

    it.each([
        ["refused", FAULTS.broken],
        ["lost", FAULTS.lost],
    ] as const)("is still the same object after a change of its name was %s", async (_how, fault) => {
        await endpoint.up(inputs);
        const { id } = there() ?? {};
        const renamed = { ...inputs, name: "github" };
        harbor.fail({ method: "PUT", ...fault() });
        expect((await endpoint.up(renamed)).step).toBe("failed");
        expect((await endpoint.up(renamed)).step).toBe("update");
        expect([...harbor.world.registries.values()]).toMatchObject([{ id, name: "github" }]);
        expect((await endpoint.up(renamed)).step).toBe("same");
        expect(endpoint.outputs).toMatchObject({ objectId: id, name: "github" });
    });

    it("of another type, or at another Harbor, is another one; under the same name the old one makes room first", async () => {
        await endpoint.up(inputs);
        const hooks = harborHooks(registryEndpointKind, () => endpoint.session());
        const diff = (more: Partial<RegistryEndpointInputs>) =>
            hooks.diff("", endpoint.outputs, { ...inputs, ...more });
        expect(await diff({ type: "docker-hub" })).toEqual({
            changes: true,
            replaces: ["type"],
            deleteBeforeReplace: true,
        });
        const moved = { changes: true, replaces: ["url"], deleteBeforeReplace: false };
        expect(await diff({ url: "https://other.example.com" })).toEqual(moved);
        expect(await diff({ name: "github" })).toEqual({ changes: true });
        expect(await diff({})).toEqual({ changes: false });
    });

    it("is adopted only as what it is, with our login from then on", async () => {
        await endpoint.up({ ...inputs, registryCredentials: undefined });
        endpoint.state = undefined;
        const adopting = { ...inputs, adopt: true };
        expect((await endpoint.preview({ ...adopting, type: "docker-hub" })).reasons).toEqual([
            expect.stringContaining("it is of type github-ghcr, not docker-hub, and Harbor never changes that"),
        ]);
        await endpoint.up(adopting);
        expect(there()?.credential.access_secret).toBe(LOGIN.password);
        await endpoint.destroy();
        expect(there()).toBeDefined();
    });

    it("is not deleted while a proxy cache uses it", async () => {
        await endpoint.up(inputs);
        addProject(harbor.world, "cache", { registry: there()?.id });
        const { reasons, step } = await endpoint.destroy();
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringMatching(/said 412, .*referenced by proxy cache project/),
        ]);
        harbor.world.projects.clear();
        expect((await endpoint.destroy()).step).toBe("deleted");
    });
});
