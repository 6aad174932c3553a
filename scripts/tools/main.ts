import { join } from "node:path";
import { binaryOf, buildTool } from "./build";
import { chartFolder, readToolsModule } from "./cache";
import { fetchChart } from "./chart";
import { fetchPythonTool } from "./python";
import { environmentBin, fetchPythonEnvironment } from "./python-environment";

/**
 * `.ci/tools/install [--where] [name…]`: builds the named programs of the go.mod files in `.ci/tools`, or all (and
 * fetches those of `requirements.txt`), into a cache that is kept by version, and prints where each one is. With
 * `--where` it only prints.
 */
async function main(args: readonly string[]): Promise<number> {
    const module = readToolsModule(join(__dirname, "..", ".."));
    const names = args.filter((arg) => !arg.startsWith("-"));
    const all = [...module.tools, ...module.pythonTools];
    const inEnvironments = module.environments.flatMap(({ programs }) => programs);
    const known = [...all.map((tool) => tool.name), ...inEnvironments];
    const unknown = names.filter((name) => !known.includes(name));
    const options = args.filter((arg) => arg.startsWith("-") && arg !== "--where");
    if (unknown.length > 0 || options.length > 0) {
        console.error(
            `${[...options, ...unknown].join(", ")}: no such tool or option. The tools are ${known.join(", ")}.`,
        );
        return 2;
    }
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort()).once("SIGTERM", () => stop.abort());
    const log = (line: string) => console.error(`  ${line}`);
    for (const tool of all.filter(({ name }) => names.length === 0 || names.includes(name))) {
        if (!args.includes("--where")) {
            await (module.pythonTools.includes(tool)
                ? fetchPythonTool(module, tool, log)
                : buildTool(module, tool, { log, signal: stop.signal }));
        }
        console.log(binaryOf(module, tool));
    }
    // Who asks for Helm needs what it is for.
    for (const chart of names.length === 0 || names.includes("helm") ? module.charts : []) {
        if (!args.includes("--where")) {
            await fetchChart(module, chart, log);
        }
        console.log(chartFolder(module, chart));
    }
    for (const environment of module.environments) {
        const wanted = environment.programs.filter((name) => names.length === 0 || names.includes(name));
        if (wanted.length > 0 && !args.includes("--where")) {
            await fetchPythonEnvironment(environment, log);
        }
        for (const name of wanted) {
            console.log(join(environmentBin(environment), name));
        }
    }
    return 0;
}

main(process.argv.slice(2)).then(
    (code) => {
        process.exitCode = code;
    },
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 1;
    },
);
