import { describeError } from "../../errors";
import { findRobot, HarborClient, HarborError, type Robot } from "../../harbor";
import type { Session } from "../session";
import { toldPlainly } from "../told-plainly";
import { hasUnknown, UNKNOWN } from "../unknown";
import { KeptFailure } from "./kept-failure";
import { loginFor } from "./logins";
import { giveSecret, standingSecret, UnprovenSecret } from "./robot-secret-value";
import { schedule, standing } from "./schedule";
import type { Checked, RobotSecretInputs, RobotSecretState } from "./types";
import { robotProblems } from "./validate";

/** The hooks of `transship:HarborRobotSecret`. Names and signatures stay forever: old state calls them. */
export function robotSecretHooks(session: () => Session) {
    return {
        check: (olds: Partial<RobotSecretInputs>, news: RobotSecretInputs): Promise<Checked<RobotSecretInputs>> =>
            checkRobot(olds, news, session()),

        diff: (
            _id: string,
            olds: RobotSecretState,
            news: RobotSecretInputs,
        ): Promise<{ changes: boolean; replaces?: string[] }> => toldPlainly(() => diffRobot(olds, news, session())),

        create: async (inputs: RobotSecretInputs): Promise<{ id: string; outs: RobotSecretState }> =>
            withHarbor(inputs, session(), async (client) => {
                const robot = await findRobot(client, inputs.robot, inputs.project);
                const id = `${client.host}/robots/${robot.id}`;
                const former = { ...inputs, username: robot.name };
                const secret = await kept(id, former, () => giveSecret(client, robot));
                return { id, outs: { ...former, secret } };
            }),

        update: (id: string, olds: RobotSecretState, news: RobotSecretInputs): Promise<{ outs: RobotSecretState }> =>
            updateRobot(id, olds, news, session()),

        /** Harbor never tells a secret; whether it still takes this one is what `diff` asks. */
        read: async (
            id: string,
            props: RobotSecretState,
        ): Promise<{ id: string; props: RobotSecretState; inputs: RobotSecretInputs }> => {
            const { candidate, secret, username, ...inputs } = props;
            return { id, props, inputs };
        },

        /** The robot is not ours, and neither is what it does without this stack. */
        delete: async (): Promise<void> => undefined,
    };
}

async function checkRobot(
    olds: Partial<RobotSecretInputs>,
    news: RobotSecretInputs,
    session: Session,
): Promise<Checked<RobotSecretInputs>> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, rotation: UNKNOWN as never } };
    }
    const problems = robotProblems(news);
    if (problems.length > 0) {
        return refused(news, problems);
    }
    const { mayWait, rotation, why } = schedule(olds, news, session.now());
    const isWork = olds.rotation?.number !== rotation.number;
    const inputs = { ...news, rotation };
    try {
        const robot = await withHarbor(news, session, (client) => findRobot(client, news.robot, news.project));
        const wrong = unusable(robot, session.now());
        if (wrong !== undefined) {
            return refused(inputs, [wrong]);
        }
        session.tell(why === undefined ? [] : [`${robot.name}: ${why}: it gets a new secret`]);
        return { inputs };
    } catch (error) {
        const line = describeError(error);
        if (isWork && mayWait && olds.rotation !== undefined && isUnasked(error)) {
            session.tell([`${news.robot}: ${why}, but it stays due: ${line}`]);
            return { inputs: { ...news, rotation: standing(olds.rotation, news) } };
        }
        if (isWork || (error instanceof HarborError && error.code === "HARBOR_ROBOT_UNKNOWN")) {
            return refused(inputs, [line]);
        }
        session.tell([`${news.robot}: nothing can be said of it: ${line}`]);
        return { inputs };
    }
}

function refused(inputs: RobotSecretInputs, reasons: readonly string[]): Checked<RobotSecretInputs> {
    return { inputs, failures: reasons.map((reason) => ({ property: "", reason })) };
}

function isUnasked(error: unknown): boolean {
    return error instanceof HarborError && ["HARBOR_UNAVAILABLE", "HARBOR_RATE_LIMITED"].includes(error.code);
}

function unusable({ disabled, expiresAt, name }: Robot, now: Date): string | undefined {
    if (disabled) {
        return `The robot ${name} is disabled at Harbor, so no secret of it is any good: enable it there`;
    }
    return expiresAt !== undefined && expiresAt <= now.getTime()
        ? `The robot ${name} has expired at Harbor on ${new Date(expiresAt).toISOString().slice(0, 10)}, and a new secret does not change that: give it more time there`
        : undefined;
}

async function diffRobot(
    olds: RobotSecretState,
    news: RobotSecretInputs,
    session: Session,
): Promise<{ changes: boolean; replaces?: string[] }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    const moved = (["url", "project", "robot"] as const).filter((name) => olds[name] !== news[name]);
    if (moved.length > 0) {
        return { changes: true, replaces: moved };
    }
    const same = JSON.stringify(asked(olds)) === JSON.stringify(asked(news));
    if (!same || olds.candidate !== undefined || olds.secret === undefined) {
        return { changes: true };
    }
    return { changes: !(await stillAccepted(olds, olds.secret, session)) };
}

/** What decides whether there is anything to do, in one order. */
function asked({ credentials, rotate, rotateAfter, rotation }: RobotSecretInputs): readonly unknown[] {
    return [credentials, rotate, rotateAfter, rotation?.number, rotation?.since, rotation?.due];
}

/** Only a proven refusal counts: what cannot be asked is no change. */
async function stillAccepted(olds: RobotSecretState, secret: string, session: Session): Promise<boolean> {
    try {
        const accepted = await withHarbor(olds, session, (client) => client.accepts(olds.username, secret));
        if (!accepted) {
            session.tellOnce(
                `${olds.username}: Harbor no longer takes the secret that this stack gave it, so somebody else has changed it: it gets a new one`,
            );
        }
        return accepted;
    } catch (error) {
        session.tellOnce(`${olds.username}: ${describeError(error)}`);
        return true;
    }
}

async function updateRobot(
    id: string,
    olds: RobotSecretState,
    news: RobotSecretInputs,
    session: Session,
): Promise<{ outs: RobotSecretState }> {
    return withHarbor(news, session, async (client) => {
        const robot = { id: Number(id.slice(id.lastIndexOf("/") + 1)), name: olds.username };
        const isAsked = olds.rotation?.number !== news.rotation?.number;
        const former = { ...news, username: olds.username };
        const secret = await kept(id, former, () => standingSecret(client, robot, olds, isAsked));
        return { outs: { ...former, secret } };
    });
}

/** @throws KeptFailure with the secret that was sent, where nobody can say whether it is set */
async function kept(id: string, former: RobotSecretState, work: () => Promise<string>): Promise<string> {
    return work().catch((error) => {
        if (error instanceof UnprovenSecret) {
            const { candidate, message, secret } = error;
            throw new KeptFailure(id, { ...former, ...(secret === undefined ? {} : { secret }), candidate }, message);
        }
        throw error;
    });
}

async function withHarbor<T>(
    { credentials, url }: RobotSecretInputs,
    session: Session,
    work: (client: HarborClient) => Promise<T>,
): Promise<T> {
    const login = loginFor(credentials, "HARBOR", session.namedCredentials());
    const client = new HarborClient({ url, ...login }, { signal: session.signal });
    try {
        return await work(client);
    } finally {
        await client.close();
    }
}
