/** How the engine's SDK writes a secret value; the engine encrypts it in its state, whatever else is asked of it. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/**
 * What goes back to the engine, its secrets marked. The option `additionalSecretOutputs` is not enough: what a failed
 * update hands over to be kept is written to the state as it comes.
 */
export function withSecrets<T extends object>(state: T, names: readonly (keyof T)[]): T {
    const marked = names.flatMap((name) =>
        state[name] === undefined ? [] : [[name, { [SIGNATURE]: SECRET, value: state[name] }] as const],
    );
    return { ...state, ...Object.fromEntries(marked) };
}

/** What the engine hands on: it takes the marks off for a provider that does not say that it knows them. */
export function withoutMarks<T extends object>(state: T): T {
    const plain = Object.entries(state).map(([name, value]) => [name, isMarked(value) ? value.value : value]);
    return Object.fromEntries(plain) as T;
}

function isMarked(value: unknown): value is { readonly value: unknown } {
    return (value as Record<string, unknown> | null)?.[SIGNATURE] === SECRET;
}

/** A failure that keeps what it got hold of: the engine writes `properties` to the state and goes on from there. */
export class KeptFailure extends Error {
    override readonly name = "KeptFailure";
    readonly reasons: string[];

    constructor(
        readonly id: string,
        readonly properties: object,
        reason: string,
    ) {
        super(reason);
        this.reasons = [reason];
    }
}
