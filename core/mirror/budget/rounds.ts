import type { CarryResult } from "../carry";
import type { CarryTask, Place } from "../plan";
import type { PullBudget } from "./pull-budget";
import type { PlannedTask, PullPlan } from "./pull-plan";

/** Plans what is left to do; `known` says what an image costs whose index was read by now. */
export type PullPlanner = (tasks: readonly CarryTask[], known: (digest: string) => number | undefined) => PullPlan;

export interface Rounds {
    readonly budget: PullBudget;
    readonly plan: PullPlanner;
    /** Does these tasks, and tells of each as it ends. */
    readonly carryAll: (tasks: readonly CarryTask[], onResult: (result: CarryResult) => void) => Promise<void>;
    /** Called once for each task, with the result that stands. */
    readonly onFinal: (result: CarryResult) => void;
}

/** Where nothing is known of limits: all of them, in their order. */
export function planWithoutLimits(tasks: readonly CarryTask[]): PullPlan {
    return { tasks: tasks.map((task) => ({ task, needs: 1, pulls: 0, estimated: true, when: "now" })), accounts: [] };
}

/**
 * Carries what fits, with its pulls set aside in the plan's order before the first image is begun; then, in a further
 * round, what fits into what estimates had set aside too much. The rest is deferred. Results in the tasks' order.
 */
export async function carryInRounds(tasks: readonly CarryTask[], rounds: Rounds): Promise<CarryResult[]> {
    const { budget, plan, onFinal } = rounds;
    const results = new Map<CarryTask, CarryResult>();
    const settle = (result: CarryResult): void => {
        results.set(result.task, result);
        onFinal(result);
    };
    const retried = new Set<CarryTask>();
    for (let open = tasks; open.length > 0; ) {
        const planned = plan(open, (digest) => budget.reader.unread(digest)).tasks;
        const now = planned.filter(({ when }) => when === "now");
        planned.forEach(({ task, needs, estimated }) => void budget.expectNeed(task.digest, { needs, estimated }));
        if (now.length === 0) {
            // One HEAD each shows whether the target has the image and lacks the tag alone, which costs no pull.
            await rounds.carryAll(open, settle);
            break;
        }
        const again = await carryRound(now, rounds, retried, settle);
        open = [...again, ...planned.filter(({ when }) => when === "later").map(({ task }) => task)];
    }
    return tasks.map((task) => results.get(task) as CarryResult);
}

/** @returns the tasks whose index was larger than thought: they are planned once more, with what is known now */
async function carryRound(
    now: readonly PlannedTask[],
    { budget, carryAll }: Rounds,
    retried: Set<CarryTask>,
    settle: (result: CarryResult) => void,
): Promise<CarryTask[]> {
    for (const { task, account } of now) {
        if (account !== undefined) {
            budget.setAside(task.digest, task.from[0] as Place);
        }
    }
    const again: CarryTask[] = [];
    const tasks = now.map(({ task }) => task);
    await carryAll(tasks, (result) => {
        const { task, error } = result;
        if (error?.code === "PULL_BUDGET" && !retried.has(task)) {
            retried.add(task);
            again.push(task);
        } else {
            settle(result);
        }
    });
    budget.giveBack();
    return again;
}
