import * as v from "valibot";
import { HarborError, type ProjectMember, type ProjectMemberWish } from "../../harbor";
import type { HarborInputs, HarborKind, HarborState, HarborTools } from "./kind";
import { commonEntries, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborMember`; `name` is the user's or the group's. */
export interface MemberInputs extends HarborInputs {
    readonly project: string;
    readonly user?: string;
    readonly group?: {
        /** Its name at Harbor. */
        readonly name: string;
        readonly type: keyof typeof GROUP_TYPES;
        readonly ldapDn?: string;
    };
    readonly role: keyof typeof ROLES;
}

export type MemberState = MemberInputs & HarborState;

/** (goharbor/harbor, src/common/const.go) */
const ROLES = { "project-admin": 1, maintainer: 4, developer: 2, guest: 3, "limited-guest": 5 } as const;
const GROUP_TYPES = { ldap: 1, http: 2, oidc: 3 } as const;

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    user: v.optional(text("user")),
    group: v.optional(
        v.strictObject({
            name: text("group.name"),
            type: v.picklist(["ldap", "http", "oidc"], 'group.type must be "ldap", "http" or "oidc"'),
            ldapDn: v.optional(text("group.ldapDn")),
        }),
    ),
    role: v.picklist(
        ["project-admin", "maintainer", "developer", "guest", "limited-guest"],
        'role must be "project-admin", "maintainer", "developer", "guest" or "limited-guest"',
    ),
});

/** With the project's name, by which it is deleted. */
type MemberLook = ProjectMember & { readonly project: string };

/** Who may do what in a project. Of a member only the role changes: somebody else is another member. */
export const memberKind: HarborKind<MemberInputs, MemberLook> = {
    word: "member",
    title: ({ group, name, project }) => `member ${group === undefined ? "" : "group "}${name} of project ${project}`,
    problems,
    replaces: ["user", "group"],
    renames: false,
    idOf: ({ id }) => id,
    find: async (name, { group, objectId, project }, { harbor }) => {
        const member = await harbor.members.find(project, name, group === undefined ? "u" : "g", objectId);
        return member && { ...member, project };
    },
    wanted: ({ role }) => ({ role }),
    actual: ({ role_id }) => ({
        role: Object.entries(ROLES).find(([, id]) => id === role_id)?.[0] ?? `number ${role_id}`,
    }),
    create: createMember,
    update: async ({ project, role }, { id }, _changed, { harbor }) => {
        await harbor.members.update(project, id, ROLES[role]);
        return undefined;
    },
    delete: ({ id, project }, { harbor }) => harbor.members.delete(project, id),
    verify: async ({ project, user }, actual, isWork, { harbor }) => {
        if (user === undefined || actual !== undefined || !isWork || (await isKnown(user, harbor))) {
            return {};
        }
        return { warning: unknownUser(user, project, harbor.host) };
    },
};

function problems(inputs: MemberInputs): string[] {
    const { group, user } = inputs;
    return [
        ...problemsOf(schema, inputs),
        ...((user === undefined) === (group === undefined) ? ["a member is a user or a group: give one of them"] : []),
        ...(group?.ldapDn !== undefined && group.type !== "ldap" ? ['ldapDn is of a group of type "ldap"'] : []),
    ];
}

async function createMember(inputs: MemberInputs, { harbor }: HarborTools): Promise<number> {
    const { group, project, role, user } = inputs;
    const wish: ProjectMemberWish = {
        role_id: ROLES[role],
        ...(user === undefined ? {} : { member_user: { username: user } }),
        ...(group === undefined
            ? {}
            : {
                  member_group: {
                      group_name: group.name,
                      group_type: GROUP_TYPES[group.type],
                      ...(group.ldapDn === undefined ? {} : { ldap_group_dn: group.ldapDn }),
                  },
              }),
    };
    try {
        const id = await harbor.members.create(project, wish);
        if (group?.ldapDn !== undefined) {
            await proveName(project, id, group.name, harbor);
        }
        return id;
    } catch (error) {
        throw error instanceof HarborError ? await explained(error, inputs, harbor) : error;
    }
}

/** A group that Harbor knows by its DN already has the name that it got then: by another one it would not be found again. */
async function proveName(project: string, id: number, name: string, harbor: HarborTools["harbor"]): Promise<void> {
    const made = await harbor.members.find(project, name, "g", id);
    if (made !== undefined && made.entity_name !== name) {
        await harbor.members.delete(project, id);
        throw new HarborError(
            "HARBOR_REFUSED",
            `Harbor at ${harbor.host} knows the group of that ldapDn as ${made.entity_name}, not ${name}: give it that name here.`,
        );
    }
}

/** Of a user or a group that Harbor does not know it says little: 404, or for some logins 500 as of any fault of its own. */
async function explained(
    error: HarborError,
    { group, project, user }: MemberInputs,
    harbor: HarborTools["harbor"],
): Promise<HarborError> {
    if (user !== undefined && error.code === "HARBOR_NOT_FOUND" && !(await isKnown(user, harbor))) {
        return new HarborError(error.code, `${unknownUser(user, project, harbor.host)}.`, { cause: error });
    }
    if (group !== undefined && /said (?:404, "(?!project )|500)/.test(error.message)) {
        const advice = `If it knows no group ${group.name}: check its name, and that people log in there by ${group.type}`;
        return new HarborError(error.code, `${error.message} ${advice}.`, { cause: error });
    }
    return error;
}

/** Where that cannot be asked, it is not said that there is none. */
function isKnown(user: string, harbor: HarborTools["harbor"]): Promise<boolean> {
    return harbor.members.isUser(user).catch(() => true);
}

function unknownUser(user: string, project: string, host: string): string {
    return `Harbor at ${host} knows no user ${user}, who is to be a member of the project ${project}: check the name; who logs in by OIDC is known there from the first login on`;
}
