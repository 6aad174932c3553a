import { type EngineConfig, readCredentials } from "./configuration";
import { deliveryHooks } from "./delivery";
import { engineAddress, watchEngine } from "./engine-watch";
import { fleetHooks } from "./fleet";
import { gateHooks } from "./gate";
import { harborResources } from "./harbor";
import { harborReleaseHooks } from "./harbor-release";
import { packagesHooks } from "./packages";
import { primingHooks } from "./priming";
import { rotationHooks } from "./rotation";
import { Session } from "./session";

/**
 * The one export that the shims of dynamic providers load, by the package's own name. Their text is written into
 * state, so the names and signatures here stay from release to release: old state always runs installed code.
 */
let current: Session | undefined;

/** A provider process has one session, made when its first hook runs. */
function session(): Session {
    current ??= openSession();
    return current;
}

function openSession(): Session {
    const opened = new Session();
    const engine = engineAddress(process.argv);
    if (engine !== undefined) {
        watchEngine(engine, () => {
            opened.cancel(new Error("the engine is gone"));
            // Nobody is left to answer to, and a retry that is already waiting must not write either.
            process.exit(1);
        });
    }
    return opened;
}

/** Called once by the engine with the stack's configuration, decrypted. */
export async function configure(config: EngineConfig): Promise<void> {
    session().configure(() => readCredentials(config));
    session().gitHub.configure(config);
}

export const fleet = fleetHooks(session);
export const gate = gateHooks(session);
export const delivery = deliveryHooks(session);
export const harbor = harborResources(session);
export const harborRelease = harborReleaseHooks(session);
export const packages = packagesHooks(session);
export const priming = primingHooks(session);
export const rotation = rotationHooks(session);

export type {
    DeliveryWay,
    GuardInputs as DeliveryGuardInputs,
    OnEdited,
    PullRequestInputs,
    PullRequestStanding,
    PullRequestState,
} from "./delivery";
export type * as harborTypes from "./harbor";
export type * as harborReleaseTypes from "./harbor-release";
export type { PackagesInputs, PackagesObserved, PackagesOutputs } from "./packages-types";
export type { PrimingInputs, PrimingOutputs } from "./priming-types";
export type { AccessTokenInputs, AccessTokenState, RobotSecretInputs, RobotSecretState } from "./rotation";
export type { FleetInputs, FleetOutputs, FleetState, GateInputs, Observed, OnDrift, OnUnknown } from "./types";
