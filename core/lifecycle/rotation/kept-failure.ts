/**
 * A failure that keeps what it got hold of: the engine writes `properties` to the state, what the resource's
 * `additionalSecretOutputs` names encrypted, and goes on from there.
 */
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
