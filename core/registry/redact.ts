/**
 * What a registry or a store puts into a query may be a capability by itself (presigned `X-Amz-*`, `sig`, upload
 * `_state`), and every vendor has another name for it. So only names known to be harmless keep their value.
 */
const HARMLESS = new Set(["n", "last", "digest", "mount", "from", "service", "scope", "artifactType", "ns"]);
const HIDDEN = "REDACTED";

/** A URL without user information, without a fragment, and with every query value hidden that is not known to be harmless. */
export function redactUrl(url: string): string {
    let parsed: URL;
    try {
        parsed = new URL(url);
    } catch {
        // No URL: keep what stands before the query, which is where secrets are.
        return stripUserInfo(url.split(/[?#]/, 1)[0] ?? "");
    }
    parsed.username = "";
    parsed.password = "";
    parsed.hash = "";
    if (parsed.search !== "") {
        const kept: string[] = [];
        for (const [name, value] of parsed.searchParams) {
            kept.push(
                HARMLESS.has(name)
                    ? `${name}=${encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2F/g, "/")}`
                    : `${encodeURIComponent(name)}=${HIDDEN}`,
            );
        }
        parsed.search = kept.join("&");
    }
    return parsed.href;
}

function stripUserInfo(text: string): string {
    return text.replace(/\/\/[^/\s@]*@/g, "//");
}

const URL_IN_TEXT = /\bhttps?:\/\/[^\s"<>]+/gi;
const AUTHORIZATION = /\b(Bearer|Basic)\s+[A-Za-z0-9\-._~+/]+=*/gi;

/**
 * A stranger's sentence (a registry's error message, a helper's standard error) made fit for ours: one line, at most
 * 300 characters, URLs redacted, Authorization values hidden, and none of `secrets` in it.
 */
export function redactText(text: string, secrets: Iterable<string> = []): string {
    let result = text;
    for (const secret of secrets) {
        if (secret.length >= 4) {
            result = result.split(secret).join(HIDDEN);
        }
    }
    result = result
        .replace(URL_IN_TEXT, (url) => redactUrl(url))
        .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
        .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
        .trim();
    return result.length > 300 ? `${result.slice(0, 299)}…` : result;
}
