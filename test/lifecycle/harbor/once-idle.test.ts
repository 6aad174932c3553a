import { expect, it } from "vitest";
import { HarborError } from "../../../core/harbor";
import { deleteOnceIdle } from "../../../core/lifecycle/harbor/once-idle";

const BUSY = new HarborError(
    "HARBOR_PRECONDITION",
    `Could not delete the webhook 20: Harbor at h said 412, "contains executions that aren't in final status, stop the execution first": do first what it names.`,
);

it("What Harbor does not delete while a job of it runs is deleted once that is over", async () => {
    const waits: number[] = [];
    let refusals = 3;
    const remove = async (): Promise<void> => {
        if (refusals-- > 0) {
            throw BUSY;
        }
    };
    await deleteOnceIdle(remove, async (ms) => void waits.push(ms));
    expect(waits).toEqual([250, 500, 1_000]);
});

it("What goes on for longer than a minute is Harbor's own refusal, and any other one is told at once", async () => {
    let waited = 0;
    const pause = async (ms: number) => {
        waited += ms;
    };
    await expect(deleteOnceIdle(() => Promise.reject(BUSY), pause)).rejects.toBe(BUSY);
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThan(70_000);
    waited = 0;
    const used = new HarborError("HARBOR_PRECONDITION", 'said 412, "it is used"');
    await expect(deleteOnceIdle(() => Promise.reject(used), pause)).rejects.toBe(used);
    expect(waited).toBe(0);
});
