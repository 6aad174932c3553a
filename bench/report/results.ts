import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchCase, CaseResult } from "../case";
import { type Machine, machineLine } from "./machine";

/** One case's last run, as results/<name>.json keeps it. */
export interface KeptResult extends CaseResult {
    readonly machine: Machine;
}

const HEAD = `# Results of the benchmarks

Written by \`npm run bench\`, never by hand; [docs/bench.md](../docs/bench.md) tells what is measured and how. Wall time and
processor time are medians; the range in brackets is from the fastest round to the slowest.`;

/** One case as Markdown. */
export function renderCase(title: string, { machine, method, findings }: KeptResult): string {
    return [`## ${title}`, machineLine(machine), method, ...findings].join("\n\n");
}

/** Keeps these results and writes RESULTS.md of all that are kept. */
export async function writeResults(
    directory: string,
    cases: readonly BenchCase[],
    fresh: ReadonlyMap<BenchCase, KeptResult>,
): Promise<string> {
    const folder = join(directory, "results");
    await mkdir(folder, { recursive: true });
    for (const [{ name }, result] of fresh) {
        await writeFile(join(folder, `${name}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
    }
    const parts: string[] = [];
    for (const { name, title } of cases) {
        const text = await readFile(join(folder, `${name}.json`), "utf8").catch(() => undefined);
        if (text !== undefined) {
            parts.push(renderCase(title, JSON.parse(text) as KeptResult));
        }
    }
    const file = join(directory, "RESULTS.md");
    await writeFile(file, `${[HEAD, ...parts].join("\n\n")}\n`);
    return file;
}
