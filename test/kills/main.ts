import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { readToolsModule, toolsBin } from "../../scripts/tools/cache";
import { findProgram } from "../../scripts/tools/find-program";
import { killRounds } from "./rounds";

/** `npm run test:kills -- --rounds 50 --seed 7`: exit code 0 when every kill left whole tags and lost nothing. */
async function main(): Promise<void> {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => process.exit(130));
    }
    const { values } = parseArgs({ options: { rounds: { type: "string" }, seed: { type: "string" } } });
    const rounds = Number(values.rounds ?? 50);
    const report = await killRounds({
        dockerRegistry: find("docker-registry"),
        crane: find("crane"),
        rounds,
        seed: Number(values.seed ?? Date.now() % 1_000_000),
        images: 30,
        layerBytes: 3_000_000,
        bytesPerSecond: 30_000_000,
        onRound: (line) => console.log(line),
    });
    const enough = report.whileMoving >= rounds * 0.8;
    console.log(
        `${report.rounds} kills, ${report.whileMoving} while bytes moved${enough ? "" : " (too few: 80 % are needed)"}; ` +
            `${report.walked} visible tags walked by crane, all whole; ${report.arrived} blobs had arrived, ` +
            `${report.repeated.length} were sent again.`,
    );
    if (!enough || report.repeated.length > 0) {
        process.exitCode = 1;
    }
}

function find(name: string): string {
    const checkout = join(__dirname, "..", "..");
    const path = [process.env.PATH ?? "", toolsBin(readToolsModule(checkout)), "/usr/sbin"].join(delimiter);
    const found = findProgram(name, path);
    if (found === undefined) {
        throw new Error(`${name} was not found; docs/testing.md says where it comes from.`);
    }
    return found;
}

main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
});
