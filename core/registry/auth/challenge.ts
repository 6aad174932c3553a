/** One challenge of a `WWW-Authenticate` header. */
export interface Challenge {
    /** Lower case: `bearer`, `basic`, `negotiate`. */
    readonly scheme: string;
    /** Names in lower case, values unquoted; of a name that comes twice the first counts. */
    readonly parameters: Readonly<Record<string, string>>;
    /** What stands in place of parameters (`Negotiate YII…`). */
    readonly token68?: string;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=\s*(?:,|$))/y;
const SPACE = /[ \t]*/y;
/** More than RFC 9110 allows unquoted: registries leave the quotes away around URLs. */
const VALUE = /[^\s,"=][^\s,"]*/y;

/**
 * Reads `WWW-Authenticate` (RFC 9110, section 11.6.1): one or several challenges, in one header or several, quoted
 * strings with escapes. It never throws: what it cannot read is left out, and what was read before it still counts,
 * since a registry with a sloppy header is more useful than none.
 */
export function parseChallenges(header: string | readonly string[] | undefined): Challenge[] {
    if (header === undefined) {
        return [];
    }
    const found: Challenge[] = [];
    for (const line of typeof header === "string" ? [header] : header) {
        new Scanner(line).challenges(found);
    }
    return found;
}

class Scanner {
    readonly #text: string;
    #at = 0;

    constructor(text: string) {
        this.#text = text;
    }

    challenges(found: Challenge[]): void {
        while (this.#at < this.#text.length) {
            this.#skipSeparators();
            const scheme = this.#match(TOKEN);
            if (scheme === undefined) {
                this.#toNextComma();
                continue;
            }
            found.push(this.#challenge(scheme.toLowerCase()));
        }
    }

    #challenge(scheme: string): Challenge {
        this.#match(SPACE);
        const parameters: Record<string, string> = Object.create(null) as Record<string, string>;
        const first = this.#parameter();
        if (first === undefined) {
            const token68 = this.#match(TOKEN68);
            return token68 === undefined ? { scheme, parameters } : { scheme, parameters, token68 };
        }
        for (let next: [string, string] | undefined = first; next !== undefined; next = this.#furtherParameter()) {
            parameters[next[0]] ??= next[1];
        }
        return { scheme, parameters };
    }

    /** After a comma: a parameter of this challenge, or (then nothing is consumed) the next challenge's scheme. */
    #furtherParameter(): [string, string] | undefined {
        const start = this.#at;
        this.#match(SPACE);
        // A comma is missing in some registries' headers; a space must do then.
        if (this.#text[this.#at] === "," || this.#at > start) {
            this.#skipSeparators();
            const parameter = this.#parameter();
            if (parameter !== undefined) {
                return parameter;
            }
        }
        this.#at = start;
        return undefined;
    }

    #parameter(): [string, string] | undefined {
        const start = this.#at;
        const name = this.#match(TOKEN);
        if (name !== undefined) {
            this.#match(SPACE);
            if (this.#text[this.#at] === "=") {
                this.#at += 1;
                this.#match(SPACE);
                const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#match(VALUE);
                if (value !== undefined) {
                    return [name.toLowerCase(), value];
                }
            }
        }
        this.#at = start;
        return undefined;
    }

    /** A quoted string that never ends is taken to the end of the header. */
    #quoted(): string {
        let value = "";
        this.#at += 1;
        while (this.#at < this.#text.length) {
            const char = this.#text[this.#at] as string;
            this.#at += 1;
            if (char === '"') {
                return value;
            }
            if (char === "\\" && this.#at < this.#text.length) {
                value += this.#text[this.#at] as string;
                this.#at += 1;
            } else {
                value += char;
            }
        }
        return value;
    }

    #match(pattern: RegExp): string | undefined {
        pattern.lastIndex = this.#at;
        const match = pattern.exec(this.#text);
        if (match === null) {
            return undefined;
        }
        this.#at = pattern.lastIndex;
        return match[0];
    }

    #skipSeparators(): void {
        while (this.#at < this.#text.length && /[ \t,]/.test(this.#text[this.#at] as string)) {
            this.#at += 1;
        }
    }

    #toNextComma(): void {
        const comma = this.#text.indexOf(",", this.#at);
        this.#at = comma === -1 ? this.#text.length : comma + 1;
    }
}
