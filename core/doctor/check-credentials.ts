import type { CredentialSource } from "../catalog";
import { type CredentialOrigin, findCredentials } from "../registry/diagnosis";
import { faultOf } from "./fault";
import type { Patient } from "./patient";
import type { Check } from "./types";

/** Where we are somebody, and the line about it. */
export interface Known {
    readonly check: Check;
    readonly isAnonymous: boolean;
}

/** Where credentials come from, by name; what they are is read and never told. */
export async function checkCredentials({ settings, given, environment }: Patient): Promise<Known> {
    const { credentials } = settings;
    const both = JSON.stringify(credentials?.pull) === JSON.stringify(credentials?.push);
    const accesses = both ? (["pull"] as const) : (["pull", "push"] as const);
    const found: string[] = [];
    let isAnonymous = true;
    for (const access of accesses) {
        try {
            const origin = await findCredentials(settings, access, given);
            isAnonymous &&= origin.description === undefined;
            found.push(`${both ? "" : `to ${access}: `}${describe(origin, credentials?.[access], environment.now())}`);
        } catch (error) {
            return { check: faultOf("credentials", error), isAnonymous: false };
        }
    }
    return { check: { check: "credentials", status: "ok", message: found.join("; ") }, isAnonymous };
}

function describe(
    { description, expiresAt }: CredentialOrigin,
    source: CredentialSource | undefined,
    now: number,
): string {
    if (description === undefined) {
        return source?.from === "anonymous"
            ? "none, as the catalogue says"
            : "none: neither Docker's configuration nor podman's has an entry for it";
    }
    const minutes = expiresAt === undefined ? undefined : Math.max(0, Math.round((expiresAt - now) / 60_000));
    return `from ${description}${minutes === undefined ? "" : `, good for ${minutes} minutes`}`;
}
