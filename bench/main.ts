import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { buildMark } from "./built-package";
import type { BenchCase } from "./case";
import { CASES } from "./cases";
import { roomyDirectory } from "./measure/roomy-directory";
import { describeMachine } from "./report/machine";
import { type KeptResult, renderCase, writeResults } from "./report/results";

/** `npm run bench -- [case…] [--short]` */
async function main(args: readonly string[]): Promise<number> {
    const names = args.filter((arg) => !arg.startsWith("-"));
    const options = args.filter((arg) => arg.startsWith("-") && arg !== "--short");
    const unknown = [...options, ...names.filter((name) => !CASES.some((one) => one.name === name))];
    if (unknown.length > 0) {
        const known = CASES.map(({ name }) => name).join(", ");
        console.error(`${unknown.join(", ")}: no such case or option. The cases are ${known}; the option is --short.`);
        return 2;
    }
    const short = args.includes("--short");
    const fresh = new Map<BenchCase, KeptResult>();
    const directory = await mkdtemp(join(roomyDirectory(), "transship-bench-"));
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => {
            rmSync(directory, { recursive: true, force: true });
            process.exit(signal === "SIGINT" ? 130 : 143);
        });
    }
    try {
        for (const one of CASES.filter(({ name }) => names.length === 0 || names.includes(name))) {
            const machine = describeMachine();
            const log = (line: string) => console.error(`  ${one.name}: ${line}`);
            const own = join(directory, one.name);
            await mkdir(own);
            const build = buildMark();
            const result = { machine, ...(await one.run({ short, directory: own, log })) };
            if (buildMark() !== build) {
                throw new Error(`The package was built anew while ${one.name} measured it: run this again.`);
            }
            fresh.set(one, result);
            console.log(`\n${renderCase(one.title, result)}\n`);
        }
    } finally {
        await rm(directory, { recursive: true, force: true });
    }
    if (short) {
        console.log("A short run proves that the benchmarks work; its figures mean little and are kept nowhere.");
    } else {
        const file = await writeResults(__dirname, CASES, fresh);
        console.log(`Written to ${relative(process.cwd(), file)}.`);
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
