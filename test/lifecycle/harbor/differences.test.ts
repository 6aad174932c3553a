import { describe, expect, it } from "vitest";
import { differences, lineOf, unasked } from "../../../core/lifecycle/harbor/differences";
import { projectKind } from "../../../core/lifecycle/harbor/project";
import { bytesOf } from "../../../core/lifecycle/harbor/project-inputs";
import { registryEndpointKind } from "../../../core/lifecycle/harbor/registry-endpoint";
import type { ProjectInputs, RegistryEndpointInputs } from "../../../core/lifecycle/harbor/types";

const AT = { url: "https://harbor.example.com", name: "mirror", credentials: "harbor" };
const GIB = 2 ** 30;

/** Lines of a project that the program wants so, and Harbor has so. */
function ofProject(
    wanted: Partial<ProjectInputs>,
    metadata: Record<string, string>,
    more: object = {},
    storage?: number,
): string[] {
    const look = {
        project: { project_id: 7, name: "mirror", metadata, ...more },
        ...(storage === undefined ? {} : { quota: { id: 1, storage } }),
    };
    return differences(projectKind.wanted({ ...AT, ...wanted }, String), projectKind.actual(look)).map((one) =>
        lineOf(one),
    );
}

describe("What differs of a project", () => {
    it.each<[string, Partial<ProjectInputs>, Record<string, string>, string[]]>([
        ["nothing that nobody set", {}, { public: "true", auto_scan: "true", severity: "high" }, []],
        ["a switch", { public: false }, { public: "true" }, ["public: have true, want false"]],
        ["a switch that Harbor does not have, which is off", { autoScan: false, contentTrust: false }, {}, []],
        ["a switch that is to be on", { autoSbom: true }, {}, ["autoSbom: have false, want true"]],
        ["severity", { severity: "high" }, { severity: "low" }, ["severity: have low, want high"]],
        ["severity that was never set", { severity: "high" }, {}, ["severity: have none, want high"]],
        ["fields of a newer version", { public: true }, { public: "true", brand_new: "x" }, []],
        ["a limit", { proxyCache: { speed: 800 } }, { proxy_speed_kb: "-1" }, ["proxyCache.speed: have -1, want 800"]],
        ["no limit, which Harbor leaves out", { proxyCache: { maxConnections: -1 } }, {}, []],
        [
            "a filter, whose kind is doublestar where nobody says",
            { proxyCache: { filter: { pattern: "library/**" } } },
            { proxy_cache_filter_pattern: "library/**", proxy_cache_filter_kind: "regex" },
            ["proxyCache.filter: have regex library/**, want doublestar library/**"],
        ],
    ])("is told line by line: %s", (_what, wanted, metadata, lines) => {
        expect(ofProject(wanted, metadata)).toEqual(lines);
    });

    it("compares the list of CVEs as a set, and its end to the second", () => {
        const items = [{ cve_id: "CVE-2" }, { cve_id: "CVE-1" }];
        const own = { reuse_sys_cve_allowlist: "false" };
        expect(ofProject({ cveAllowlist: ["CVE-1", "CVE-2"] }, own, { cve_allowlist: { items } })).toEqual([]);
        expect(ofProject({ cveAllowlist: ["CVE-1"] }, own, { cve_allowlist: { items } })).toEqual([
            "cveAllowlist: have [CVE-1, CVE-2], want [CVE-1]",
        ]);
        // A project of which nobody said it counts the system's list: its own one would be for nothing.
        const list = { cve_allowlist: { items: [{ cve_id: "CVE-1" }] } };
        expect(ofProject({ cveAllowlist: ["CVE-1"] }, {}, list)).toEqual(["systemCveAllowlist: have true, want false"]);
        expect(ofProject({ systemCveAllowlist: true }, {})).toEqual([]);
        expect(ofProject({ cveAllowlist: [] }, { reuse_sys_cve_allowlist: "true" })).toEqual([
            "systemCveAllowlist: have true, want false",
        ]);
        const until = { cveAllowlistUntil: "2027-01-31T00:00:00.000Z" };
        const ends = Date.parse("2027-01-31T00:00:00Z") / 1000;
        expect(ofProject(until, {}, { cve_allowlist: { items, expires_at: ends } })).toEqual([]);
        expect(ofProject(until, {}, { cve_allowlist: { items } })).toEqual([
            "cveAllowlistUntil: have none, want 2027-01-31T00:00:00Z",
        ]);
    });

    it("reads a quota in the units of Harbor's own pages", () => {
        expect(ofProject({ quota: "50GiB" }, {}, {}, 50 * GIB)).toEqual([]);
        expect(ofProject({ quota: "unlimited" }, {}, {}, GIB)).toEqual([`quota: have ${GIB}, want -1`]);
        expect(ofProject({ quota: GIB }, {})).toEqual([`quota: have none, want ${GIB}`]);
    });

    it.each<[number | string, number | undefined]>([
        ["1.5GiB", 1.5 * GIB],
        ["2 TiB", 2 * 2 ** 40],
        ["1024", 1024],
        [-1, -1],
        [0, undefined],
        ["50GB", undefined],
        ["-5GiB", undefined],
        [Number.NaN, undefined],
        ["", undefined],
    ])("takes %j for %s bytes", (given, bytes) => {
        expect(bytesOf(given)).toBe(bytes);
    });

    it.each<[Partial<ProjectInputs>, string]>([
        [{ name: "Mirror" }, "name must be lower-case letters and digits"],
        [{ url: "https://harbor.example.com/harbor" }, "url must be Harbor's address without a path"],
        [{ quota: "50GB" }, "quota must be bytes"],
        [{ severity: "bad" }, 'severity must be "none"'],
        [{ proxyCache: { speed: 5 } }, "proxyCache is of a project that has a registryId"],
        [{ registryId: 1, proxyCache: { speed: 0 } }, "proxyCache.speed must be a whole number from 1 on, or -1"],
        [{ systemCveAllowlist: true, cveAllowlist: ["CVE-1"] }, "cveAllowlist counts only without systemCveAllowlist"],
        [{ cveAllowlistUntil: "soon" }, "cveAllowlistUntil must be a moment"],
    ])("has inputs that are refused: %j", (inputs, sentence) => {
        expect(projectKind.problems({ ...AT, ...inputs })).toEqual([expect.stringContaining(sentence)]);
    });
});

describe("What differs of a registry endpoint", () => {
    const wanted: RegistryEndpointInputs = { ...AT, type: "github-ghcr", endpoint: "https://ghcr.io/" };
    const actual = { id: 3, name: "mirror", type: "github-ghcr", url: "https://ghcr.io", insecure: false };
    const lines = (more: Partial<RegistryEndpointInputs>, has: object = {}) =>
        differences(
            registryEndpointKind.wanted({ ...wanted, ...more }, () => "robot-user"),
            registryEndpointKind.actual({ ...actual, ...has }),
        ).map((one) => lineOf(one, registryEndpointKind.hidden));

    it("is nothing where only a slash differs, and where nobody set it", () => {
        expect(lines({})).toEqual([]);
        expect(lines({}, { description: "by hand", insecure: true, credential: { access_key: "someone" } })).toEqual(
            [],
        );
        expect(lines({ description: "" }, { description: null })).toEqual([]);
    });

    it("never names who logs in", () => {
        const told = [
            ...lines({ registryCredentials: "ghcr" }, { credential: { access_key: "someone" } }),
            ...lines({ registryCredentials: "ghcr" }, { credential: {} }),
        ];
        expect(told).toEqual([
            "credential: have another, want that of the stack's configuration",
            "credential: have none, want that of the stack's configuration",
        ]);
    });

    it("shows a certificate's beginning only", () => {
        const [line = ""] = lines({ caCertificate: `-----BEGIN CERTIFICATE-----\n${"A".repeat(2000)}` });
        expect(line.length).toBeLessThan(200);
        expect(line).toMatch(/^caCertificate: have none, want -----BEGIN CERTIFICATE----- A+… \(2028 characters\)$/);
    });
});

describe("Drift", () => {
    it("is what no change of the program explains", () => {
        const all = differences({ public: true, autoScan: true }, { public: false, autoScan: false });
        expect(unasked(all, { public: false, autoScan: true }, { public: true, autoScan: true })).toEqual([
            { field: "autoScan", have: false, want: true },
        ]);
    });
});
