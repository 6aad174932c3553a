import { type Harbor, HarborError, type ReplicationExecution, type ReplicationPolicy } from "../harbor";
import { followUntilEnd } from "./follow";
import type { ReplicationOptions } from "./types";

/** How one run of a rule ended, as Harbor says it. */
export interface RuleRun {
    readonly execution: ReplicationExecution;
    /** Not over: nothing went on for the whole patience. */
    readonly isStuck: boolean;
}

/** Times that somebody else may be quicker. */
const MOST_TRIES = 3;

/** One rule at one Harbor. */
export class RuleRunner {
    constructor(
        private readonly harbor: Harbor,
        private readonly policy: ReplicationPolicy,
        private readonly options: ReplicationOptions,
    ) {}

    /** `rule hub of harbor.example.com`. */
    get who(): string {
        return `rule ${this.policy.name} of Harbor at ${this.harbor.host}`;
    }

    /**
     * Follows what runs already, and starts the rule only where that has not brought all.
     *
     * @param isBrought whether all that is wanted is there: a look of ours
     * @throws HarborError; what the signal was aborted with
     */
    async run(isBrought: () => Promise<boolean>): Promise<RuleRun> {
        let followed: RuleRun | undefined;
        for (let attempt = 1; ; attempt++) {
            const recent = await this.harbor.replicationExecutions.recent(this.policy.id);
            const active = recent.find(isWholeRun);
            if (active !== undefined) {
                this.say(`follows the execution ${active.id}, which runs already`);
                followed = await this.follow(active.id);
                if (followed.isStuck || (await isBrought())) {
                    return followed;
                }
            }
            const newest = Math.max(0, ...recent.map(({ id }) => id));
            const id = await this.start(newest);
            this.say(`started the execution ${id}`);
            const done = await this.follow(id);
            // A rule of one run at a time makes an execution that fails at once where another was quicker.
            if (!isSkipped(done.execution) || attempt === MOST_TRIES) {
                return done;
            }
        }
    }

    /** An answer that was lost may have started it: then it is in the list. */
    private async start(newest: number): Promise<number> {
        const { replicationExecutions } = this.harbor;
        try {
            return await replicationExecutions.start(this.policy.id);
        } catch (error) {
            if (!(error instanceof HarborError && error.mayBeDone)) {
                throw error;
            }
            const recent = await replicationExecutions.recent(this.policy.id);
            const started = recent.find(({ id, trigger }) => id > newest && trigger !== "event_based");
            if (started === undefined) {
                throw error;
            }
            return started.id;
        }
    }

    private async follow(id: number): Promise<RuleRun> {
        const { onProgress, signal } = this.options;
        let last: ReplicationExecution | undefined;
        try {
            const end = await followUntilEnd(async () => {
                last = (await this.look(id)) ?? last;
                const { total = 0, in_progress = 0 } = last ?? {};
                onProgress?.({ who: this.who, done: (total ?? 0) - (in_progress ?? 0), total: total ?? 0 });
                return { mark: markOf(last), ...(last !== undefined && isOver(last) ? { end: last } : {}) };
            }, this.options);
            return { execution: end ?? last ?? { id, status: "InProgress" }, isStuck: end === undefined };
        } catch (error) {
            if (signal?.aborted) {
                this.say(`is followed no more: Harbor goes on with the execution ${id}, and the next run follows it`);
            }
            throw error;
        }
    }

    /** An outage of Harbor's is no end of what it does. */
    private async look(id: number): Promise<ReplicationExecution | undefined> {
        try {
            const found = await this.harbor.replicationExecutions.get(id);
            return found ?? { id, status: "Stopped", status_text: "it is gone from Harbor's list" };
        } catch (error) {
            if (error instanceof HarborError && error.isOutage) {
                return undefined;
            }
            throw error;
        }
    }

    private say(what: string): void {
        this.options.onLine?.(`${this.who}: ${what}`);
    }
}

/** Of all that the rule is about: what an event starts carries one image. */
function isWholeRun({ status, trigger }: ReplicationExecution): boolean {
    return status === "InProgress" && trigger !== "event_based";
}

function isOver({ status }: ReplicationExecution): boolean {
    return status !== "InProgress" && status !== "Pending";
}

function isSkipped({ status, status_text }: ReplicationExecution): boolean {
    return status === "Failed" && /^Execution skipped\b/.test(status_text ?? "");
}

function markOf(execution: ReplicationExecution | undefined): string {
    const { status, total, succeed, failed, in_progress, stopped } = execution ?? {};
    return [status, total, succeed, failed, in_progress, stopped].join(" ");
}
