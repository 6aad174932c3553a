import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError } from "../../core/errors";
import { writtenGraph } from "./graph";
import { recordGraph } from "./record";
import { configOf, STACKS } from "./scenarios";

/** Where the graph goes: the two standard streams are the program's own. */
const RESULT = 3;

/** Writes the graph of one scenario, whose name is the only argument. */
async function main(scenario: string): Promise<void> {
    const program = async () => {
        // As the engine's language host does it: an exported function is called, anything else is the outputs.
        const exported: unknown = require(join(STACKS, scenario, "index.ts"));
        return typeof exported === "function" ? exported() : exported;
    };
    const graph = await recordGraph(program, configOf(scenario));
    writeFileSync(RESULT, writtenGraph(graph));
}

main(process.argv[2] ?? "").catch((error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
});
