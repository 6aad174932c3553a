import { basicValue, type Credential } from "../credentials/credential";
import type { CredentialStore } from "../credentials/store";

/** The Authorization of a host that takes user and password with every request; the header is made once for each password. */
export class BasicLogin {
    readonly #credentials: CredentialStore;
    #shown: { readonly credential: Credential; readonly header: string } | undefined;

    constructor(credentials: CredentialStore) {
        this.#credentials = credentials;
    }

    /** The header while its password is good; nothing is asked for. */
    known(): string | undefined {
        return this.#shown !== undefined && this.#credentials.fresh?.credential === this.#shown.credential
            ? this.#shown.header
            : undefined;
    }

    async fetch(): Promise<string | undefined> {
        const { credential } = await this.#credentials.get();
        if (credential?.password === undefined) {
            return undefined;
        }
        this.#shown = { credential, header: `Basic ${basicValue(credential)}` };
        return this.#shown.header;
    }

    /**
     * What went with a request was refused: true when there is something else by now.
     *
     * @param certain the registry says that it has ended, and not only that it does not do
     */
    async refused(sent: string | undefined, certain: boolean): Promise<boolean> {
        const shown = this.#shown;
        if (sent === undefined || shown === undefined || !sent.startsWith("Basic ")) {
            return false;
        }
        // Another request heard the same, and has asked for another one since.
        return sent !== shown.header || this.#credentials.renew(shown.credential, certain);
    }
}
