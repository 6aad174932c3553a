import type { RateLimit } from "./rate-limit";

/** Pulls that are set aside for one image, so that it is not begun and then left half-read. */
export interface PullReservation {
    /** How many are left of them. */
    readonly left: number;
    /** Sets how many more are needed; false, and nothing changes, where so many are not free. */
    resize(pulls: number): boolean;
    /** Gives back what is left. Harmless when asked twice. */
    release(): void;
}

/** When a request was sent, on the account's own clock. */
export type SentAt = number;

/**
 * The pulls of one account (or address) at a host, as far as the registry's answers tell. Answers overtake each other,
 * so the lowest number that was told counts, less the pulls it may not know of: those under way, and those whose
 * answer was lost. It goes up only by an answer to a request that was sent after that number was known.
 */
export class PullAccount {
    /** The latest word of the registry. */
    latest: RateLimit | undefined;
    /** Pulls that were answered, and counted by the registry. */
    spent = 0;
    /** Pulls that are never spent: the highest `keepRemaining` of the registries that share the account. */
    keeps = 0;
    #clock = 0;
    #left = Number.POSITIVE_INFINITY;
    #leftAt = 0;
    #flying = 0;
    #lost: SentAt[] = [];
    #reserved = 0;

    constructor(
        /** Tells accounts apart; not for people. */
        readonly key: string,
        /** The name for people: `docker.io`. */
        readonly host: string,
    ) {}

    /** Pulls that are left at least, once all that are under way have been counted. */
    get remaining(): number {
        return Math.max(0, this.#left - this.#flying - this.#lost.length);
    }

    /** Pulls that may still be set aside. */
    get free(): number {
        return Math.max(0, this.remaining - this.keeps - this.#reserved);
    }

    keepAtLeast(pulls: number): void {
        this.keeps = Math.max(this.keeps, pulls);
    }

    /** The time for a request that costs nothing. */
    mark(): SentAt {
        this.#clock += 1;
        return this.#clock;
    }

    /** Takes a pull right before it is sent; `undefined`: it would go below what is kept back or set aside for others. */
    take(reservation?: PullReservation): SentAt | undefined {
        const own = this.#ownOf(reservation);
        const isPaid = own !== undefined && own.left > 0;
        // With nothing to protect the registry itself says no, and why: its window may have opened since.
        const isGuarded = this.keeps > 0 || this.#reserved > 0;
        if (isGuarded && (isPaid ? this.remaining <= this.keeps : this.free < 1)) {
            return undefined;
        }
        if (isPaid) {
            own.add(-1);
        }
        this.#flying += 1;
        return this.mark();
    }

    /** A pull that was refused before it was counted (401, 404, 429). */
    giveBack(reservation?: PullReservation): void {
        this.#flying -= 1;
        this.#ownOf(reservation)?.add(1);
    }

    /** A pull that was counted. */
    settle(): void {
        this.#flying -= 1;
        this.spent += 1;
    }

    /** A pull of which nobody knows whether it was counted: no answer, or a server's error. */
    lose(): void {
        this.#flying -= 1;
        this.#lost.push(this.mark());
    }

    /** What an answer told, after its own pull was settled. */
    learn(sentAt: SentAt, limit: RateLimit): void {
        this.latest = limit;
        if (limit.remaining <= this.#left || sentAt > this.#leftAt) {
            this.#left = limit.remaining;
            this.#leftAt = this.mark();
            this.#lost = this.#lost.filter((lostAt) => lostAt > sentAt);
        }
    }

    /** Sets pulls aside; `undefined` where so many are not free. */
    reserve(pulls: number): PullReservation | undefined {
        const reservation = new Reservation(this, (change) => {
            this.#reserved += change;
        });
        return reservation.resize(pulls) ? reservation : undefined;
    }

    #ownOf(reservation: PullReservation | undefined): Reservation | undefined {
        return reservation instanceof Reservation && reservation.account === this ? reservation : undefined;
    }
}

class Reservation implements PullReservation {
    left = 0;
    #isReleased = false;

    constructor(
        readonly account: PullAccount,
        private readonly change: (pulls: number) => void,
    ) {}

    resize(pulls: number): boolean {
        if (pulls - this.left > this.account.free) {
            return false;
        }
        this.add(pulls - this.left);
        return true;
    }

    release(): void {
        this.add(-this.left);
        this.#isReleased = true;
    }

    /** A pull that was under way when the rest was given back is free for all. */
    add(pulls: number): void {
        if (!this.#isReleased) {
            this.change(pulls);
            this.left += pulls;
        }
    }
}
