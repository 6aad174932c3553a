import { describe, type ExpectStatic, it } from "vitest";
import type { Fault, Rule } from "../support/faults/fault-proxy";
import * as faults from "../support/faults/faults";
import type { Asked, RequestKind } from "../support/faults/request-kind";
import { VirtualClock } from "../support/faults/virtual-clock";
import { type FaultCase, type FaultGround, kindWith, runFaultCase } from "./fault-case";

/** What `Retry-After` asks for, in milliseconds of the virtual clock. */
const RETRY_AFTER_MS = 7000;

/** The rows of a table. */
const FAULTS: Readonly<Record<string, (clock: VirtualClock) => Fault>> = {
    "429": () => faults.answers(429, "TOOMANYREQUESTS"),
    "429, seconds": () => faults.answers(429, "TOOMANYREQUESTS", () => ({ "retry-after": `${RETRY_AFTER_MS / 1000}` })),
    // A date has no milliseconds.
    "429, date": ({ now }) =>
        faults.answers(429, "TOOMANYREQUESTS", () => ({
            "retry-after": new Date(now() + RETRY_AFTER_MS + 1000).toUTCString(),
        })),
    "500": () => faults.answers(500, "UNKNOWN"),
    "502": () => faults.answers(502, "UNKNOWN"),
    "503": () => faults.answers(503, "UNAVAILABLE"),
    "reset before": () => faults.resetBefore,
    "reset inside": () => faults.resetInside,
    "reset after": () => faults.resetAfterwards,
    truncated: () => faults.truncated,
    shortened: () => faults.shortened,
    "flipped byte": () => faults.flipped,
    "cut short": () => faults.cutShort,
    "wrong digest": () => faults.wrongDigest,
    "length too long": () => faults.lengthTooLong,
    "length too short": () => faults.lengthTooShort,
    "session lost": () => faults.sessionLost,
    "redirect loop": () => faults.redirectLoop,
    "slow loris": () => faults.slowLoris,
};

/** The columns of a table that are no kind of request but a certain one of it. */
const CERTAIN: Readonly<Record<string, Pick<Rule, "match" | "skip">>> = {
    // The look before the work is the first HEAD of the tag, the one after its push the second.
    "verify-tag": { match: "head-tag", skip: 1 },
    "put-tag": { match: ({ kind, reference }: Asked) => kind === "put-tag" && reference === "1" },
    "keep-tag": { match: ({ kind, reference }: Asked) => kind === "put-tag" && reference.includes(".prev-") },
};

interface Cell {
    readonly fault: string;
    readonly column: string;
    readonly times: number;
    /** Codes that it may end with; `ok` is success, `?` before a code that the copy could not be looked at. */
    readonly codes: readonly string[];
    /** The failure comes after the tag has moved: to the new image, whole. */
    readonly moved: boolean;
    /** Nothing that was pushed arrived as it was, the tag included: all that can be done is to say so. */
    readonly wrong: boolean;
}

/**
 * Runs every cell of a table as a test. A cell is `once / always`: how the carry ends when one request meets the fault,
 * and when all do; `-` where the fault cannot be, `|` between ends that are both right, `*` where the tag has moved, `!` where
 * it shows what the network made of the image, since every byte that we write meets it.
 */
export function itEndsAsTold(at: FaultCase["at"], table: string, ground: () => FaultGround): void {
    describe.concurrent(`at the ${at}`, () => {
        for (const cell of cellsOf(table)) {
            const when = cell.times === 1 ? "once" : "always";
            const title = `${cell.fault}, ${when}, at ${cell.column}: ${cell.codes.join(" or ")}`;
            it(title, { timeout: 30_000 }, ({ expect }) => expectEnd(cell, at, ground(), expect));
        }
    });
}

async function expectEnd(cell: Cell, at: FaultCase["at"], ground: FaultGround, expect: ExpectStatic): Promise<void> {
    const clock = new VirtualClock();
    const certain = CERTAIN[cell.column] ?? { match: cell.column as RequestKind };
    const fault = (FAULTS[cell.fault] as (clock: VirtualClock) => Fault)(clock);
    const ended = await runFaultCase(ground, {
        at,
        rules: [{ ...certain, fault, times: cell.times }],
        clock,
        kind: kindWith(cell.column),
        ...(cell.fault === "slow loris" ? { idleMs: 500, retry: { attempts: cell.times === 1 ? 4 : 2 } } : {}),
    });
    expect(ended.injected).toBeGreaterThan(0);
    expect(cell.codes, ended.sentence).toContain(ended.code);
    expect(ended.tag).toBe(cell.wrong ? "other" : ended.code === "ok" || cell.moved ? "next" : "previous");
    expect(ended.milliseconds).toBeLessThan(20_000);
    if (ended.code !== "ok") {
        expect(ended.sentence).toMatch(ONE_SENTENCE);
    }
    if (cell.fault.startsWith("429,")) {
        expect(Math.max(...clock.slept)).toBeGreaterThanOrEqual(RETRY_AFTER_MS);
    }
}

/** It names the image and the registry, and shows no stack. */
const ONE_SENTENCE = /^(?!.*\bat .*\.[cm]?[jt]s:\d)[^\n]*\bapp(?::1)?@(?:hub|ghcr)\b[^\n]+$/;

function cellsOf(table: string): Cell[] {
    const [head = [], ...rows] = table
        .trim()
        .split("\n")
        .map((line) => line.split("  ").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])));
    return rows.flatMap(([fault = "", ...cells]) =>
        cells.flatMap((cell, index) => cellOf(fault, head[index] ?? "", cell)),
    );
}

function cellOf(fault: string, column: string, text: string): Cell[] {
    if (text === "-") {
        return [];
    }
    if (FAULTS[fault] === undefined || column === "") {
        throw new Error(`The table has a cell "${text}" of a fault "${fault}" at "${column}"`);
    }
    return text.split(" / ").map((end, index) => ({
        fault,
        column,
        times: index === 0 ? 1 : Number.POSITIVE_INFINITY,
        codes: end.replace(/[*!]$/, "").replace("?", "unknown ").split("|"),
        moved: end.endsWith("*"),
        wrong: end.endsWith("!"),
    }));
}
