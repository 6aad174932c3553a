import { isDeepStrictEqual } from "node:util";
import { describeError, TransshipError } from "../../errors";
import { parseRepositoryName, tokenOf } from "../../github";
import type { CheckResult } from "../fleet-check";
import type { Session } from "../session";
import { toldPlainly } from "../told-plainly";
import { hasUnknown, UNKNOWN } from "../unknown";
import { claimFiles } from "./claims";
import type { EditedFile } from "./judge-files";
import { type DeliveryLook, lookAtRepository } from "./look";
import type { GuardInputs } from "./types";

/** The hooks of `transship:RepositoryGuard`: it looks at a repository before files are written to it. It owns nothing. */
export function guardHooks(session: () => Session) {
    return {
        check: (olds: Partial<GuardInputs>, news: GuardInputs): Promise<CheckResult<GuardInputs>> =>
            checkGuard(olds, news, session()),

        diff: async (_id: string, olds: GuardInputs, news: GuardInputs): Promise<{ changes: boolean }> => ({
            changes: hasUnknown(news) || differ(olds, news),
        }),

        create: async (inputs: GuardInputs): Promise<{ id: string; outs: GuardInputs }> => ({
            id: `${inputs.deliverer} to ${inputs.repository}`,
            outs: inputs,
        }),

        update: async (_id: string, _olds: GuardInputs, news: GuardInputs): Promise<{ outs: GuardInputs }> => ({
            outs: news,
        }),

        read: (id: string, props: GuardInputs): Promise<{ id: string; props: GuardInputs; inputs: GuardInputs }> =>
            toldPlainly(async () => {
                const look = await lookAtRepository(session().github(), props, props);
                const fresh = { ...props, ...seen(look, props.rewritten) };
                return { id, props: fresh, inputs: fresh };
            }),

        delete: async (): Promise<void> => undefined,
    };
}

async function checkGuard(
    olds: Partial<GuardInputs>,
    news: GuardInputs,
    session: Session,
): Promise<CheckResult<GuardInputs>> {
    if (hasUnknown(news)) {
        // Not even the repository may be there yet.
        const unknown = UNKNOWN as never;
        const head = news.delivery === "commit" ? {} : { head: unknown };
        const computed = { base: unknown, ...head, ownerKind: unknown, kept: unknown, observed: unknown };
        return { inputs: { ...news, ...computed } };
    }
    try {
        const client = session.github();
        await checkOwner(news, session);
        const look = await lookAtRepository(client, news, olds);
        const refused = news.onEdited === "refuse" ? look.edited.map((file) => editedLine(file, look)) : [];
        const reasons = [...look.problems, ...refused, ...claimFiles(session, news, look)];
        const again = news.onEdited === "overwrite" ? countAgain(olds.rewritten, look) : undefined;
        session.tell(look.edited.flatMap((file) => tellEdited(news, file, look)));
        const inputs = { ...news, ...seen(look, again) };
        return reasons.length === 0
            ? { inputs }
            : { inputs, failures: reasons.map((reason) => ({ property: "", reason: sentence(reason) })) };
    } catch (error) {
        return { inputs: news, failures: [{ property: "", reason: describeError(error) }] };
    }
}

/** What `check` computes, exceptions only. */
function seen(
    { base, edited, head, kept, ownerKind }: DeliveryLook,
    rewritten: GuardInputs["rewritten"],
): Pick<GuardInputs, "base" | "head" | "ownerKind" | "kept" | "rewritten" | "observed"> {
    return {
        base,
        ownerKind,
        ...(head === undefined ? {} : { head }),
        kept,
        ...(rewritten === undefined ? {} : { rewritten }),
        observed: edited.length === 0 ? {} : { edited: edited.map(({ path }) => path) },
    };
}

/** An edit on the branch that is written to has to be written over, though the state may say that nothing changed. */
function countAgain(
    former: GuardInputs["rewritten"] = {},
    { edited, head }: DeliveryLook,
): GuardInputs["rewritten"] | undefined {
    const here = edited.filter(({ at }) => at === (head === undefined ? "base" : "head"));
    const counted = { ...former, ...Object.fromEntries(here.map(({ path }) => [path, (former[path] ?? 0) + 1])) };
    return Object.keys(counted).length === 0 ? undefined : counted;
}

/**
 * The provider writes to repositories of its one owner, whatever the name: another owner's repository of the same name
 * would be written to instead.
 */
async function checkOwner({ providerOwner, repository }: GuardInputs, session: Session): Promise<void> {
    const { owner } = parseRepositoryName(repository);
    // An explicit provider without one does not take the stack's.
    const configured = providerOwner === "" ? process.env.GITHUB_OWNER : (providerOwner ?? session.gitHub.owner());
    const writes = configured ?? (await tokenOf(session.github())).login;
    if (writes?.toLowerCase() === owner.toLowerCase()) {
        return;
    }
    const whose = writes === undefined ? "has no owner" : `writes to repositories of ${writes}`;
    throw new TransshipError(
        "DELIVERY_REFUSED",
        `@pulumi/github ${whose}, and ${repository} is of ${owner}: run pulumi config set github:owner ${owner}, or give the component a github.Provider with that owner.`,
    );
}

function editedLine(file: EditedFile, look: DeliveryLook): string {
    const { path } = file;
    return `${describeEdit(file, look)}: take the change over and put the file back, or set onEdited to "keep" or "overwrite", or give ${path} another path`;
}

function describeEdit({ at, path, state }: EditedFile, { base, head, repository }: DeliveryLook): string {
    const branch = at === "head" ? head : base;
    return state === "edited"
        ? `${path} in ${repository} (${branch}) was changed by hand since Transship wrote it`
        : `${path} in ${repository} (${branch}) is there already, and Transship did not write it`;
}

function tellEdited({ onEdited }: GuardInputs, file: EditedFile, look: DeliveryLook): string[] {
    const what = describeEdit(file, look);
    return onEdited === "refuse" ? [] : [`${what}: it ${onEdited === "keep" ? "stays as it is" : "is written over"}`];
}

function sentence(reason: string): string {
    return reason.endsWith(".") ? reason : `${reason}.`;
}

function differ(olds: GuardInputs, news: GuardInputs): boolean {
    return (Object.keys(INPUTS) as (keyof GuardInputs)[]).some((key) => !isDeepStrictEqual(olds[key], news[key]));
}

/** Every input; the compiler refuses a list that is not whole. */
const INPUTS: Record<keyof GuardInputs, true> = {
    repository: true,
    delivery: true,
    deliverer: true,
    branch: true,
    headPrefix: true,
    files: true,
    onEdited: true,
    providerOwner: true,
    created: true,
    base: true,
    head: true,
    ownerKind: true,
    kept: true,
    rewritten: true,
    observed: true,
};
