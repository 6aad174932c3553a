import { setTimeout as sleep } from "node:timers/promises";
import { HarborError } from "../../harbor";

/** Harbor counts the end of a job up to half a minute after it. (src/lib/config, `EXECUTION_STATUS_REFRESH_INTERVAL_SECONDS`) */
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 8_000;

/** Whether Harbor deletes it once it has heard the end of a job of it. (goharbor/harbor, src/pkg/task/execution.go, `DeleteByVendor`) */
export function isBusy(error: unknown): error is HarborError {
    return (
        error instanceof HarborError && error.code === "HARBOR_PRECONDITION" && /in final status/.test(error.message)
    );
}

/**
 * Deletes what Harbor refuses to delete while a job of it runs, such as the telling of a webhook: again and again for a
 * minute, since nobody can stop that job.
 *
 * @throws HarborError the last one of that minute, or any other
 */
export async function deleteOnceIdle(
    remove: () => Promise<void>,
    pause: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
    let waited = 0;
    for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(wait * 2, LONGEST_PAUSE_MS)) {
        try {
            return await remove();
        } catch (error) {
            if (!isBusy(error) || waited >= PATIENCE_MS) {
                throw error;
            }
        }
        await pause(wait);
        waited += wait;
    }
}
