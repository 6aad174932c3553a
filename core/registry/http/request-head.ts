import type { Dispatcher } from "undici";
import { coded } from "./wire-dispatcher";

/** No space, no control character: what is sent is one request, whatever a name or a token holds. */
const TARGET = /^\/[\x21-\x7e]*$/;
const FIELD = /^[\w-]+: [\t\x20-\x7e\x80-\xff]*$/;

/** Request line and headers as text, to be sent as latin1; `undefined` where one of them is none that HTTP allows. */
export function requestHead(
    method: string,
    origin: string,
    { path, headers }: Pick<Dispatcher.DispatchOptions, "path" | "headers">,
): string | undefined {
    if (!TARGET.test(path)) {
        return undefined;
    }
    let text = `${method} ${path} HTTP/1.1\r\nhost: ${origin.slice(origin.indexOf("//") + 2)}\r\nconnection: keep-alive\r\n`;
    const fields = headers as Record<string, string>;
    for (const name in fields) {
        const field = `${name}: ${fields[name]}`;
        if (!FIELD.test(field)) {
            return undefined;
        }
        text += `${field}\r\n`;
    }
    return `${text}\r\n`;
}

/** What is said of a request that has no such text. */
export function unsendable(): Error {
    return coded("UND_ERR_INVALID_ARG", "a header or the path holds what HTTP does not allow");
}
