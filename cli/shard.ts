import type { Command } from "commander";
import { type Catalog, shardImages } from "../core/catalog";
import type { ShardDocument } from "../core/report";
import { UsageError } from "./exit-code";

/** As many jobs as a matrix of GitHub's has at most. */
const MOST_SHARDS = 256;

export function addShardOption(command: Command): void {
    command.option("--shard <index/count>", "only one of several equal parts of the images: 1/8 to 8/8");
}

export interface Chosen {
    /** Undefined for all images. */
    readonly chosen: readonly string[] | undefined;
    readonly shard?: ShardDocument;
}

/** The images of `--shard`, of those that are named or of all; without it, those that are named. */
export function chooseShard(option: unknown, catalog: Catalog, named: readonly string[]): Chosen {
    if (option === undefined) {
        return { chosen: named.length === 0 ? undefined : named };
    }
    const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(String(option))?.map(Number) ?? [];
    if (index === undefined || count === undefined || count < 1 || count > MOST_SHARDS) {
        throw new UsageError(
            `--shard ${JSON.stringify(option)} is no shard: write its number and how many there are, at most ${MOST_SHARDS}, as 2/8.`,
        );
    }
    if (index < 1 || index > count) {
        const hint = index === 0 ? "; a Job counts its pods from 0: pass $((JOB_COMPLETION_INDEX + 1))" : "";
        throw new UsageError(`--shard ${option}: shards count from 1/${count} to ${count}/${count}${hint}.`);
    }
    const all = named.length === 0 ? Object.keys(catalog.images) : [...new Set(named)];
    return { chosen: shardImages(catalog, all, { index, count }), shard: { index, count, images: all.length } };
}
