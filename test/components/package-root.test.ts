import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const CHECKOUT = join(__dirname, "..", "..");

function run(script: string, ...flags: string[]): string {
    return execFileSync(process.execPath, [...flags, "-e", script], { cwd: CHECKOUT, encoding: "utf8" }).trim();
}

it("has the same names lazily as it has in its types", () => {
    const names = (module: string) => run(`console.log(Object.keys(require(${JSON.stringify(module)})).sort().join())`);
    expect(names("transship")).toBe(names("./dist/index.js"));
});

it("loads nothing of its own before a name is used", () => {
    const script =
        'require("transship"); console.log(Object.keys(require.cache).filter((f) => f.includes("dist")).length)';
    expect(run(script)).toBe("1");
});

it("loads no optional peer and no HTTP client for a fleet", () => {
    const script = 'require("transship").ImageFleet; console.log(Object.keys(require.cache).join("\\n"))';
    const loaded = run(script);
    expect(loaded).toContain("image-fleet.js");
    expect(loaded).not.toMatch(/node_modules.(@aws-sdk|undici)|core.(registry|mirror|lifecycle)./);
});

it("gives its names to ES modules too", () => {
    const script =
        'import { ImageFleet, loadCatalog } from "transship"; console.log(typeof ImageFleet, typeof loadCatalog)';
    expect(run(script, "--input-type=module")).toBe("function function");
});
