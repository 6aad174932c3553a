import { isDeepStrictEqual } from "node:util";
import { describeError, TransshipError } from "../errors";
import { describeVersion, findLackingRight, type PackageLook, replan, reportsFor } from "../packages";
import { count, limitLines } from "./findings";
import type { CheckResult } from "./fleet-check";
import { applyPackages, PackagesFailure } from "./packages-apply";
import { lookAt, type Remembered, wishOf } from "./packages-look";
import type { PackagesInputs, PackagesOutputs } from "./packages-types";
import type { Session } from "./session";
import { toldPlainly } from "./told-plainly";
import { hasUnknown, UNKNOWN } from "./unknown";

const NOTHING: Remembered = { deletions: [], refused: {} };

/** The hooks of `transship:GhcrPackages`, as the engine calls them. Names and signatures stay forever. */
export function packagesHooks(session: () => Session) {
    const known = new WeakMap<Session, Looks>();
    const looks = (): Looks => {
        const found = known.get(session()) ?? new Looks(session());
        known.set(session(), found);
        return found;
    };
    const apply = async (
        id: string,
        inputs: PackagesInputs,
        olds: PackagesOutputs | undefined,
    ): Promise<PackagesOutputs> => {
        try {
            return await applyPackages(inputs, olds, await looks().take(inputs, olds ?? NOTHING), session());
        } catch (error) {
            throw error instanceof PackagesFailure ? error.of(id) : error;
        }
    };
    return {
        check: (olds: Partial<PackagesInputs>, news: PackagesInputs): Promise<CheckResult<PackagesInputs>> =>
            checkPackages(olds, news, looks(), session()),

        diff: (_id: string, olds: PackagesOutputs, news: PackagesInputs): Promise<{ changes: boolean }> =>
            toldPlainly(() => diffPackages(olds, news, looks(), session())),

        create: async (inputs: PackagesInputs): Promise<{ id: string; outs: PackagesOutputs }> => {
            const id = inputs.owner ?? "packages";
            return { id, outs: await apply(id, inputs, undefined) };
        },

        update: async (
            id: string,
            olds: PackagesOutputs,
            news: PackagesInputs,
        ): Promise<{ outs: PackagesOutputs }> => ({
            outs: await apply(id, news, olds),
        }),

        read: (
            id: string,
            props: PackagesOutputs,
        ): Promise<{ id: string; props: PackagesOutputs; inputs: PackagesInputs }> =>
            toldPlainly(() => readPackages(id, props, session())),

        /** It made no package, and takes none away. */
        delete: async (): Promise<void> => undefined,
    };
}

/** What `check` saw in a process, for the hooks after it. */
class Looks {
    private readonly seen = new Map<string, readonly PackageLook[]>();

    constructor(private readonly session: Session) {}

    remember(inputs: PackagesInputs, looks: readonly PackageLook[]): void {
        this.seen.set(keyOf(inputs), looks);
    }

    /** Judged with what the state knows; looked again where nothing is known. */
    async recall(inputs: PackagesInputs, remembered: Remembered): Promise<PackageLook[]> {
        const looks = this.seen.get(keyOf(inputs)) ?? (await lookAt(inputs, remembered, this.session));
        return looks.map((look) => replan(look, wishOf(inputs, remembered)));
    }

    /** The same, for who is about to change what was seen. */
    async take(inputs: PackagesInputs, remembered: Remembered): Promise<PackageLook[]> {
        const looks = await this.recall(inputs, remembered);
        this.seen.delete(keyOf(inputs));
        return looks;
    }
}

async function checkPackages(
    olds: Partial<PackagesInputs>,
    news: PackagesInputs,
    memory: Looks,
    session: Session,
): Promise<CheckResult<PackagesInputs>> {
    if (hasUnknown(news)) {
        return { inputs: { ...news, observed: UNKNOWN as never } };
    }
    try {
        const looks = await lookAt(news, NOTHING, session);
        memory.remember(news, looks);
        const failures = await refusals(news, looks, session);
        tell(news, looks, olds.locked === undefined, session);
        const inputs = { ...news, observed: { packages: reportsFor(looks, olds.observed?.packages) } };
        return failures.length === 0 ? { inputs } : { inputs, failures };
    } catch (error) {
        return { inputs: news, failures: [{ property: "", reason: describeError(error) }] };
    }
}

/** An update is due for other inputs, another world than the state's, and for versions to delete. */
async function diffPackages(
    olds: PackagesOutputs,
    news: PackagesInputs,
    memory: Looks,
    session: Session,
): Promise<{ changes: boolean }> {
    if (hasUnknown(news)) {
        return { changes: true };
    }
    const isSame = isDeepStrictEqual(asked(olds), asked(news));
    const looks = await memory.recall(news, isSame ? olds : { ...NOTHING, deletions: olds.deletions });
    tellDue(news, looks, session);
    const isDue = !news.dryRun && looks.some(({ retention }) => (retention?.plan.delete.length ?? 0) > 0);
    const report = reportsFor(looks, olds.report);
    return { changes: !isSame || isDue || !isDeepStrictEqual(plain(report), plain(olds.report)) };
}

async function readPackages(
    id: string,
    props: PackagesOutputs,
    session: Session,
): Promise<{ id: string; props: PackagesOutputs; inputs: PackagesInputs }> {
    const looks = await lookAt(props, props, session);
    tell(props, looks, false, session);
    const report = reportsFor(looks, props.report);
    const fresh = { ...props, report, observed: { packages: report } };
    const { deletions, refused, report: _seen, ...inputs } = fresh;
    return { id, props: fresh, inputs };
}

/** Inputs without what `check` computed. */
function asked(inputs: PackagesInputs): Partial<PackagesInputs> {
    const { atMost, catalog, dryRun, expect, locked, onProblem, owner, packages, retention } = inputs;
    return plain({ atMost, catalog, dryRun, expect, locked, onProblem, owner, packages, retention });
}

function keyOf(inputs: PackagesInputs): string {
    return JSON.stringify(asked(inputs));
}

/** As it comes back from a state: what is undefined is not there. */
function plain<T>(value: T): T {
    return JSON.parse(JSON.stringify(value ?? null)) as T;
}

/** What ends the program before anything is touched. */
async function refusals(
    { dryRun, onProblem }: PackagesInputs,
    looks: readonly PackageLook[],
    session: Session,
): Promise<{ property: string; reason: string }[]> {
    const reasons = looks
        .flatMap(({ problems }) => problems)
        .filter(() => onProblem === "fail")
        .map(({ message }) => `${message.replace(/\.$/, "")}; onProblem is "fail".`);
    try {
        const lacking = dryRun ? undefined : await findLackingRight(session.github(), looks);
        reasons.push(...(lacking === undefined ? [] : [lacking]));
    } catch (error) {
        if (!(error instanceof TransshipError)) {
            throw error;
        }
        // Nobody knows whether the right is there: the deletion itself will tell.
    }
    return limitLines(reasons, "problems").map((reason) => ({ property: "", reason }));
}

function tell(inputs: PackagesInputs, looks: readonly PackageLook[], isNew: boolean, session: Session): void {
    const problems = looks.flatMap((look) => look.problems.map(({ message }) => message));
    session.tell(inputs.onProblem === "fail" ? [] : limitLines(problems, "problems"));
    if (isNew) {
        tellDue(inputs, looks, session);
    }
}

const FIRST = 5;

function tellDue({ dryRun }: PackagesInputs, looks: readonly PackageLook[], session: Session): void {
    const lines = looks.flatMap(({ place, retention, versions }) => {
        const due = retention?.plan.delete ?? [];
        if (due.length === 0) {
            return [];
        }
        const named = due.slice(0, FIRST).map(describeVersion).join(", ");
        const more = due.length > FIRST ? ` and ${due.length - FIRST} more` : "";
        const outcome = dryRun ? "dry run: nothing is deleted" : "to be deleted";
        return [
            `${place.repository}: ${count(due.length, "version")} of ${versions} due (${outcome}): ${named}${more}`,
        ];
    });
    session.tell(limitLines(lines, "packages"));
}
