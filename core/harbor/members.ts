import * as v from "valibot";
import { type HarborConnection, type Payload, part } from "./connection";
import { HarborError } from "./errors";

const schema = v.looseObject({
    id: v.number(),
    /** Of the user or the group. */
    entity_name: v.string(),
    /** `u` or `g`. */
    entity_type: v.string(),
    /** 1 project administrator, 2 developer, 3 guest, 4 maintainer, 5 limited guest. */
    role_id: v.number(),
});

const userSchema = v.object({ username: v.string() });

/** (Harbor's API description, `ProjectMemberEntity`) */
export type ProjectMember = v.InferOutput<typeof schema>;

export interface ProjectMemberWish {
    readonly role_id: number;
    readonly member_user?: { readonly username: string };
    readonly member_group?: {
        readonly group_name?: string;
        /** 1 LDAP, 2 HTTP, 3 OIDC. */
        readonly group_type?: number;
        readonly ldap_group_dn?: string;
    };
}

export class ProjectMembers {
    constructor(private readonly connection: HarborConnection) {}

    /** @throws HarborError */
    list(project: string): Promise<ProjectMember[]> {
        return this.connection.list(rootOf(project), {}, `list the members of the project ${project}`, schema);
    }

    /**
     * @param type `u` for a user, `g` for a group
     * @param id its number, where that is known: a group of LDAP may have a name of its own at Harbor
     * @returns undefined where it, or the project, is proven not to be there
     * @throws HarborError
     */
    async find(project: string, name: string, type: "u" | "g", id?: number): Promise<ProjectMember | undefined> {
        const all = await this.list(project).catch((error) => {
            if (error instanceof HarborError && error.code === "HARBOR_NOT_FOUND") {
                return [];
            }
            throw error;
        });
        const ofType = all.filter((one) => one.entity_type === type);
        return ofType.find((one) => one.id === id) ?? ofType.find((one) => one.entity_name === name);
    }

    /** Whether Harbor knows a user of this name already. @throws HarborError */
    async isUser(name: string): Promise<boolean> {
        const doing = `ask whether there is a user ${name}`;
        const found = await this.connection.list("/users/search", { username: name }, doing, userSchema);
        return found.some(({ username }) => username === name);
    }

    /** @returns its id. @throws HarborError */
    async create(project: string, member: ProjectMemberWish): Promise<number> {
        const who = member.member_user?.username ?? member.member_group?.group_name ?? "a group";
        const doing = `make ${who} a member of the project ${project}`;
        return Number(await this.connection.create(rootOf(project), member as unknown as Payload, doing));
    }

    /** Only the role can change. @throws HarborError */
    async update(project: string, id: number, role: number): Promise<void> {
        const doing = `change the role of the member ${id} of the project ${project}`;
        await this.connection.change("PUT", `${rootOf(project)}/${id}`, { role_id: role }, doing);
    }

    /** @throws HarborError */
    delete(project: string, id: number): Promise<void> {
        return this.connection.remove(
            `${rootOf(project)}/${id}`,
            `take the member ${id} out of the project ${project}`,
        );
    }
}

function rootOf(project: string): string {
    return `/projects/${part(project)}/members`;
}
