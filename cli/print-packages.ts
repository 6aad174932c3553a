import { describeVersion, type PackageLook, type Restored } from "../core/packages";
import { count } from "../core/report";
import type { Output } from "./output";

const FIRST = 20;

/** One line for each package, then what is wrong with it, and what is due. */
export function printLooks(looks: readonly PackageLook[], output: Output): void {
    for (const look of looks) {
        output.detail(`${look.place.repository}: ${describeLook(look)}`);
        for (const { message } of look.problems) {
            output.line(`  ! ${message}`);
        }
        printPlan(look, output);
    }
}

function describeLook({ repository, status, tagged, versions, visibility }: PackageLook): string {
    if (status !== "seen") {
        return status === "absent" ? "not there" : "unknown";
    }
    const linked = repository === undefined ? "linked to no repository" : `of ${repository}`;
    return `${visibility}, ${linked}, ${count(versions, "version")}, ${tagged} tagged`;
}

function printPlan({ retention }: PackageLook, output: Output): void {
    if (retention === undefined) {
        return;
    }
    const { delete: due, keep, orphans, unknown } = retention.plan;
    for (const version of due.slice(0, FIRST)) {
        output.detail(`  - ${describeVersion(version)}`);
    }
    if (due.length > FIRST) {
        output.detail(`  … and ${due.length - FIRST} more`);
    }
    const causes = new Map<string, number>();
    for (const { cause } of keep) {
        causes.set(cause, (causes.get(cause) ?? 0) + 1);
    }
    const why = [...causes].map(([cause, number]) => `${cause} ${number}`).join(", ");
    output.detail(`  ${count(due.length, "version")} due, ${keep.length} kept${why === "" ? "" : ` (${why})`}`);
    if (orphans > 0 && unknown.length === 0) {
        output.detail(`  ${orphans} kept that are about images of another repository; --orphans takes them`);
    }
}

export function printRestored(restored: readonly Restored[], output: Output): void {
    for (const { digest, id, outcome, package: name, tags = [], why } of restored) {
        const what = [digest ?? `version ${id}`, ...tags].join(" ");
        if (outcome === "restored") {
            output.detail(`+ ${name}: ${what}`);
        } else {
            output.line(`! ${why}`);
        }
    }
}
