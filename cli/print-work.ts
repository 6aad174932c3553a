import { describeWindow, foreignLayerLines, isDeferral, type RegistryFreight } from "../core/mirror";
import {
    count,
    formatBytes,
    nameOf,
    type PullsDocument,
    painter,
    renderAccountPlan,
    renderPullPlan,
    renderPullStatus,
} from "../core/report";
import { describeCarried } from "./carried";
import { printReferrers } from "./companions";
import type { Output } from "./output";
import { pullsOf, type Session } from "./session";
import type { Work } from "./verbs/sync";

/** What a sync carried and could not carry; of a dry run, what it would, and what that costs. */
export function printWork(session: Session, work: Work, output: Output): void {
    // A document has it all.
    if (output.json) {
        return;
    }
    const isDryRun = work.pullsSpent === undefined;
    const paint = painter(output.text);
    for (const tag of work.carried) {
        const verb = isDryRun ? "would carry" : "carried";
        output.detail(`${paint("green", "→")} ${nameOf(tag.task.to)}: ${verb} ${describeCarried(tag)}`);
    }
    for (const [registry, bytes] of Object.entries(work.storage)) {
        output.detail(`  ${registry}: ${describeFreight(bytes)}`);
    }
    printReferrers(work.completed, output);
    const remarks = [...foreignLayerLines(work.carried), ...work.warnings.map(({ message }) => message)];
    for (const remark of remarks) {
        output.line(`${paint("yellow", "!")} ${remark}`);
    }
    for (const failure of work.failures) {
        if (isDeferral(failure)) {
            output.detail(`${paint("yellow", "…")} ${failure.message}`);
        } else {
            output.line(`${paint("red", "✗")} ${failure.message}`);
        }
    }
    if (isDryRun) {
        planLines(work, output).forEach((line) => void output.detail(line));
    } else {
        printPulls(session, work, output);
    }
    if (work.carried.length + work.completed.length + remarks.length + work.failures.length > 0) {
        output.detail("");
    }
}

/** What the images carried need there, and how it came. */
function describeFreight({ unique, shared, sent, mounted, present }: RegistryFreight): string {
    const ways = [
        [sent, "sent"],
        [mounted, "mounted"],
        [present, "there before"],
    ] as const;
    const how = ways.filter(([bytes]) => bytes > 0).map(([bytes, word]) => `${formatBytes(bytes)} ${word}`);
    const saved = shared > 0 ? `, ${formatBytes(shared)} saved by shared layers` : "";
    return `${formatBytes(unique)} of blobs${saved} (${how.join(", ")})`;
}

function planLines({ plan }: Work, output: Output): string[] {
    const table = renderPullPlan(plan, output.text);
    return table === "" ? [] : ["", table, "", ...plan.accounts.map(renderAccountPlan)];
}

/** What was spent, and what waits, account by account; a quiet run tells only what waits. */
function printPulls(session: Session, work: Work, output: Output): void {
    for (const pulls of pullDocuments(session, work)) {
        const { host, windowSeconds, deferred = 0, spent = 0 } = pulls;
        if (spent > 0 || deferred > 0) {
            output.detail(`${renderPullStatus(pulls)}; ${count(spent, "pull")} spent`);
        }
        if (deferred > 0) {
            const what = `${count(deferred, "tag waits", "tags wait")} for the pull limit of ${host}`;
            output.line(`${what}: ${describeWindow(windowSeconds, new Date())}`);
        }
    }
}

/** The accounts as they stand after the work, with what it needed, spent and left. */
export function pullDocuments(session: Session, { judged, plan, failures, pullsSpent }: Work): PullsDocument[] {
    return pullsOf(session, judged).map((status) => {
        const planned = plan.accounts.filter(({ account }) => account.host === status.host);
        const images = session.catalog.images;
        const waiting = failures.filter(
            (failure) =>
                isDeferral(failure) && status.registries.includes(images[failure.copy.image]?.source.registry ?? ""),
        ).length;
        return {
            ...status,
            needs: planned.reduce((sum, { needs }) => sum + needs, 0),
            estimated: planned.some(({ estimated }) => estimated),
            ...(pullsSpent === undefined ? undefined : { spent: pullsSpent.get(status.host) ?? 0 }),
            deferred: pullsSpent === undefined ? planned.reduce((sum, one) => sum + one.deferred, 0) : waiting,
        };
    });
}
