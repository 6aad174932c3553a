import * as v from "valibot";
import type { ProjectInputs } from "./types";
import { commonEntries, flag, problemsOf, text } from "./validate";

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };
const UNLIMITED = -1;

const whole = (what: string) =>
    v.pipe(
        v.number(`${what} must be a number`),
        v.check(
            (given) => Number.isSafeInteger(given) && (given > 0 || given === UNLIMITED),
            `${what} must be a whole number from 1 on, or -1 for no limit`,
        ),
    );

const schema = v.looseObject({
    ...commonEntries,
    // Harbor's own rule. (goharbor/harbor, src/pkg/project/manager.go)
    name: v.pipe(
        text("name"),
        v.maxLength(255, "name has more than 255 characters"),
        v.regex(
            /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/,
            "name must be lower-case letters and digits, with single . _ or - between them",
        ),
    ),
    public: flag("public"),
    autoScan: flag("autoScan"),
    autoSbom: flag("autoSbom"),
    preventVulnerable: flag("preventVulnerable"),
    systemCveAllowlist: flag("systemCveAllowlist"),
    contentTrust: flag("contentTrust"),
    quota: v.optional(
        v.pipe(
            v.union([v.number(), v.string()], 'quota must be bytes, or a text such as "50GiB" or "unlimited"'),
            v.check(
                (given) => bytesOf(given) !== undefined,
                'quota must be bytes, or a text such as "50GiB" or "unlimited"',
            ),
        ),
    ),
    severity: v.optional(
        v.picklist(
            ["none", "low", "medium", "high", "critical"],
            'severity must be "none", "low", "medium", "high" or "critical"',
        ),
    ),
    cveAllowlist: v.optional(v.array(text("a CVE of cveAllowlist"), "cveAllowlist must be a list")),
    cveAllowlistUntil: v.optional(
        v.pipe(
            text("cveAllowlistUntil"),
            v.check(
                (given) => !Number.isNaN(Date.parse(given)),
                "cveAllowlistUntil must be a moment, such as 2027-01-31T00:00:00Z",
            ),
        ),
    ),
    registryId: v.optional(
        v.pipe(v.number("registryId must be a number"), v.minValue(1, "registryId must be 1 or more")),
    ),
    proxyCache: v.optional(
        v.strictObject({
            speed: v.optional(whole("proxyCache.speed")),
            maxConnections: v.optional(whole("proxyCache.maxConnections")),
            serveLocalOnNotFound: flag("proxyCache.serveLocalOnNotFound"),
            referrers: flag("proxyCache.referrers"),
            filter: v.optional(
                v.object({
                    pattern: text("proxyCache.filter.pattern"),
                    kind: v.optional(
                        v.picklist(["doublestar", "regex"], 'proxyCache.filter.kind must be "doublestar" or "regex"'),
                    ),
                }),
            ),
        }),
    ),
});

export function projectProblems(inputs: ProjectInputs): string[] {
    const { cveAllowlist, proxyCache, registryId, systemCveAllowlist } = inputs;
    return [
        ...problemsOf(schema, inputs),
        ...(proxyCache !== undefined && registryId === undefined
            ? ["proxyCache is of a project that has a registryId: name the endpoint, or take it away"]
            : []),
        ...(systemCveAllowlist === true && cveAllowlist !== undefined
            ? ["cveAllowlist counts only without systemCveAllowlist: take one of them away"]
            : []),
    ];
}

/** Bytes of `50GiB`; -1 of `unlimited`; undefined of what is no quota. Harbor knows no quota of 0. */
export function bytesOf(quota: number | string): number | undefined {
    if (quota === "unlimited") {
        return UNLIMITED;
    }
    const [, figure, unit = ""] = /^(\d+(?:\.\d+)?) ?([KMGT]iB)$/.exec(String(quota)) ?? [];
    const bytes = figure === undefined ? Number(quota) : Math.round(Number(figure) * (UNITS[unit] ?? 0));
    return Number.isSafeInteger(bytes) && (bytes > 0 || bytes === UNLIMITED) ? bytes : undefined;
}
