import * as v from "valibot";
import { suggestion } from "../../catalog";
import type { RotationInputs } from "../rotation/types";
import { rotationEntries } from "../rotation/validate";
import type { HarborInputs, HarborState } from "./kind";
import { ROBOT_WORDS, type RobotRight, type RobotScope } from "./robot-permissions";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborRobot`. */
export interface RobotInputs extends HarborInputs, RotationInputs {
    readonly description?: string;
    /** Days; -1: for ever. */
    readonly duration?: number;
    readonly disabled?: boolean;
    /** Rights in `project`; without one, of places. */
    readonly permissions: readonly (RobotRight | RobotScope)[];
    /** Whether one that is taken over keeps the secret that this stack does not know. */
    readonly keepSecret?: boolean;
    /** Computed by `check`: the whole name, as Harbor tells it today. */
    readonly username?: string;
}

export interface RobotState extends RobotInputs, HarborState {
    readonly secret?: string;
    /** Sent, but nobody knows whether it is set: the next update asks. */
    readonly candidate?: string;
    /** Which one of the rotation's the secret is. */
    readonly secretNumber?: number;
    /** Absent for one that never ends. */
    readonly expiresAt?: string;
}

const MOST_DAYS = 2 ** 31 - 2;

const schema = v.looseObject({
    ...commonEntries,
    ...rotationEntries,
    // Harbor's own rule. (goharbor/harbor, src/server/v2.0/handler/robot.go, `validateName`)
    name: v.pipe(
        text("name"),
        v.maxLength(255, "name has more than 255 characters"),
        v.regex(
            /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
            "name must be the short one, without Harbor's prefix and the project: lower-case letters and digits, with single . _ or - between them",
        ),
    ),
    project: v.optional(text("project")),
    description: v.optional(v.string("description must be a text")),
    duration: v.optional(
        v.pipe(
            v.number("duration must be a number of days, or -1 for ever"),
            v.check(
                (given) => given === -1 || (Number.isSafeInteger(given) && given > 0 && given <= MOST_DAYS),
                "duration must be whole days from 1 on, or -1 for ever",
            ),
        ),
    ),
    disabled: flag("disabled"),
    keepSecret: flag("keepSecret"),
    permissions: v.pipe(
        v.array(v.unknown(), "permissions must be a list"),
        v.minLength(1, "permissions are none: Harbor has no robot that may nothing"),
    ),
});

const accessSchema = v.strictObject({
    resource: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
    action: v.pipe(v.string(), v.regex(/^[a-z-]+$/)),
});

export function robotProblems(inputs: RobotInputs): string[] {
    const problems = problemsOf(schema, inputs);
    if (problems.length > 0) {
        return problems;
    }
    const { adopt, keepSecret, permissions, project } = inputs;
    return [
        ...permissions.flatMap((one) => (project === undefined ? scopeProblems(one) : rightProblems(one))),
        ...(keepSecret === true && adopt !== true
            ? ["keepSecret is of a robot that is taken over: set adopt: true, or take it away"]
            : []),
    ];
}

function scopeProblems(given: unknown): string[] {
    const { access, project, system } = (typeof given === "object" && given !== null ? given : {}) as RobotScope;
    const isPlace = system === true ? project === undefined : typeof project === "string" && project !== "";
    if (!isPlace || !Array.isArray(access)) {
        return [
            `a robot without a project has permissions of places, { project: "mirror", access: ["pull"] } or { system: true, access: […] }, not ${shown(given)}`,
        ];
    }
    if (access.length === 0) {
        return [`permissions of ${system === true ? "the system" : `project ${project}`} are none: take them away`];
    }
    return access.flatMap(rightProblems);
}

function rightProblems(given: unknown): string[] {
    if (given === "*" || (given as { action?: unknown } | null)?.action === "*") {
        return ['a permission is none of "*": Harbor wants them one by one, and a robot needs few'];
    }
    if (typeof given === "string") {
        return given in ROBOT_WORDS
            ? []
            : [`permission ${JSON.stringify(given)} is not known${suggestion(given, Object.keys(ROBOT_WORDS))}`];
    }
    return v.is(accessSchema, given)
        ? []
        : [`a permission is a word such as "pull", or { resource, action } in Harbor's words, not ${shown(given)}`];
}

function shown(given: unknown): string {
    return (JSON.stringify(given) ?? "nothing").slice(0, 100);
}
