import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bareEnvironment } from "../../contenders/contender";
import { type Copier, type CopyJob, pairsOf } from "../copier";

/**
 * `regsync once`: one process for all copies. `parallel` is the number of images at a time, `reqConcurrent` the number of
 * requests at a time to one registry, 3 by default. Without referrers and digest tags it looks at nothing beside the
 * images; with `fastCheck` it leaves alone what has the right digest.
 */
export function regsyncOnce(program: string, version: string, parallel: number): Copier {
    return {
        title: "regsync once",
        version,
        settings: `parallel ${parallel}, reqConcurrent ${parallel}, fastCheck`,

        async prepare(job: CopyJob) {
            const host = (registry: string) => ({ registry, tls: "disabled", reqConcurrent: parallel });
            const configuration = {
                version: 1,
                creds: [job.source, ...job.targets].map(host),
                defaults: { parallel, fastCheck: true, skipDockerConfig: true },
                sync: pairsOf(job).map(({ from, to }) => ({ source: from, target: to, type: "image" })),
            };
            const file = join(job.directory, "regsync.yaml");
            // JSON is YAML.
            await writeFile(file, JSON.stringify(configuration));
            return { program, args: ["once", "-c", file], cwd: job.directory, env: bareEnvironment(job) };
        },
    };
}
