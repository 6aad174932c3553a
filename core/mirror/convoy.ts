import { DEFAULT_PATIENCE_MS } from "./limits";

interface Roll {
    readonly waitingFor: Set<string>;
    readonly lacking: Set<string>;
    readonly complete: Promise<ReadonlySet<string>>;
    readonly finish: () => void;
    timer?: NodeJS.Timeout;
}

/**
 * The targets that one image goes to side by side. Each goes its own way and fails by itself; they meet only to say
 * who lacks a manifest, so that what it needs is read once for all of those. Nobody is waited for long, and never
 * again: who was late once goes alone from then on.
 */
export class Convoy {
    private readonly rolls = new Map<string, Roll>();
    private readonly gone = new Set<string>();

    constructor(
        readonly members: ReadonlySet<string>,
        private readonly patienceMs: number = DEFAULT_PATIENCE_MS,
    ) {}

    /**
     * A member has found out whether it lacks a manifest. Resolves with all that lack it, once everybody in `among` has
     * said so, has left, or was waited for long enough.
     */
    report(digest: string, member: string, lacks: boolean, among: ReadonlySet<string>): Promise<ReadonlySet<string>> {
        const roll = this.rolls.get(digest) ?? this.open(digest, among);
        if (lacks) {
            roll.lacking.add(member);
        }
        roll.waitingFor.delete(member);
        this.settle(roll);
        return roll.complete;
    }

    /** A member that has arrived or failed: nobody waits for it any more. */
    leave(member: string): void {
        this.gone.add(member);
        for (const roll of this.rolls.values()) {
            roll.waitingFor.delete(member);
            this.settle(roll);
        }
    }

    private open(digest: string, among: ReadonlySet<string>): Roll {
        const lacking = new Set<string>();
        let finish: () => void = () => undefined;
        const complete = new Promise<ReadonlySet<string>>((resolve) => {
            finish = () => resolve(new Set(lacking));
        });
        const waitingFor = new Set([...among].filter((member) => !this.gone.has(member)));
        const roll: Roll = { waitingFor, lacking, complete, finish };
        roll.timer = setTimeout(() => this.giveUp(roll), this.patienceMs);
        this.rolls.set(digest, roll);
        return roll;
    }

    private settle(roll: Roll): void {
        if (roll.waitingFor.size === 0) {
            clearTimeout(roll.timer);
            roll.finish();
        }
    }

    private giveUp(roll: Roll): void {
        for (const member of [...roll.waitingFor]) {
            this.leave(member);
        }
    }
}
