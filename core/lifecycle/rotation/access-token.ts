import { isDeepStrictEqual } from "node:util";
import { type DockerHubAccess, DockerHubClient, DockerHubError, type TokenWish } from "../../dockerhub";
import { describeError, TransshipError } from "../../errors";
import type { Session } from "../session";
import { toldPlainly } from "../told-plainly";
import { hasUnknown, UNKNOWN } from "../unknown";
import { loginFor } from "./logins";
import { schedule, toSecond } from "./schedule";
import type { AccessTokenInputs, AccessTokenState, Checked } from "./types";
import { tokenProblems } from "./validate";

/** The hooks of `transship:DockerHubToken`. Names and signatures stay forever: old state calls them. */
export function accessTokenHooks(session: () => Session) {
    return {
        check: async (olds: Partial<AccessTokenInputs>, news: AccessTokenInputs): Promise<Checked<AccessTokenInputs>> =>
            checkToken(olds, news, session()),

        diff: (
            id: string,
            olds: AccessTokenState,
            news: AccessTokenInputs,
        ): Promise<{ changes: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }> =>
            toldPlainly(() => diffToken(id, olds, news, session())),

        create: (inputs: AccessTokenInputs): Promise<{ id: string; outs: AccessTokenState }> =>
            createToken(inputs, session()),

        /** Hub's tokens do not change: another one is another resource. What is left is when the next is due. */
        update: async (
            _id: string,
            olds: AccessTokenState,
            news: AccessTokenInputs,
        ): Promise<{ outs: AccessTokenState }> => {
            const { token, tokenLabel, username } = olds;
            return { outs: { ...news, username, token, tokenLabel } };
        },

        read: (
            id: string,
            props: AccessTokenState,
        ): Promise<{ id: string; props: AccessTokenState; inputs: AccessTokenInputs }> =>
            toldPlainly(() => readToken(id, props, session())),

        delete: (id: string, props: AccessTokenState): Promise<void> =>
            toldPlainly(() => deleteToken(id, props, session())),
    };
}

function checkToken(
    olds: Partial<AccessTokenInputs>,
    news: AccessTokenInputs,
    session: Session,
): Checked<AccessTokenInputs> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, rotation: UNKNOWN as never } };
    }
    const { rotation, why } = schedule(olds, news, session.now());
    const inputs = { ...news, rotation };
    const problems = tokenProblems(news);
    try {
        if (problems.length === 0 && olds.rotation?.number !== rotation.number) {
            accessFor(news, session);
        }
    } catch (error) {
        problems.push(describeError(error));
    }
    if (problems.length > 0) {
        return { inputs, failures: problems.map((reason) => ({ property: "", reason })) };
    }
    session.tell(why === undefined ? [] : [`${news.label}: ${why}: a new access token takes the old one's place`]);
    return { inputs };
}

async function diffToken(
    id: string,
    olds: AccessTokenState,
    news: AccessTokenInputs,
    session: Session,
): Promise<{ changes: boolean; replaces?: string[]; deleteBeforeReplace?: boolean }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    // The old token works until everything has the new one: it is deleted last.
    const replace = (what: string) => ({ changes: true, replaces: [what], deleteBeforeReplace: false });
    const moved = (["url", "label", "scopes", "organization", "resources"] as const).find(
        (name) => !isDeepStrictEqual(olds[name], news[name]),
    );
    if (moved !== undefined) {
        return replace(moved);
    }
    if (olds.rotation?.number !== news.rotation?.number) {
        return replace("rotation");
    }
    const standing = await standingOf(id, olds, session);
    if (standing === "gone") {
        session.tellOnce(`${olds.tokenLabel}: the access token was deleted at Docker Hub: a new one takes its place`);
        return replace("rotation");
    }
    return { changes: !isDeepStrictEqual(asked(olds), asked(news)) };
}

function asked({ credentials, rotate, rotateAfter, rotation }: AccessTokenInputs): readonly unknown[] {
    return [credentials, rotate, rotateAfter, rotation];
}

/** What cannot be asked is taken to be there, and told. */
async function standingOf(id: string, olds: AccessTokenState, session: Session): Promise<"there" | "gone"> {
    try {
        const found = await withHub(olds, session, (client) => client.token(id, olds.organization));
        if (found?.active === false) {
            session.tellOnce(
                `${olds.tokenLabel}: somebody deactivated this access token at Docker Hub: activate it there, or change \`rotate\` for a new one`,
            );
        }
        return found === undefined ? "gone" : "there";
    } catch (error) {
        session.tellOnce(`${olds.tokenLabel}: ${describeError(error)}`);
        return "there";
    }
}

async function createToken(
    inputs: AccessTokenInputs,
    session: Session,
): Promise<{ id: string; outs: AccessTokenState }> {
    const tokenLabel = `${inputs.label} ${toSecond(session.now())}`;
    return withHub(inputs, session, async (client) => {
        const made = await client.createToken(wishOf(inputs, tokenLabel)).catch((error) => {
            throw error instanceof DockerHubError && error.mayBeDone ? perhapsMade(error, tokenLabel) : error;
        });
        const username = inputs.organization ?? client.access.username;
        return { id: made.id, outs: { ...inputs, username, token: made.token, tokenLabel } };
    });
}

/** Hub tells a token's value once: one that was made without an answer is of no use to anybody. */
function perhapsMade(error: DockerHubError, label: string): TransshipError {
    const advice = `If Docker Hub's settings show an access token ${JSON.stringify(label)}, delete it: nobody has it`;
    return new TransshipError(error.code, `${error.message} ${advice}.`, { cause: error });
}

function wishOf({ organization, resources = [], scopes = [] }: AccessTokenInputs, label: string): TokenWish {
    return organization === undefined ? { label, scopes } : { label, organization, resources };
}

async function readToken(
    id: string,
    props: AccessTokenState,
    session: Session,
): Promise<{ id: string; props: AccessTokenState; inputs: AccessTokenInputs }> {
    const { token, tokenLabel, username, ...inputs } = props;
    const gone = (await standingOf(id, props, session)) === "gone";
    // An id that is empty tells the engine that the resource is gone.
    return { id: gone ? "" : id, props, inputs };
}

/** Only a token that still has the label which this stack gave it is this stack's to delete. */
async function deleteToken(id: string, props: AccessTokenState, session: Session): Promise<void> {
    await withHub(props, session, async (client) => {
        const found = await client.token(id, props.organization);
        if (found === undefined) {
            return;
        }
        if (found.label !== props.tokenLabel) {
            throw new TransshipError(
                "DOCKERHUB_NOT_OURS",
                `The access token ${id} at Docker Hub is called ${JSON.stringify(found.label)}, not ${JSON.stringify(props.tokenLabel)} as this stack called it: delete it there by hand, and take it out of the state with pulumi state delete.`,
            );
        }
        await client.deleteToken(id, props.organization);
    });
}

function accessFor({ credentials, url }: AccessTokenInputs, session: Session): DockerHubAccess {
    return { url, ...loginFor(credentials, "DOCKERHUB", session.namedCredentials()) };
}

async function withHub<T>(
    inputs: AccessTokenInputs,
    session: Session,
    work: (client: DockerHubClient) => Promise<T>,
): Promise<T> {
    const client = new DockerHubClient(accessFor(inputs, session), { signal: session.signal });
    try {
        return await work(client);
    } finally {
        await client.close();
    }
}
