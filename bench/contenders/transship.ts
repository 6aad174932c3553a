import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bareEnvironment, type Contender, failed } from "./contender";

const CHECKOUT = join(__dirname, "..", "..");

/** The built command, as a process. */
export const transshipCheck: Contender = {
    title: "transship check --json",
    version: (JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { version: string }).version,
    settings: "defaults (the limit of each registry adapts by itself)",
    ours: true,

    async prepare(fleet) {
        const catalog = await fleet.writeCatalog();
        return {
            program: process.execPath,
            args: [join(CHECKOUT, "dist", "cli", "main.js"), "check", "--json", "-c", catalog],
            cwd: fleet.directory,
            env: bareEnvironment(fleet),
        };
    },

    verify(run, images) {
        const { summary } = JSON.parse(run.stdout || "{}") as { summary?: { verdicts?: { consistent?: number } } };
        const consistent = summary?.verdicts?.consistent;
        if (run.exitCode !== 0 || consistent !== images.length * 2) {
            throw failed(this.title, run, `${consistent} of ${images.length * 2} copies are consistent`);
        }
    },
};
