import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import type { EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import { embedded, temporaryFolder } from "../../support/embedded";
import { describeWith } from "../../support/require-program";

interface Results {
    readonly apis: Readonly<Record<string, string>>;
    readonly data: Readonly<Record<string, string>>;
}

/** Counts as the suite's own report has them: `Pass..........................:       1032`. */
function countOf(report: string, status: string): number {
    return Number(new RegExp(`^ +${status}\\.+: +(\\d+)$`, "m").exec(report)?.[1] ?? Number.NaN);
}

async function conform(program: string, options: Partial<EmbeddedRegistryOptions>, settings: Record<string, string>) {
    const registry = await embedded(options);
    const results = await temporaryFolder();
    const env = {
        PATH: process.env.PATH,
        OCI_REGISTRY: registry.host,
        OCI_TLS: "disabled",
        OCI_RESULTS_DIR: results,
        // A configuration file in the working directory would be taken otherwise.
        OCI_CONFIGURATION: "/dev/null",
        ...settings,
    };
    const { stdout: report } = await promisify(execFile)(program, [], { env, cwd: results, maxBuffer: 64 << 20 });
    const { apis, data } = parse(await readFile(join(results, "results.yaml"), "utf8")) as Results;
    return { report, apis, data };
}

describeWith(["oci-conformance"], "the OCI conformance suite against the embedded registry", (programs) => {
    const program = programs["oci-conformance"];

    it("passes whole for 1.1, all options of the draft after it and sparse content included", async () => {
        const settings = { OCI_VERSION: "dev", OCI_DATA_SPARSE: "true" };
        const { report, apis, data } = await conform(program, { allowMissing: true }, settings);
        expect(countOf(report, "Pass")).toBeGreaterThan(1000);
        for (const status of ["FAIL", "Error", "Skip", "Disabled"]) {
            expect([status, countOf(report, status)]).toEqual([status, 0]);
        }
        expect(Object.keys(apis).length).toBeGreaterThanOrEqual(28);
        expect(new Set(Object.values(apis))).toEqual(new Set(["Pass"]));
        expect(Object.keys(data).length).toBeGreaterThanOrEqual(24);
        expect(new Set(Object.values(data))).toEqual(new Set(["Pass"]));
    });

    it.each(["basic", "bearer"] as const)("passes with its default settings behind %s authentication", async (kind) => {
        const auth = { kind, users: { tester: "secret" } };
        const settings = { OCI_VERSION: "dev", OCI_USERNAME: "tester", OCI_PASSWORD: "secret" };
        const { report, data } = await conform(program, { auth }, settings);
        expect(countOf(report, "Pass")).toBeGreaterThan(900);
        expect([countOf(report, "FAIL"), countOf(report, "Error"), countOf(report, "Skip")]).toEqual([0, 0, 0]);
        const left = Object.entries(data).filter(([, status]) => status !== "Pass");
        expect(left).toEqual([["Sparse Manifests", "Disabled"]]);
    });
});
