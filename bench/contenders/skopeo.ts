import type { Fleet } from "../fleet";
import type { MeasuredRun } from "../measure/run-measured";
import type { FleetImage } from "../servers/fill";
import { bareEnvironment, type Contender, failed } from "./contender";
import { PROCESSES } from "./crane";

/** skopeo knows no HEAD: it fetches the manifest, which on Docker Hub is a pull. Hashing it is left out here. */
export function skopeoInspect(program: string, version: string): Contender {
    return {
        title: "skopeo inspect --raw",
        version,
        settings: `a process for each reference, xargs -P ${PROCESSES}`,
        divisible: true,

        async prepare(fleet: Fleet, images: readonly FleetImage[]) {
            const references = fleet.references(images).map((reference) => `docker://${reference}`);
            return {
                program: "xargs",
                args: ["-P", String(PROCESSES), "-n", "1", program, "inspect", "--raw", "--tls-verify=false"],
                cwd: fleet.directory,
                env: bareEnvironment(fleet),
                stdin: await fleet.write(`skopeo-references-${images.length}`, `${references.join("\n")}\n`),
            };
        },

        verify(run: MeasuredRun, images: readonly FleetImage[]) {
            // Several write at a time and end without a line break: the sum of all bytes is what can be told.
            const sizes = images.map(({ manifest }) => manifest.bytes.length);
            const wanted = sizes.reduce((sum, size) => sum + 2 * size, 0);
            if (run.exitCode !== 0 || Buffer.byteLength(run.stdout) !== wanted) {
                throw failed(this.title, run, `it printed ${Buffer.byteLength(run.stdout)} bytes, not ${wanted}`);
            }
        },
    };
}
