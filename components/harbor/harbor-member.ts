import * as pulumi from "@pulumi/pulumi";
import type { harborTypes } from "../../core/lifecycle";
import { badArgument, checkChoice } from "../images/arguments";
import type { GivenInputs, HarborObjectArgs } from "./harbor-args";

/** See components/images/fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).harbor.member.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.member.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).harbor.member.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).harbor.member.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).harbor.member.read(id, props as never);
    },
    async delete(id, props) {
        return (await import("transship/lifecycle")).harbor.member.delete(id, props);
    },
};

/** What a member may do: Harbor's five roles. */
export type HarborRole = "project-admin" | "maintainer" | "developer" | "guest" | "limited-guest";

/** A group of people who log in elsewhere: Harbor's own users have none. */
export interface HarborGroup {
    /** Its name at Harbor. */
    readonly name: pulumi.Input<string>;
    /** Where people log in: LDAP, a proxy that authenticates (`http`), or OIDC. */
    readonly type: "ldap" | "http" | "oidc";
    /** Of an LDAP group, by which Harbor finds one that it does not know yet. @default it is found by its name */
    readonly ldapDn?: pulumi.Input<string>;
}

export interface HarborMemberArgs extends HarborObjectArgs {
    /** Another one is another member. */
    readonly project: pulumi.Input<string>;
    /** A user's name at Harbor; another one is another member. One of `user` and `group` is needed. */
    readonly user?: pulumi.Input<string>;
    /** Another one is another member. */
    readonly group?: HarborGroup;
    readonly role: pulumi.Input<HarborRole>;
}

/**
 * A user or a group as a member of a project. Who made a project is a member of it already: `adopt: true` takes that one
 * over.
 */
export class HarborMember extends pulumi.dynamic.Resource {
    /** Of the user or the group. */
    declare readonly name: pulumi.Output<string>;
    /** Harbor's number of the membership. */
    declare readonly objectId: pulumi.Output<number>;

    constructor(name: string, args: HarborMemberArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("role", args.role, ["project-admin", "maintainer", "developer", "guest", "limited-guest"]);
        checkChoice("group.type", args.group?.type, ["ldap", "http", "oidc"]);
        if ((args.user === undefined) === (args.group === undefined)) {
            throw badArgument("user", "or group is needed, and not both: a member is one of them");
        }
        const inputs: GivenInputs<harborTypes.MemberInputs> = {
            url: args.url,
            name: args.user ?? args.group?.name,
            project: args.project,
            credentials: args.credentials ?? "harbor",
            adopt: args.adopt,
            user: args.user,
            group: args.group,
            role: args.role,
        };
        const computed = { objectId: undefined, adopted: undefined };
        super(provider, name, { ...inputs, ...computed }, opts, "transship", "HarborMember");
    }
}
