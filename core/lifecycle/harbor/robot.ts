import { HarborError, type RobotAccount, type RobotWish } from "../../harbor";
import { standingSecret, UnprovenSecret } from "../rotation/robot-secret-value";
import { schedule, standing, toSecond } from "../rotation/schedule";
import { type Fields, type HarborKind, type HarborOutputs, type HarborTools, type Made, Unsettled } from "./kind";
import { robotWarning } from "./robot-expiry";
import { type RobotInputs, type RobotState, robotProblems } from "./robot-inputs";
import { actualRights, permissionsOf, ungrantable, wantedRights } from "./robot-permissions";

const FOR_EVER = -1;

/** A robot account. Its secret is told by Harbor once, and is an output. */
export const robotKind: HarborKind<RobotInputs, RobotAccount> = {
    word: "robot",
    problems: robotProblems,
    replaces: [],
    renames: false,
    outputs: ["secret", "candidate", "secretNumber", "expiresAt"],
    computed: ["rotation", "username"],
    idOf: ({ id }) => id,
    find: findRobotAccount,
    wanted,
    actual: ({ description, disable, duration, level, permissions }) => ({
        description: description ?? "",
        duration: duration ?? FOR_EVER,
        disabled: disable === true,
        permissions: new Set(actualRights(level ?? "", permissions ?? [])),
    }),
    known: ({ expires_at, name }) => ({
        username: name,
        expiresAt: (expires_at ?? FOR_EVER) > 0 ? toSecond(new Date(Number(expires_at) * 1000)) : undefined,
    }),
    create: createRobot,
    update: async (inputs, actual, changed, { harbor }) => {
        const has = (name: keyof RobotInputs) => changed.includes(name);
        const { description, disabled, duration } = inputs;
        await harbor.robots.update(actual, {
            ...(has("description") && { description }),
            ...(has("duration") && { duration }),
            ...(has("disabled") && { disable: disabled }),
            ...(has("permissions") && { permissions: permissionsOf(inputs) }),
        });
        return undefined;
    },
    delete: ({ id, name }, { harbor }) => harbor.robots.delete(id, name),
    plan: (olds, news, { is, now }) => {
        // What is made, or taken over, starts with its first secret.
        const isKept = is === "kept" || is === "unknown";
        const { mayWait, rotation, why } = schedule(isKept ? olds : {}, news, now);
        if (is === "unknown" && mayWait && olds.rotation !== undefined) {
            return { inputs: { rotation: standing(olds.rotation, news) }, lines: [`${why}, but it stays due`] };
        }
        const adopted = news.keepSecret
            ? "it keeps its secret, which this stack does not know"
            : "it gets a new secret, since Harbor tells nobody the one that it has: keepSecret: true leaves that as it is";
        const reasons = is === "adopted" ? [adopted] : why === undefined ? [] : [`${why}: it gets a new secret`];
        return { inputs: { rotation }, lines: reasons };
    },
    verify: async (inputs, actual, isWork, { harbor, now }) => {
        const grants = isWork ? await harbor.robots.grants() : undefined;
        const warning = actual && robotWarning(actual, inputs, now);
        return { refusals: grants && ungrantable(inputs, grants), ...(warning === undefined ? {} : { warning }) };
    },
    settle,
    stale,
};

/** @returns undefined only where it, or its project, is proven not to be there */
async function findRobotAccount(
    name: string,
    { objectId, project }: RobotInputs,
    { harbor }: HarborTools,
): Promise<RobotAccount | undefined> {
    const whole = project === undefined ? name : `${project}+${name}`;
    const known = objectId === undefined ? undefined : await harbor.robots.get(objectId);
    if (known?.name.endsWith(whole) && (known.level === "project") === (project !== undefined)) {
        return known;
    }
    const found = project === undefined ? undefined : await harbor.projects.find(project);
    return project !== undefined && found === undefined ? undefined : harbor.robots.find(whole, found?.project_id);
}

function wanted(inputs: RobotInputs): Fields {
    const { description, disabled, duration } = inputs;
    return {
        ...(description === undefined ? {} : { description }),
        ...(duration === undefined ? {} : { duration }),
        ...(disabled === undefined ? {} : { disabled }),
        permissions: new Set(wantedRights(inputs)),
    };
}

/** Harbor answers with the secret; whether it is disabled it does not look at, so that is changed afterwards. */
async function createRobot(inputs: RobotInputs, { harbor }: HarborTools): Promise<Made> {
    const { description, duration = FOR_EVER, name, project } = inputs;
    const wish: RobotWish = {
        name,
        level: project === undefined ? "system" : "project",
        duration,
        permissions: permissionsOf(inputs),
        ...(description === undefined ? {} : { description }),
    };
    const {
        id,
        secret,
        name: username,
    } = await harbor.robots.create(wish).catch((error) => {
        throw error instanceof HarborError && /permission scope is invalid/.test(error.message)
            ? new HarborError(
                  "HARBOR_FORBIDDEN",
                  `Could not create the robot ${name}: the login at Harbor at ${harbor.host} is a robot itself, and makes none that may do more than it: give it fewer permissions, or take an administrator's login.`,
              )
            : error;
    });
    return { objectId: id, outputs: { username, secret, secretNumber: numberOf(inputs) } };
}

function numberOf({ rotation }: RobotInputs): number {
    return rotation?.number ?? 1;
}

/**
 * The secret: told at the creation, or made here for a robot whose secret nobody has: it was taken over, or the answer of
 * its creation was lost. One that somebody else has changed is made anew.
 */
async function settle(
    inputs: RobotInputs,
    actual: RobotAccount,
    olds: RobotInputs | undefined,
    outputs: HarborOutputs,
    { harbor, now }: HarborTools,
): Promise<HarborOutputs> {
    const { candidate, secret, secretNumber } = outputs as Partial<RobotState>;
    const number = numberOf(inputs);
    const isMade = olds === undefined && secret !== undefined;
    const isLeft = isKeptSecret(inputs) && (olds === undefined || secretNumber === number);
    if (isMade || (isLeft && secret === undefined && candidate === undefined)) {
        return { secret, secretNumber: number };
    }
    const robot = { id: actual.id, name: actual.name, mayLogIn: mayLogIn(actual, now) };
    try {
        const given = await standingSecret(harbor.robots, robot, { candidate, secret }, secretNumber !== number);
        return { secret: given, candidate: undefined, secretNumber: number };
    } catch (error) {
        if (error instanceof UnprovenSecret) {
            const { code, message, ...sent } = error;
            throw new Unsettled(code, message, {
                secret: sent.secret,
                candidate: sent.candidate,
                secretNumber: number,
            });
        }
        throw error;
    }
}

/** Only of what is taken over there is one that somebody else has. */
function isKeptSecret(inputs: RobotInputs): boolean {
    return inputs.keepSecret === true && (inputs as RobotState).adopted === true;
}

/** Whether Harbor says anything of a secret by refusing it. */
function mayLogIn({ disable, expires_at }: RobotAccount, now: Date): boolean {
    const ends = expires_at ?? FOR_EVER;
    return disable !== true && (ends < 0 || ends * 1000 > now.getTime());
}

async function stale(state: RobotInputs, { harbor, now }: HarborTools): Promise<string | undefined> {
    const { objectId, secret, secretNumber, username } = state as RobotState;
    if (secret === undefined) {
        return isKeptSecret(state) && secretNumber === numberOf(state) ? undefined : "secret: have none, want one";
    }
    if (username === undefined || objectId === undefined || (await harbor.robots.accepts(username, secret))) {
        return undefined;
    }
    const robot = await harbor.robots.get(objectId);
    return robot === undefined || !mayLogIn(robot, now)
        ? undefined
        : "secret: Harbor no longer takes the one that this stack gave it, so somebody else has changed it: it gets a new one";
}
