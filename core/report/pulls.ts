import type { AccountPlan, PlannedTask, PullPlan, PullStatus } from "../mirror";
import { groupBy } from "./group-by";
import { count, painter, type TextOptions } from "./paint";

/** An account whose pulls are counted, in a JSON document. */
export interface PullsDocument extends PullStatus {
    /** Pulls that all that is to be carried costs; with sync. */
    readonly needs?: number;
    /** `needs` comes from the sizes of indexes that were not read yet. */
    readonly estimated?: boolean;
    /** Pulls that the run cost; with sync. */
    readonly spent?: number;
    /** Tags that wait until there are more pulls; with sync. */
    readonly deferred?: number;
}

/** `docker.io: 76 of 100 pulls are left, 20 kept back`. */
export function renderPullStatus({ host, remaining, limit, keeps }: PullStatus): string {
    const kept = keeps > 0 ? `, ${keeps} kept back` : "";
    return `${host}: ${remaining} of ${count(limit, "pull")} ${remaining === 1 ? "is" : "are"} left${kept}`;
}

/** `docker.io: 5 tags need about 12 pulls, 76 of 100 are left, 20 kept back: all now`. */
export function renderAccountPlan({ account, needs, estimated, now, deferred }: AccountPlan): string {
    const { host, remaining, latest, keeps } = account;
    const kept = keeps > 0 ? `, ${keeps} kept back` : "";
    const left = `${remaining} of ${latest?.limit ?? "?"} ${remaining === 1 ? "is" : "are"} left${kept}`;
    const about = estimated ? "about " : "";
    const when = deferred === 0 ? "all now" : `${about}${now} now, ${count(deferred, "tag waits", "tags wait")}`;
    return `${host}: ${about}${count(needs, "pull")} needed, ${left}: ${when}`;
}

const HEADER = ["image", "from", "to", "pulls", "when"];

/**
 * What would be carried, from where, for how many pulls (`~` before an estimate, `-` where none are counted), and
 * whether now or later: a row for each image and digest, in the order of the work. Empty where nothing costs a pull.
 */
export function renderPullPlan({ tasks, accounts }: PullPlan, options: TextOptions = {}): string {
    if (accounts.length === 0) {
        return "";
    }
    const groups = groupBy(tasks, ({ task }) => `${task.to.image}\n${task.to.tag}\n${task.digest}`);
    const rows = [...groups.values()].map(rowOf);
    const widths = HEADER.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
    );
    const paint = painter(options);
    const line = (cells: readonly string[]): string =>
        cells
            .map((cell, column) => (column === 3 ? cell.padStart(widths[3] ?? 0) : cell.padEnd(widths[column] ?? 0)))
            .join("  ");
    return [
        paint("bold", line(HEADER).trimEnd()),
        ...rows.map((row) => (row[4] === "later" ? paint("yellow", line(row).trimEnd()) : line(row).trimEnd())),
    ].join("\n");
}

function rowOf(group: readonly PlannedTask[]): string[] {
    const first = group[0] as PlannedTask;
    const { to, from } = first.task;
    const place = from[0];
    const targets = [...new Set(group.map(({ task }) => task.to.registry))].join(", ");
    const pulls = group.reduce((sum, one) => sum + one.pulls, 0);
    const about = group.some((one) => one.estimated && one.pulls > 0) ? "~" : "";
    const cost = group.every(({ account }) => account === undefined) ? "-" : `${about}${pulls}`;
    const when = group.some((one) => one.when === "later") ? "later" : "now";
    return [
        `${to.image}:${to.tag}`,
        place === undefined ? "-" : `${place.registry}/${place.repository}`,
        targets,
        cost,
        when,
    ];
}
