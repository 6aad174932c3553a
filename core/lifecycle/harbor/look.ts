import { describeError } from "../../errors";
import { HarborError } from "../../harbor";
import type { Session } from "../session";
import { type Difference, differences } from "./differences";
import type { HarborInputs, HarborKind, HarborTools } from "./kind";
import { toolsFor } from "./tools";

/** An object as Harbor has it now. */
export type Look<Actual> =
    | { readonly is: "there"; readonly tools: HarborTools; readonly actual: Actual; readonly differences: Difference[] }
    | { readonly is: "absent"; readonly tools: HarborTools };

/**
 * @param former as in `HarborKind.find`: it may have been called otherwise until now
 * @throws HarborError, TransshipError where nobody can say: neither absent nor different
 */
export async function lookAt<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Inputs,
    session: Session,
    former?: Partial<Inputs>,
): Promise<Look<Actual>> {
    const tools = await toolsFor(inputs, session);
    const actual = await kind.find(former?.name ?? inputs.name, inputs, tools, former);
    if (actual === undefined) {
        return { is: "absent", tools };
    }
    const wanted = kind.wanted(inputs, (key) => tools.login(key).username);
    return { is: "there", tools, actual, differences: differences(wanted, kind.actual(actual)) };
}

interface Titled<Inputs> {
    readonly word: string;
    readonly title?: (inputs: Inputs) => string;
    readonly nameless?: "single" | "several";
}

/** `project mirror at harbor.example.com`, `label stable of project mirror at harbor.example.com`. */
export function titleOf<Inputs extends HarborInputs>(kind: Titled<Inputs>, inputs: Inputs): string {
    const { name, project, url } = inputs;
    const title =
        kind.title?.(inputs) ?? `${kind.word} ${name}${project === undefined ? "" : ` of project ${project}`}`;
    return `${title} at ${URL.canParse(url) ? new URL(url).host : url}`;
}

/** @throws HarborError `HARBOR_CONFLICT` with why what is there is not taken over */
export function assertAdoptable<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Inputs,
    actual: Actual,
): void {
    if (inputs.adopt !== true) {
        throw existsAlready(kind, inputs);
    }
    const unfit = kind.unfit?.(inputs, actual);
    if (unfit !== undefined) {
        throw new HarborError("HARBOR_CONFLICT", `The ${titleOf(kind, inputs)} cannot be taken over: ${unfit}.`);
    }
}

/** @throws HarborError `HARBOR_CONFLICT` for another one of that name, unless it may be taken over */
export function assertSame<Inputs extends HarborInputs, Actual>(
    kind: HarborKind<Inputs, Actual>,
    inputs: Inputs,
    actual: Actual,
    objectId: number,
): void {
    if (kind.idOf(actual) !== objectId && inputs.adopt !== true) {
        throw remade(kind, inputs);
    }
}

export function remade<Inputs extends HarborInputs>(kind: Titled<Inputs>, inputs: Inputs): HarborError {
    return new HarborError(
        "HARBOR_CONFLICT",
        `The ${titleOf(kind, inputs)} is not the one that this stack made: somebody deleted that one and made another. Set adopt: true to take it over.`,
    );
}

/** Without `adopt` nothing of somebody else's is touched. */
export function existsAlready<Inputs extends HarborInputs>(kind: Titled<Inputs>, inputs: Inputs): HarborError {
    return new HarborError(
        "HARBOR_CONFLICT",
        `There is a ${titleOf(kind, inputs)} already, which this stack did not make: set adopt: true to take it over${kind.nameless ? "" : ", or take another name"}.`,
    );
}

/** What is there is proven to be somebody else's. */
export function isConflict(error: unknown): boolean {
    return error instanceof HarborError && error.code === "HARBOR_CONFLICT";
}

/** Whether the same question may be answered a moment later. */
export function isOutage(error: unknown): boolean {
    return error instanceof HarborError && error.isOutage;
}

export function sentence(error: unknown): string {
    return describeError(error);
}
