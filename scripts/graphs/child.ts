import { join } from "node:path";
import { describeError } from "../../core/errors";
import { writtenGraph } from "./graph";
import { recordGraph } from "./record";
import { configOf, STACKS } from "./scenarios";

/** Writes the graph of one scenario, whose name is the only argument, to standard output. */
async function main(scenario: string): Promise<void> {
    const program = async () => {
        // As the engine's language host does it: an exported function is called, anything else is the outputs.
        const exported: unknown = require(join(STACKS, scenario, "index.ts"));
        return typeof exported === "function" ? exported() : exported;
    };
    const graph = await recordGraph(program, configOf(scenario));
    process.stdout.write(writtenGraph(graph));
}

main(process.argv[2] ?? "").catch((error) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
});
