import type { LocalOwner, LocalRepository, LocalToken, World } from "./state";

/** What a handler gets: a request that the description has let through. */
export interface Exchange {
    readonly world: World;
    /** The API's root, for the addresses in answers. */
    readonly api: string;
    readonly token: LocalToken;
    readonly params: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
    readonly body: Readonly<Record<string, unknown>>;
    /** Path and query as they were asked for, below the API's root. */
    readonly url: string;
}

export interface Reply {
    readonly status: number;
    /** What is known; the rest that the description requires is put beside it. */
    readonly json?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
}

export type Handler = (exchange: Exchange) => Reply;
export type Handlers = Readonly<Record<string, Handler>>;

/** Thrown by a handler that cannot go on. */
export class Refusal extends Error {
    constructor(
        readonly status: number,
        message: string,
        readonly headers: Readonly<Record<string, string>> = {},
        readonly errors?: readonly object[],
    ) {
        super(message);
    }
}

export const notFound = (): Refusal => new Refusal(404, "Not Found");

/** 422, with the list of what is wrong, as GitHub has it. */
export function invalid(resource: string, code: string, message: string, field = ""): Refusal {
    return new Refusal(422, "Validation Failed", {}, [{ resource, code, field, message }]);
}

/** The repository of the path; a renamed one is a redirect to its address by number, as GitHub's. */
export function repositoryIn({ api, params, url, world }: Exchange): LocalRepository {
    const asked = `${params.owner}/${params.repo}`.toLowerCase();
    const found = world.repository(asked);
    if (found !== undefined) {
        return found;
    }
    const renamed = world.repository(world.renamed.get(asked) ?? "");
    if (renamed === undefined) {
        throw notFound();
    }
    const rest = url.replace(/^\/repos\/[^/]+\/[^/?]+/, "");
    throw new Refusal(301, "Moved Permanently", { location: `${api}/repositories/${renamed.id}${rest}` });
}

export function ownerIn({ params, world }: Exchange): LocalOwner {
    const found = world.owner(params.org ?? params.username ?? "");
    if (found === undefined || (params.org !== undefined && found.type !== "Organization")) {
        throw notFound();
    }
    return found;
}

/** The page that is asked for, and a `Link` where there is another. */
export function paged({ api, query, url }: Exchange, all: readonly unknown[], key?: string): Reply {
    const size = Number(query.per_page ?? (url.includes("/variables") ? 10 : 30));
    const page = Number(query.page ?? 1);
    const entries = all.slice((page - 1) * size, page * size);
    const at = (number: number): string => {
        const address = new URL(`${api}${url}`);
        address.searchParams.set("page", String(number));
        return address.href;
    };
    const last = Math.ceil(all.length / size);
    const links = [
        ...(page > 1 ? [`<${at(page - 1)}>; rel="prev"`, `<${at(1)}>; rel="first"`] : []),
        ...(page < last ? [`<${at(page + 1)}>; rel="next"`, `<${at(last)}>; rel="last"`] : []),
    ];
    return {
        status: 200,
        json: key === undefined ? entries : { total_count: all.length, [key]: entries },
        headers: links.length === 0 ? {} : { link: links.join(", ") },
    };
}
