import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Chart, chartFolder, type ToolsModule } from "./cache";
import { findProgram } from "./find-program";

/**
 * Fetches a chart with Go's module proxy, which proves it by go.sum, unless it is there: seconds. It appears in one step,
 * without the tests that it brings.
 *
 * @returns whether something was fetched.
 */
export async function fetchChart(
    module: ToolsModule,
    chart: Chart,
    log: (line: string) => void,
    env: NodeJS.ProcessEnv = process.env,
): Promise<boolean> {
    const folder = chartFolder(module, chart, env);
    if (existsSync(join(folder, "Chart.yaml"))) {
        return false;
    }
    const go = findProgram("go", env.PATH);
    if (go === undefined) {
        throw new Error(`The chart ${chart.name} ${chart.version} comes by Go's module proxy: install Go.`);
    }
    log(`fetching the chart ${chart.name} ${chart.version}`);
    const { stdout } = await promisify(execFile)(go, ["mod", "download", "-json", chart.module], {
        cwd: chart.directory,
        env: { ...env, GOWORK: "off" },
    });
    const { Dir: source } = JSON.parse(stdout) as { Dir: string };
    const part = `${folder}.${process.pid}.part`;
    try {
        await mkdir(dirname(folder), { recursive: true });
        for (const entry of ["Chart.yaml", "values.yaml", "templates"]) {
            // What the module cache has may be read only, also by its owner.
            await cp(join(source, entry), join(part, entry), { recursive: true, mode: 0 });
        }
        await rm(folder, { recursive: true, force: true });
        await rename(part, folder);
    } finally {
        await rm(part, { recursive: true, force: true });
    }
    return true;
}
