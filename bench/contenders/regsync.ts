import type { Fleet } from "../fleet";
import type { MeasuredRun } from "../measure/run-measured";
import { type FleetImage, TAG } from "../servers/fill";
import { bareEnvironment, type Contender, failed } from "./contender";

/**
 * regsync's check goes through its entries one after the other, whatever `parallel` says (cmd/regsync/root.go, runCheck);
 * `once` works in parallel and, where all copies are equal, asks the same and copies nothing. It is no check, since it
 * copies what differs, but it shows what the same asking in parallel costs. With `fastCheck` and without referrers or
 * digest tags both look at the two digests alone.
 */
export function regsync(program: string, version: string, verb: "check" | "once", parallel: number): Contender {
    const title = `regsync ${verb}`;
    return {
        title,
        version,
        writes: verb === "once",
        settings:
            verb === "check"
                ? `fastCheck; serial by its nature, reqConcurrent ${parallel}`
                : `fastCheck, parallel ${parallel}, reqConcurrent ${parallel}; no check: it would copy what differs`,

        async prepare(fleet: Fleet, images: readonly FleetImage[]) {
            const host = (registry: string) => ({ registry, tls: "disabled", reqConcurrent: parallel });
            const configuration = {
                version: 1,
                creds: [host(fleet.source.host), host(fleet.target.host)],
                defaults: { parallel, fastCheck: true, skipDockerConfig: true },
                sync: images.map((image) => ({
                    source: `${fleet.sourceOf(image)}:${TAG}`,
                    target: `${fleet.targetOf(image)}:${TAG}`,
                    type: "image",
                })),
            };
            // JSON is YAML.
            const file = await fleet.write(`regsync-${verb}-${parallel}.yaml`, JSON.stringify(configuration));
            return { program, args: [verb, "-c", file], cwd: fleet.directory, env: bareEnvironment(fleet) };
        },

        /** It is silent about what is equal, and exits with 0 also where copies differ. */
        verify(run: MeasuredRun) {
            if (run.exitCode !== 0 || /sync needed|refreshing|level=(ERROR|WARN)/.test(run.stderr)) {
                throw failed(title, run, "it found copies that differ or could not be asked");
            }
        },
    };
}
