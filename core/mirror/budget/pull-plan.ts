import { type Catalog, findImage } from "../../catalog";
import type { RateLimit } from "../../registry";
import { groupBy } from "../group-by";
import type { CarryTask, Place } from "../plan";
import type { JudgedCopy } from "../types";
import { estimatePulls, type PullEstimate } from "./estimate";

/** What is known of an account's pulls; a registry client's `PullAccount` is one. */
export interface AccountState {
    readonly key: string;
    /** The name for people: `docker.io`. */
    readonly host: string;
    /** Pulls that are left at least. */
    readonly remaining: number;
    readonly keeps: number;
    /** Pulls that nothing is kept back or set aside of. */
    readonly free: number;
    readonly latest: RateLimit | undefined;
}

/** One task, and what it costs where pulls are counted. */
export interface PlannedTask {
    readonly task: CarryTask;
    /** Undefined where no pull is counted. */
    readonly account?: AccountState;
    /** 0 where no pull is counted, and where another task reads the same image. */
    readonly pulls: number;
    /** What the image costs, whoever reads it. */
    readonly needs: number;
    /** `needs` comes from the size of an index that was not read yet. */
    readonly estimated: boolean;
    readonly when: "now" | "later";
}

/** What the tasks need of one account. */
export interface AccountPlan {
    readonly account: AccountState;
    /** Of all tasks, now and later. */
    readonly needs: number;
    readonly estimated: boolean;
    /** Of those that are carried now. */
    readonly now: number;
    /** Tags that wait until the window opens again. */
    readonly deferred: number;
}

export interface PullPlan {
    /** In the order in which they are begun: now before later. */
    readonly tasks: readonly PlannedTask[];
    /** Only those that something costs. */
    readonly accounts: readonly AccountPlan[];
}

export interface PullPlanOptions {
    /** Who pays for reading a manifest there; undefined where pulls are not counted. */
    readonly accountOf: (place: Place) => AccountState | undefined;
    /** What an image costs, where more is known than its size. */
    readonly known?: (digest: string) => number | undefined;
}

interface Priced extends PullEstimate {
    readonly task: CarryTask;
    readonly account?: AccountState;
    /** Lower goes first: wave, critical, pulls, bytes of the manifest. */
    readonly rank: readonly number[];
}

/**
 * Which tasks are carried now, and which wait for the pull limit: in the waves' order, the critical images first, then
 * those that cost the fewest pulls, then those with the smallest manifest. One that does not fit is left out, and a
 * smaller one behind it may go. An image is read once for all its tags and targets. Pure.
 */
export function planPulls(
    catalog: Catalog,
    tasks: readonly CarryTask[],
    judged: readonly JudgedCopy[],
    options: PullPlanOptions,
): PullPlan {
    const byTag = groupBy(judged, tagKey);
    const ranked = tasks.map((task) => price(catalog, task, byTag.get(tagKey(task.to)) ?? [], options));
    ranked.sort((a, b) => compare(a.rank, b.rank));
    const free = new Map<string, number>();
    const decided = new Map<string, "now" | "later">();
    const planned = ranked.map(({ task, account, pulls: needs, estimated }): PlannedTask => {
        if (account === undefined) {
            return { task, needs, pulls: 0, estimated, when: "now" };
        }
        const reading = `${account.key} ${task.digest}`;
        const shared = decided.get(reading);
        if (shared !== undefined) {
            return { task, account, needs, pulls: 0, estimated, when: shared };
        }
        const left = free.get(account.key) ?? account.free;
        const when = needs <= left ? "now" : "later";
        free.set(account.key, when === "now" ? left - needs : left);
        decided.set(reading, when);
        return { task, account, needs, pulls: needs, estimated, when };
    });
    const ordered = [
        ...planned.filter(({ when }) => when === "now"),
        ...planned.filter(({ when }) => when === "later"),
    ];
    return { tasks: ordered, accounts: accountPlans(ordered) };
}

function price(catalog: Catalog, task: CarryTask, copies: readonly JudgedCopy[], options: PullPlanOptions): Priced {
    const image = findImage(catalog, task.to.image);
    const place = task.from[0];
    const account = place === undefined ? undefined : options.accountOf(place);
    const urgency = [image.wave, image.critical ? 0 : 1];
    const same = copies.find(({ state }) => state.status === "present" && state.digest === task.digest);
    const { state } = same ?? copies.find(({ role }) => role === "source") ?? {};
    const known = options.known?.(task.digest);
    const estimate = estimatePulls(state, same !== undefined, image.platforms);
    const { pulls, estimated } = known === undefined ? estimate : { pulls: known, estimated: false };
    const cost = account === undefined ? [0, 0] : [pulls, state?.status === "present" ? state.size : 0];
    return { task, account, pulls, estimated, rank: [...urgency, ...cost] };
}

function accountPlans(tasks: readonly PlannedTask[]): AccountPlan[] {
    const costly = tasks.filter(({ account, needs }) => account !== undefined && needs > 0);
    return [...groupBy(costly, ({ account }) => (account as AccountState).key).values()].map((group) => ({
        account: (group[0] as PlannedTask).account as AccountState,
        needs: sum(group),
        estimated: group.some(({ estimated, pulls }) => estimated && pulls > 0),
        now: sum(group.filter(({ when }) => when === "now")),
        deferred: group.filter(({ when }) => when === "later").length,
    }));
}

function sum(tasks: readonly PlannedTask[]): number {
    return tasks.reduce((total, { pulls }) => total + pulls, 0);
}

function tagKey({ image, tag }: { readonly image: string; readonly tag: string }): string {
    return `${image}\n${tag}`;
}

function compare(one: readonly number[], other: readonly number[]): number {
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? 0 : (one[at] as number) - (other[at] as number);
}
