import { copyImage } from "../copy-image";
import type { LocalHarbor } from "./server";
import type { LocalTask, Outcome, Row } from "./state";

interface Place {
    readonly host: string;
    readonly repository: string;
}

/** What a rule carries: one repository with its tags. */
export interface Carried {
    readonly from: Place;
    readonly to: Place;
    readonly tags: readonly string[];
}

/**
 * Harbor's job service over real registries: a task copies its repository's tags by plain fetch, and ends when they are
 * copied. Looking at an execution makes its jobs go on.
 */
export class JobService {
    /** By name of the rule. */
    readonly rules = new Map<string, readonly Carried[]>();
    /** Repositories of targets of which Harbor says that they are carried, and does nothing. */
    readonly idle = new Set<string>();
    /** Target's repository -> what its log says. */
    readonly broken = new Map<string, string>();
    /** Those of `broken` that are copied all the same. */
    readonly brokenAfter = new Set<string>();
    /** Target's repository -> steps that it takes. */
    readonly slow = new Map<string, number>();
    private readonly jobs = new Map<number, { over: boolean; error?: unknown; steps: number }>();

    constructor(harbor: LocalHarbor) {
        harbor.stepsByLooking = true;
        harbor.world.resources = (policy: Row) =>
            (this.rules.get(policy.name) ?? []).map(({ from, tags, to }) => ({
                src: `${from.repository} [${tags.length} item(s) in total]`,
                dst: `${to.repository} [${tags.length} item(s) in total]`,
            }));
        harbor.world.outcome = (task) => this.outcome(task);
    }

    private outcome(task: LocalTask): Outcome {
        const repository = task.dst_resource.replace(/ .*/, "");
        const broken = this.broken.get(repository);
        if (broken !== undefined && !this.brokenAfter.has(repository)) {
            return { status: "Error", log: broken };
        }
        if (this.idle.has(repository)) {
            return { status: "Success" };
        }
        const job = this.jobs.get(task.id) ?? this.begin(task, repository);
        job.steps += 1;
        if (!job.over || job.steps < (this.slow.get(repository) ?? 0)) {
            return { status: "Running" };
        }
        if (broken !== undefined) {
            return { status: "Error", log: broken };
        }
        return job.error === undefined
            ? { status: "Success" }
            : { status: "Error", log: `2026-11-22T05:17:09Z [ERROR] [/transfer.go:160]: ${job.error}\n` };
    }

    private begin(task: LocalTask, repository: string) {
        const job: { over: boolean; error?: unknown; steps: number } = { over: false, steps: 0 };
        this.jobs.set(task.id, job);
        const carried = [...this.rules.values()].flat().find(({ to }) => to.repository === repository);
        const copy = async (): Promise<void> => {
            for (const tag of carried?.tags ?? []) {
                await copyImage(carried?.from as Place, carried?.to as Place, tag);
            }
        };
        copy()
            .catch((error) => {
                job.error = error;
            })
            .finally(() => {
                job.over = true;
            });
        return job;
    }
}
