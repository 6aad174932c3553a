import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { graphFile, recordScenario, STACKS, scenarios } from "./graphs/scenarios";

/** `npm run graphs [NAME…]`: records the resource graphs of the scenarios anew, of all where none is named. */
function main(names: readonly string[]): void {
    for (const scenario of names.length === 0 ? scenarios() : names) {
        const file = graphFile(scenario);
        writeFileSync(file, recordScenario(scenario));
        console.log(`stacks/${relative(STACKS, file)} is current`);
    }
}

main(process.argv.slice(2));
