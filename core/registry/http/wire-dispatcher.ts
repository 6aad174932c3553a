import type { Dispatcher } from "undici";

/** A request as dispatchers get it. */
export interface WireOptions extends Dispatcher.DispatchOptions {
    /** Its answer's body is handed on as it comes: it may be large. */
    readonly stream?: boolean;
    /** The pieces of that body may be lent (`lent-buffers.ts`): whoever reads it gives them back. */
    readonly lend?: boolean;
}

/** As much of undici's dispatcher as requests are made with. */
export interface WireDispatcher {
    dispatch(options: WireOptions, handler: Dispatcher.DispatchHandler): boolean;
    destroy(): Promise<void>;
}

/** With undici's codes, so that whoever reads them need not know who failed. */
export function coded(code: string, message: string): Error {
    return Object.assign(new Error(message), { code });
}

export function destroyed(): Error {
    return coded("UND_ERR_DESTROYED", "the client is destroyed");
}
