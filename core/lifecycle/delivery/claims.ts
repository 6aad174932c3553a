import type { Session } from "../session";
import type { DeliveryLook } from "./look";
import type { GuardInputs } from "./types";

/** Who writes which file, of all deliveries of one program. */
const claims = new WeakMap<Session, Map<string, string>>();

/** Takes the files for one deliverer; returns a sentence for each that another one of the program writes, too. */
export function claimFiles(
    session: Session,
    { deliverer }: GuardInputs,
    { base, files, repository }: DeliveryLook,
): string[] {
    const taken = claims.get(session) ?? new Map<string, string>();
    claims.set(session, taken);
    return files.flatMap(({ path }) => {
        const place = `${repository}\n${base}\n${path}`;
        const other = taken.get(place) ?? deliverer;
        taken.set(place, other);
        return other === deliverer
            ? []
            : [
                  `${other} and ${deliverer} both write ${path} in ${repository} (${base}): give one of them another path`,
              ];
    });
}
