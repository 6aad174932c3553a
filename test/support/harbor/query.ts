import { badRequest, type Exchange, type Reply } from "./exchange";

type Row = Readonly<Record<string, unknown>>;

/**
 * The rows that `q` asks for: `k=v`, `k=~v`, `k={v1 v2}`; names in the case of Go's fields or of the columns, as Harbor
 * takes them. (src/lib/q/builder.go)
 */
export function filtered<T extends Row>(all: readonly T[], q: string | Record<string, string> | undefined): T[] {
    const wanted = typeof q === "object" ? q : keywords(q);
    return all.filter((row) => Object.entries(wanted).every(([key, value]) => fits(field(row, key), value)));
}

/** @throws Refusal 400 */
export function keywords(q: string | undefined): Record<string, string> {
    const parts = q === undefined || q === "" ? [] : decoded(q).split(",");
    return Object.fromEntries(
        parts.map((part) => {
            const at = part.indexOf("=");
            if (at < 1 || at === part.length - 1) {
                throw badRequest('the query string must contain "=" and the key/value cannot be empty');
            }
            return [part.slice(0, at), part.slice(at + 1)];
        }),
    );
}

/** Harbor decodes it once more than it was encoded, so that a plus is a blank: `robot$mirror+ci` is found by none. */
function decoded(q: string): string {
    try {
        return decodeURIComponent(q.replaceAll("+", " "));
    } catch {
        return q;
    }
}

function field(row: Row, key: string): unknown {
    const plain = (name: string) => name.replaceAll("_", "").toLowerCase();
    return Object.entries(row).find(([name]) => plain(name) === plain(key))?.[1];
}

function fits(value: unknown, wanted: string): boolean {
    if (wanted.startsWith("~")) {
        return String(value).toLowerCase().includes(wanted.slice(1).toLowerCase());
    }
    const list = /^\{(.*)\}$/.exec(wanted)?.[1]?.split(" ");
    return (list ?? [wanted.replace(/^\\/, "")]).includes(String(value ?? ""));
}

/**
 * The page that is asked for (10 where nothing is said), with `X-Total-Count` and `Link`. A `Link`'s address is a path,
 * and its query is not encoded. (src/server/v2.0/handler/base.go, `Links`)
 */
export function paged({ query, url }: Exchange, all: readonly unknown[]): Reply {
    const page = Math.max(1, Number(query.page ?? 1));
    const size = Number(query.page_size ?? 10);
    const at = (number: number, rel: string) => {
        const wanted: Record<string, string> = { ...query, page: String(number), page_size: String(size) };
        const text = Object.keys(wanted)
            .sort()
            .map((name) => `${name}=${wanted[name]}`);
        return `<${url.replace(/\?.*/s, "")}?${text.join("&")}>; rel="${rel}"`;
    };
    const links = [
        ...(size > 0 && page > 1 && (page - 1) * size < all.length ? [at(page - 1, "prev")] : []),
        ...(size > 0 && page * size < all.length ? [at(page + 1, "next")] : []),
    ];
    const headers = { "x-total-count": String(all.length), ...(links.length > 0 ? { link: links.join(" , ") } : {}) };
    // A page of no size is all of it. (src/lib/orm/query.go)
    return { status: 200, json: size > 0 ? all.slice((page - 1) * size, page * size) : all, headers };
}

/** By `sort`, `-` before a name for the other way round; else by what the table is sorted by of itself. */
export function sorted<T extends Row>(all: readonly T[], sort: string | undefined, usual: string): T[] {
    const keys = (sort === undefined || sort === "" ? usual : sort).split(",");
    return [...all].sort((one, other) => {
        for (const key of keys) {
            const name = key.replace(/^-/, "");
            const [a, b] = [field(one, name), field(other, name)];
            const order = typeof a === "number" && typeof b === "number" ? a - b : compared(String(a), String(b));
            if (order !== 0) {
                return key.startsWith("-") ? -order : order;
            }
        }
        return 0;
    });
}

function compared(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}
