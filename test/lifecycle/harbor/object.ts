import { harborHooks } from "../../../core/lifecycle/harbor/hooks";
import type { HarborInputs, HarborKind } from "../../../core/lifecycle/harbor/kind";
import { ADMIN, type LocalHarbor, localHarbor } from "../../support/harbor";
import { Resource } from "../stack";

/** A local Harbor, with its administrator's login in the environment. */
export async function harborOfAdmin(): Promise<LocalHarbor> {
    process.env.HARBOR_USERNAME = ADMIN.username;
    process.env.HARBOR_PASSWORD = ADMIN.password;
    return localHarbor();
}

/** One object of Harbor's, taken through its phases. */
export function objectOf<Inputs extends HarborInputs, Actual, State extends Inputs>(
    kind: HarborKind<Inputs, Actual>,
    now: () => Date = () => new Date(0),
): Resource<Inputs, State> {
    return new Resource((session) => harborHooks(kind, () => session) as never, now);
}
