import type { Fleet } from "../fleet";
import type { MeasuredRun } from "../measure/run-measured";
import type { FleetImage } from "../servers/fill";
import { bareEnvironment, type Contender, failed } from "./contender";

/** Processes at a time, of the tools which start one for each reference. */
export const PROCESSES = 8;

/** crane has no check of many images: one `crane digest` for each reference, a HEAD as ours is. */
export function craneDigest(program: string, version: string): Contender {
    return {
        title: "crane digest",
        version,
        settings: `a process for each reference, xargs -P ${PROCESSES}`,
        divisible: true,

        async prepare(fleet: Fleet, images: readonly FleetImage[]) {
            return {
                program: "xargs",
                args: ["-P", String(PROCESSES), "-n", "1", program, "digest"],
                cwd: fleet.directory,
                env: bareEnvironment(fleet),
                stdin: await fleet.write(`references-${images.length}`, `${fleet.references(images).join("\n")}\n`),
            };
        },

        verify(run: MeasuredRun, images: readonly FleetImage[]) {
            const wanted = images.flatMap(({ manifest }) => [manifest.digest, manifest.digest]).sort();
            if (run.exitCode !== 0 || run.stdout.trim().split("\n").sort().join() !== wanted.join()) {
                throw failed(this.title, run, "its digests are not those that were pushed");
            }
        },
    };
}
