import type { Check, CheckStatus, Diagnosis } from "../doctor";
import { groupBy } from "./group-by";
import { count, painter, type TextOptions } from "./paint";
import type { Colour } from "./verdicts";

const LOOKS: Readonly<Record<CheckStatus, readonly [sign: string, colour: Colour]>> = {
    ok: ["✓", "green"],
    warning: ["!", "yellow"],
    wrong: ["✗", "red"],
    unknown: ["?", "yellow"],
    skipped: ["-", "dim"],
};
const WIDTH = Math.max(...Object.keys(LOOKS).map(({ length }) => length));
const NAME_WIDTH = "credentials".length;

/** Whether a line is to be read even by who asked for nothing but what is wrong. */
export function matters({ status }: Pick<Check, "status">): boolean {
    return status !== "ok" && status !== "skipped";
}

/** The registry's name, and a line for each check; what to do stands below it. */
export function renderDiagnosis({ name, host, kind, checks }: Diagnosis, options: TextOptions = {}): string[] {
    const paint = painter(options);
    const title = name === host ? host : `${name}: ${host}`;
    return [paint("bold", `${title} (${kind})`), ...gather(checks).flatMap((check) => renderCheck(check, options))];
}

/** What was skipped for one reason is one line, where the first of it stood. */
function gather(checks: readonly Check[]): (Omit<Check, "check"> & { readonly check: string })[] {
    const reasons = groupBy(
        checks.filter(({ status }) => status === "skipped"),
        ({ message }) => message,
    );
    return checks.flatMap((check) => {
        const [first, ...others] = check.status === "skipped" ? (reasons.get(check.message) ?? []) : [];
        if (first === undefined || others.length === 0) {
            return [check];
        }
        const names = others.map((other) => other.check).join(", ");
        return first === check ? [{ ...check, message: `${check.message} (the same: ${names})` }] : [];
    });
}

function renderCheck(
    { check, status, message, remedy }: Omit<Check, "check"> & { readonly check: string },
    options: TextOptions,
): string[] {
    const paint = painter(options);
    const [sign, colour] = LOOKS[status];
    const head = `  ${paint(colour, `${sign} ${status.padEnd(WIDTH)}`)}  ${check.padEnd(NAME_WIDTH)}  `;
    const indent = " ".repeat(2 + 2 + WIDTH + 2 + NAME_WIDTH + 2);
    return [`${head}${message}`, ...(remedy === undefined ? [] : [`${indent}→ ${remedy}`])];
}

/** One line on all: what is wrong where, or that nothing is. */
export function renderDoctorSummary(diagnoses: readonly Diagnosis[], options: TextOptions = {}): string {
    const paint = painter(options);
    const having = (status: CheckStatus) =>
        diagnoses.flatMap(({ name, checks }) => {
            const found = checks.filter((check) => check.status === status).map(({ check }) => check);
            return found.length === 0 ? [] : [`${name} (${found.join(", ")})`];
        });
    const [wrong, unknown, warned] = [having("wrong"), having("unknown"), having("warning")];
    const soon = warned.length === 0 ? "" : `; to be watched: ${warned.join(", ")}`;
    if (wrong.length > 0) {
        return `${paint("red", "✗")} wrong: ${wrong.join(", ")}${soon}`;
    }
    if (unknown.length > 0) {
        return `${paint("yellow", "?")} could not be told: ${unknown.join(", ")}${soon}`;
    }
    const well = `${count(diagnoses.length, "registry is", "registries are")} well`;
    return `${paint("green", "✓")} ${well}${soon}`;
}
