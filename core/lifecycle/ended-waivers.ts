import type { Catalog } from "../catalog";
import { endedWaivers } from "../mirror";
import { describeEnded } from "../report";
import type { Session } from "./session";

/** Tells once, whoever looks, which of the catalogue's waivers have ended. */
export function tellEnded(catalog: Catalog, session: Session): void {
    for (const ended of endedWaivers(catalog, session.now())) {
        session.tellOnce(describeEnded(ended));
    }
}
