import type { Session } from "../session";
import { keysHooks } from "./keys";
import { readyHooks } from "./ready";

export type { KeysInputs, KeysState } from "./keys";
export type { ReadyInputs } from "./ready";

/** The hooks beside Harbor's chart: `harborRelease.keys`, `harborRelease.ready`. */
export function harborReleaseHooks(session: () => Session) {
    return { keys: keysHooks, ready: readyHooks(session) };
}
