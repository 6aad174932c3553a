import { TransshipError } from "../../errors";
import { Harbor } from "../../harbor";
import { type Login, loginFor } from "../rotation/logins";
import type { Session } from "../session";
import type { HarborInputs, HarborTools } from "./kind";

interface Opened {
    readonly harbor: Harbor;
    proof: Promise<void> | undefined;
}

/** Of one provider process: its resources share connections, and one proof of each login. */
const opened = new WeakMap<Session, Map<string, Opened>>();

/**
 * A Harbor that is proven to take the login.
 *
 * @throws TransshipError `CREDENTIALS_MISSING`, `CONFIG_INVALID`; HarborError
 */
export async function toolsFor({ credentials, url }: HarborInputs, session: Session): Promise<HarborTools> {
    const named = session.namedCredentials();
    const login = loginFor(credentials, "HARBOR", named, "work at Harbor");
    const all = opened.get(session) ?? new Map<string, Opened>();
    opened.set(session, all);
    const key = JSON.stringify([url, login]);
    const one = all.get(key) ?? { harbor: new Harbor({ url, ...login }, { signal: session.signal }), proof: undefined };
    all.set(key, one);
    one.proof ??= one.harbor.proveLogin();
    await one.proof.catch((error) => {
        // The next one to ask may be luckier.
        one.proof = undefined;
        throw error;
    });
    return { harbor: one.harbor, login: (key) => namedLogin(key, named), now: session.now() };
}

/** A login that Harbor itself uses elsewhere: no variable of the environment means that one. */
function namedLogin(key: string, named: Readonly<Record<string, unknown>>): Login {
    if (Object.hasOwn(named, key)) {
        return named[key] as Login;
    }
    throw new TransshipError(
        "CREDENTIALS_MISSING",
        `The stack's configuration has no login "${key}": set it with pulumi config set --secret --path 'transship:credentials["${key}"].password' (and .username).`,
    );
}
