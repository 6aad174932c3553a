import { beforeEach, expect, it } from "vitest";
import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import { memberKind } from "../../../core/lifecycle/harbor/member";
import type { MemberInputs, MemberState } from "../../../core/lifecycle/harbor/types";
import { addGroup, addProject, describeHarbor, FAULTS, type LocalHarbor } from "../../support/harbor";
import type { Resource } from "../stack";
import { harborOfAdmin, objectOf } from "./object";

describeHarbor("A member of a project of Harbor", () => {
    let harbor: LocalHarbor;
    let member: Resource<MemberInputs, MemberState>;
    let inputs: MemberInputs;

    beforeEach(async () => {
        harbor = await harborOfAdmin();
        addProject(harbor.world, "mirror", { owner: 1 });
        harbor.world.addUser("alice", "Alice-pass-1");
        harbor.world.members.clear();
        member = objectOf(memberKind);
        inputs = {
            url: harbor.url,
            name: "alice",
            user: "alice",
            project: "mirror",
            credentials: "harbor",
            role: "developer",
        };
    });

    const host = () => new URL(harbor.url).host;
    const title = () => `member alice of project mirror at ${host()}`;
    const all = () => [...harbor.world.members.values()];
    const writes = () => harbor.asked().filter((line) => !line.startsWith("GET"));
    const ofGroup = (group: MemberInputs["group"]): MemberInputs => ({
        ...inputs,
        name: group?.name ?? "",
        user: undefined,
        group,
    });

    it("is made, stays, changes its role as the same one, and is deleted", async () => {
        expect(await member.preview(inputs)).toEqual({ step: "create", lines: [], reasons: [] });
        await member.up(inputs);
        expect(all()).toMatchObject([{ entity_type: "u", role_id: 2 }]);
        expect(member.outputs).toMatchObject({ objectId: all()[0]?.id, adopted: false, observed: {} });
        harbor.asked();
        expect((await member.up(inputs)).step).toBe("same");
        expect(harbor.asked()).toEqual(["GET /users/current", "GET /projects/mirror/members"]);
        await member.up({ ...inputs, role: "maintainer" });
        expect(writes()).toEqual([`PUT /projects/mirror/members/${all()[0]?.id}`]);
        expect(all()).toMatchObject([{ role_id: 4 }]);
        await member.destroy();
        expect(all()).toEqual([]);
    });

    it.each([
        ["project-admin", 1],
        ["developer", 2],
        ["guest", 3],
        ["maintainer", 4],
        ["limited-guest", 5],
    ] as const)("as a %s has the role %d", async (role, id) => {
        await member.up({ ...inputs, role });
        expect(all()).toMatchObject([{ role_id: id }]);
        expect((await member.up({ ...inputs, role })).step).toBe("same");
    });

    it("whose role somebody changed is told at the preview and at a refresh, and put right", async () => {
        await member.up(inputs);
        Object.assign(all()[0] ?? {}, { role_id: 1 });
        const line = "role: have project-admin, want developer";
        expect(await member.preview(inputs)).toEqual({ step: "update", lines: [`${title()}: ${line}`], reasons: [] });
        await member.refresh();
        expect(member.outputs.observed).toEqual({ drift: [line] });
        await member.up(inputs);
        expect(all()).toMatchObject([{ role_id: 2 }]);
        expect((await member.up(inputs)).step).toBe("same");
    });

    it("in a project whose name is a number is asked for, changed and deleted by name", async () => {
        addProject(harbor.world, "2024");
        harbor.world.members.clear();
        const inNumber = { ...inputs, project: "2024" };
        await member.up(inNumber);
        await member.up({ ...inNumber, role: "guest" });
        expect(all()).toMatchObject([{ project_id: harbor.world.project("2024")?.project_id, role_id: 3 }]);
        await member.destroy();
        expect(all()).toEqual([]);
    });

    it("that is there already, as who made the project is, is refused, and adopted where it is asked for", async () => {
        harbor.byHand("POST", "/projects", { project_name: "theirs" });
        const admin: MemberInputs = { ...inputs, name: "admin", user: "admin", project: "theirs", role: "maintainer" };
        expect((await member.preview(admin)).reasons).toEqual([
            `There is a member admin of project theirs at ${host()} already, which this stack did not make: set adopt: true to take it over, or take another name.`,
        ]);
        const adopting = { ...admin, adopt: true };
        expect((await member.preview(adopting)).lines).toContain(
            `member admin of project theirs at ${host()}: role: have project-admin, want maintainer`,
        );
        await member.up(adopting);
        const theirs = () => all().filter((one) => one.project_id === harbor.world.project("theirs")?.project_id);
        expect(theirs()).toMatchObject([{ role_id: 4 }]);
        expect((await member.up(adopting)).step).toBe("same");
        await member.destroy();
        expect(theirs()).toHaveLength(1);
    });

    it("is another one with another user, in another project, and as a group", async () => {
        await member.up(inputs);
        const hooks = harborHooks(memberKind, () => member.session());
        const diff = (more: Partial<MemberInputs>) => hooks.diff("", member.outputs, { ...inputs, ...more });
        expect(await diff({ name: "bob", user: "bob" })).toMatchObject({ replaces: ["name", "user"] });
        expect(await diff({ project: "library" })).toMatchObject({ replaces: ["project"] });
        const asGroup = await diff({ user: undefined, group: { name: "alice", type: "oidc" } });
        expect(asGroup).toMatchObject({ replaces: ["user", "group"], deleteBeforeReplace: true });
    });

    it("that is nobody's at Harbor is told at the preview, and refused in one sentence", async () => {
        const unknown = { ...inputs, name: "bob", user: "bob" };
        const sentence = `Harbor at ${host()} knows no user bob, who is to be a member of the project mirror: check the name; who logs in by OIDC is known there from the first login on`;
        expect((await member.preview(unknown)).lines).toEqual([
            `member bob of project mirror at ${host()}: ${sentence}`,
        ]);
        const { reasons, step } = await member.up(unknown);
        expect([step, ...reasons]).toEqual(["failed", `${sentence}.`]);
        harbor.world.addUser("bob", "Bob-pass-1");
        expect(await member.up(unknown)).toEqual({ step: "create", lines: [], reasons: [] });
    });

    it("is not called unknown where only the project is", async () => {
        const { reasons, step } = await member.up({ ...inputs, project: "later" });
        expect([step, ...reasons]).toEqual(["failed", expect.stringMatching(/said 404, "project later not found"/)]);
    });

    it.each([
        ["ldap", 1],
        ["http", 2],
        ["oidc", 3],
    ] as const)("is a group of %s", async (type, number) => {
        addGroup(harbor.world, "devs", number);
        await member.up(ofGroup({ name: "devs", type }));
        expect(all()).toMatchObject([{ entity_type: "g", role_id: 2 }]);
        expect((await member.up(ofGroup({ name: "devs", type }))).step).toBe("same");
        await member.destroy();
        expect(all()).toEqual([]);
    });

    it("is a group of LDAP by its DN, under the name that Harbor knows it by", async () => {
        const ldapDn = "cn=devs,dc=example,dc=com";
        addGroup(harbor.world, "developers", 1, ldapDn);
        const group = (name: string) => ofGroup({ name, type: "ldap", ldapDn });
        const { reasons, step } = await member.up(group("devs"));
        expect([step, ...reasons]).toEqual([
            "failed",
            `Harbor at ${host()} knows the group of that ldapDn as developers, not devs: give it that name here.`,
        ]);
        expect(all()).toEqual([]);
        expect((await member.up(group("developers"))).step).toBe("create");
        expect((await member.up(group("developers"))).step).toBe("same");
    });

    it("is a group of OIDC that Harbor makes known by its name", async () => {
        harbor.world.configuration.set("auth_mode", "oidc_auth");
        await member.up(ofGroup({ name: "new", type: "oidc" }));
        expect([...harbor.world.groups.values()]).toMatchObject([{ group_name: "new", group_type: 3 }]);
    });

    it("is no group that Harbor does not know, of which it says little", async () => {
        const { reasons, step } = await member.up(ofGroup({ name: "devs", type: "ldap" }));
        expect([step, ...reasons]).toEqual([
            "failed",
            expect.stringMatching(
                /said 404, "devs not found: not supported".* If it knows no group devs: check its name, and that people log in there by ldap\.$/,
            ),
        ]);
    });

    it("that is gone is made again, also where it went just before its change, to which Harbor says 200", async () => {
        await member.up(inputs);
        harbor.world.members.clear();
        const { lines, step } = await member.up(inputs);
        expect([step, ...lines]).toEqual(["update", `${title()}: deleted there: it is made again`]);
        expect(all()).toHaveLength(1);
        harbor.intercept = ({ method }) => {
            if (method === "PUT") {
                harbor.world.members.clear();
            }
            return false;
        };
        const { reasons } = await member.up({ ...inputs, role: "guest" });
        expect(reasons).toEqual([expect.stringMatching(/took the change of the member alice .* \(it is gone\)/)]);
        harbor.intercept = undefined;
        expect((await member.up({ ...inputs, role: "guest" })).step).toBe("update");
        expect(all()).toMatchObject([{ role_id: 3 }]);
        harbor.world.members.clear();
        expect((await member.destroy()).step).toBe("deleted");
    });

    it("whose creation nobody was told of is found, and is no other one", async () => {
        harbor.fail({ method: "POST", ...FAULTS.lost() });
        expect((await member.up(inputs)).step).toBe("create");
        expect(all()).toHaveLength(1);
        expect(member.outputs).toMatchObject({ objectId: all()[0]?.id, adopted: false });
        harbor.fail({ method: "PUT", ...FAULTS.broken() });
        expect((await member.up({ ...inputs, role: "guest" })).step).toBe("failed");
        expect((await member.up({ ...inputs, role: "guest" })).step).toBe("update");
        expect(all()).toMatchObject([{ role_id: 3 }]);
    });

    it.each([
        [{ user: undefined }, "a member is a user or a group: give one of them"],
        [{ group: { name: "devs", type: "oidc" } }, "a member is a user or a group: give one of them"],
        [{ role: "owner" }, 'role must be "project-admin", "maintainer", "developer", "guest" or "limited-guest"'],
        [
            { user: undefined, group: { name: "devs", type: "oidc", ldapDn: "cn=devs" } },
            'ldapDn is of a group of type "ldap"',
        ],
        [{ user: undefined, group: { name: "devs", type: "saml" } }, 'group.type must be "ldap", "http" or "oidc"'],
    ] as [Partial<MemberInputs>, string][])("with %j is refused before Harbor is asked", async (more, sentence) => {
        const refused = { step: "refused", lines: [], reasons: [sentence] };
        expect(await member.preview({ ...inputs, ...more })).toEqual(refused);
        expect(harbor.asked()).toEqual([]);
    });
});
