import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PullAccount, type PullReservation, type SentAt } from "../../core/registry/http/pull-account";

const told = (remaining: number) => ({ limit: 100, remaining, windowSeconds: 21_600 });

function accountWith(remaining: number, keeps = 0): PullAccount {
    const account = new PullAccount("docker.io me", "docker.io");
    account.keepAtLeast(keeps);
    account.learn(account.mark(), told(remaining));
    return account;
}

describe("what is known of an account's pulls", () => {
    it("counts what is under way before any answer tells of it, and believes the lowest of answers that overtook each other", () => {
        const account = accountWith(50);
        const [one, two] = [account.take() as SentAt, account.take() as SentAt];
        expect(account.remaining).toBe(48);
        account.settle();
        account.learn(two, told(48));
        account.settle();
        account.learn(one, told(49));
        expect([account.remaining, account.spent]).toEqual([48, 2]);
    });

    it("goes up by an answer to what was sent afterwards: the window has opened again", () => {
        const account = accountWith(3);
        account.learn(account.mark(), told(100));
        expect(account.remaining).toBe(100);
    });

    it("takes a lost answer for a pull until a later one tells otherwise", () => {
        const account = accountWith(50);
        account.take();
        account.lose();
        expect(account.remaining).toBe(49);
        account.learn(account.mark(), told(50));
        expect(account.remaining).toBe(50);
    });

    it("gives back what was refused before it was counted, also to its reservation", () => {
        const account = accountWith(50);
        const reservation = account.reserve(5) as PullReservation;
        account.take(reservation);
        expect([reservation.left, account.free]).toEqual([4, 45]);
        account.giveBack(reservation);
        expect([reservation.left, account.remaining, account.free]).toEqual([5, 50, 45]);
        reservation.release();
        reservation.release();
        expect(account.free).toBe(50);
    });

    it("refuses what is set aside for others, and what is kept back even to those who set aside", () => {
        const account = accountWith(12, 10);
        const reservation = account.reserve(2) as PullReservation;
        expect([account.reserve(1), account.take(), reservation.resize(3)]).toEqual([undefined, undefined, false]);
        // Somebody else spent them meanwhile.
        account.learn(account.mark(), told(10));
        expect(account.take(reservation)).toBeUndefined();
    });

    it("lets the registry say no itself where nothing is kept back", () => {
        expect(accountWith(0).take()).toBeTypeOf("number");
    });
});

/** A server that counts, and answers that come in any order, get lost, or are refused before they count. */
interface Flight {
    readonly sentAt: SentAt;
    readonly reservation?: PullReservation;
    told?: number;
}

const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("send" as const), pick: fc.nat(20) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("count" as const), pick: fc.nat(20) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("answer" as const), pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose" as const), pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("refuse" as const), pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("head" as const), pick: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("reserve" as const), pick: fc.nat(20) }) },
);

describe("an account, whatever comes in whatever order", () => {
    it("never lets the server's count go below what is kept back", () => {
        fc.assert(
            fc.property(
                fc.nat(30),
                fc.integer({ min: 1, max: 15 }),
                fc.array(step, { maxLength: 200, size: "max" }),
                (left, keeps, steps) => {
                    let server = left + keeps;
                    const account = accountWith(server, keeps);
                    const flights: Flight[] = [];
                    const reservations: (PullReservation | undefined)[] = [undefined];
                    for (const { kind, pick } of steps) {
                        const at = pick % Math.max(1, flights.length);
                        const flight = flights[at];
                        if (kind === "send") {
                            const reservation = reservations[pick % reservations.length];
                            const sentAt = account.take(reservation);
                            if (sentAt !== undefined) {
                                flights.push({ sentAt, ...(reservation && { reservation }) });
                            }
                        } else if (kind === "count" && flight && flight.told === undefined) {
                            server -= 1;
                            flight.told = server;
                        } else if (kind === "answer" && flight?.told !== undefined) {
                            account.settle();
                            account.learn(flight.sentAt, told(flight.told));
                            flights.splice(at, 1);
                        } else if (kind === "lose" && flight?.told !== undefined) {
                            account.lose();
                            flights.splice(at, 1);
                        } else if (kind === "refuse" && flight && flight.told === undefined) {
                            account.giveBack(flight.reservation);
                            flights.splice(at, 1);
                        } else if (kind === "head") {
                            account.learn(account.mark(), told(server));
                        } else if (kind === "reserve") {
                            reservations.push(account.reserve(pick));
                        }
                        expect(server).toBeGreaterThanOrEqual(keeps);
                        expect(account.remaining).toBeLessThanOrEqual(server);
                    }
                },
            ),
            { numRuns: 500 },
        );
    });
});
