import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bareEnvironment } from "../../contenders/contender";
import type { Copier, CopyJob } from "../copier";
import { TAG } from "../scenario";
import { SOURCE_PREFIX } from "../site";

const CHECKOUT = join(__dirname, "..", "..", "..");

/** The built command with a catalogue as a user would write it, without referrers: the peers do not ask for them either. */
export const transshipSync: Copier = {
    title: "transship sync",
    version: (JSON.parse(readFileSync(join(CHECKOUT, "package.json"), "utf8")) as { version: string }).version,
    settings: "defaults, and `referrers: false`, which is what the others do",
    ours: true,

    async prepare(job: CopyJob) {
        const file = join(job.directory, "catalog.yaml");
        await writeFile(file, catalogOf(job));
        return {
            program: process.execPath,
            args: [join(CHECKOUT, "dist", "cli", "main.js"), "sync", "-c", file],
            cwd: job.directory,
            env: bareEnvironment(job),
        };
    },
};

function catalogOf({ source, targets, images }: CopyJob): string {
    const registry = (host: string) => JSON.stringify({ host, kind: "distribution", insecure: true });
    const keys = targets.map((_, index) => `target-${index + 1}`);
    return [
        "version: 1",
        `defaults: { targets: [${keys.join(", ")}], referrers: false }`,
        "registries:",
        `  source: ${registry(source)}`,
        ...targets.map((host, index) => `  ${keys[index]}: ${registry(`${host}/mirror`)}`),
        "images:",
        ...images.map(({ name }) => `  ${name}: { source: "${source}/${SOURCE_PREFIX}${name}", tags: ["${TAG}"] }`),
        "",
    ].join("\n");
}
