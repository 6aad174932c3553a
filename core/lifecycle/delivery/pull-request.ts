import { isDeepStrictEqual } from "node:util";
import { describeError } from "../../errors";
import type { CheckResult } from "../fleet-check";
import type { Session } from "../session";
import { toldPlainly } from "../told-plainly";
import { hasUnknown, UNKNOWN } from "../unknown";
import { findPullRequest } from "./find-pull-request";
import { closeSuperseded, openDelivery, renewText } from "./pull-request-writes";
import type { PullRequestFound, PullRequestInputs, PullRequestState } from "./types";

/** The hooks of `transship:PullRequest`: one pull request for each content that is delivered. It deletes nothing. */
export function pullRequestHooks(session: () => Session) {
    return {
        check: (_olds: Partial<PullRequestInputs>, news: PullRequestInputs): Promise<CheckResult<PullRequestInputs>> =>
            checkPullRequest(news, session()),

        diff: async (
            _id: string,
            olds: PullRequestState,
            news: PullRequestInputs,
        ): Promise<{ changes: boolean; replaces?: string[] }> => {
            const moved = olds.repository !== news.repository;
            const changes = hasUnknown(news) || moved || differ(olds, news);
            return moved ? { changes, replaces: ["repository"] } : { changes };
        },

        create: async (inputs: PullRequestInputs): Promise<{ id: string; outs: PullRequestState }> => ({
            id: `${inputs.repository}/${inputs.title}`,
            outs: stateOf(inputs, await openDelivery(session().github(), inputs)),
        }),

        update: async (
            _id: string,
            olds: PullRequestState,
            news: PullRequestInputs,
        ): Promise<{ outs: PullRequestState }> => {
            const client = session().github();
            const found = await openDelivery(client, news);
            if (olds.head === news.head) {
                await renewText(client, olds, news, found);
            } else {
                await closeSuperseded(client, olds, found);
            }
            return { outs: stateOf(news, found) };
        },

        read: (
            id: string,
            props: PullRequestState,
        ): Promise<{ id: string; props: PullRequestState; inputs: PullRequestInputs }> =>
            toldPlainly(async () => {
                const found = await findPullRequest(session().github(), props);
                const { number: _number, state: _state, url: _url, ...inputs } = props;
                const fresh = { ...inputs, observed: found };
                return { id, props: stateOf(fresh, found), inputs: fresh };
            }),

        delete: async (): Promise<void> => undefined,
    };
}

/** The look at every preview and up; a declined pull request is told, and not opened again. */
async function checkPullRequest(news: PullRequestInputs, session: Session): Promise<CheckResult<PullRequestInputs>> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN as never } };
    }
    try {
        const observed = await findPullRequest(session.github(), news);
        if (observed.state === "closed") {
            session.tell([
                `${news.repository}#${observed.number} was closed, and ${news.base} has not what it brought: open it again there (${observed.url}), or change what is delivered`,
            ]);
        }
        return { inputs: { ...news, observed } };
    } catch (error) {
        return { inputs: news, failures: [{ property: "", reason: describeError(error) }] };
    }
}

function stateOf(inputs: PullRequestInputs, { number, state, url }: PullRequestFound): PullRequestState {
    return { ...inputs, state, ...(number === undefined ? {} : { number }), ...(url === undefined ? {} : { url }) };
}

/** What is wanted, or what became of it, is another than the state says. */
function differ(olds: PullRequestState, news: PullRequestInputs): boolean {
    const { number, state, url } = news.observed ?? {};
    const wanted = ["base", "head", "title", "body", "files"] as const;
    return (
        !isDeepStrictEqual([state, number, url], [olds.state, olds.number, olds.url]) ||
        wanted.some((key) => !isDeepStrictEqual(olds[key], news[key]))
    );
}
