/** What core/report/html/matrix-data.ts wrote into the page. */
interface PageData {
    readonly texts: readonly string[];
    readonly hosts: Readonly<Record<string, string>>;
    readonly rows: readonly {
        readonly name: number;
        readonly purpose: number;
        readonly copies: readonly (readonly number[])[];
        readonly past: readonly number[];
        readonly since: number;
        readonly locked: number;
    }[];
}

interface PageCopy {
    readonly column: number;
    readonly verdict: string;
    /** The verdict in words. */
    readonly word: string;
    /** `ghcr.io/acme/vault:1.18`. */
    readonly place: string;
    readonly digest: string;
    readonly wanted: string;
    readonly reason: string;
    /** When the waiver ends; empty where it is not waived. */
    readonly waived: string;
}

/** A row of the matrix: its element, and what is known of it. */
interface PageRow {
    readonly element: HTMLTableRowElement;
    readonly name: string;
    readonly purpose: string;
    readonly copies: readonly PageCopy[];
    readonly past: readonly string[];
    readonly since: string;
    readonly locked: string;
    /** What the filter looks through. */
    readonly text: string;
    /** Of each cell behind the name; 0 is worst. */
    readonly ranks: readonly number[];
    /** Opens and closes `more`. */
    button?: HTMLButtonElement;
    /** The row of details below it, once it was opened. */
    more?: HTMLTableRowElement;
}

function readRows(): PageRow[] {
    const data = JSON.parse(document.getElementById("data")?.textContent ?? "{}") as PageData;
    const elements = document.querySelectorAll<HTMLTableRowElement>("#matrix tbody tr");
    const text = (number: number | undefined): string => data.texts[number ?? -1] ?? "";
    return data.rows.flatMap((row, index) => {
        const element = elements[index];
        if (element === undefined) {
            return [];
        }
        const copies = row.copies.map((copy) => readCopy(copy, text, data.hosts));
        const past = row.past.map(text);
        const name = text(row.name);
        const words = copies.map(({ place, digest, word }) => `${place}@${digest} ${word}`);
        return [
            {
                element,
                name,
                purpose: text(row.purpose),
                copies,
                past,
                since: text(row.since),
                locked: text(row.locked),
                text: [name, ...words, ...past].join(" ").toLowerCase(),
                ranks: [...element.cells].slice(1).map((cell) => Number(cell.dataset.rank)),
            },
        ];
    });
}

function readCopy(copy: readonly number[], text: (number?: number) => string, hosts: PageData["hosts"]): PageCopy {
    const [column = 0, registry, repository, reference, verdict, word, digest, wanted, reason, waived] = copy;
    const key = text(registry);
    const host = Object.hasOwn(hosts, key) ? hosts[key] : key;
    return {
        column,
        verdict: text(verdict),
        word: text(word),
        place: `${host}/${text(repository)}:${text(reference)}`,
        digest: text(digest),
        wanted: text(wanted),
        reason: text(reason),
        waived: text(waived),
    };
}
