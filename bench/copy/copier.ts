import type { Command } from "../measure/run-measured";
import { TAG } from "./scenario";
import { SOURCE_PREFIX, type SourceImage, TARGET_PREFIX } from "./site";

/** What a tool is to do, and where. */
export interface CopyJob {
    /** Its home and working directory. */
    readonly directory: string;
    /** Hosts, as the tool is to name them. */
    readonly source: string;
    readonly targets: readonly string[];
    readonly images: readonly SourceImage[];
}

/** A tool with one choice of settings. */
export interface Copier {
    readonly title: string;
    readonly version: string;
    /** In words. */
    readonly settings: string;
    /** The others are peers. */
    readonly ours?: boolean;
    /**
     * It starts a process for each copy, so that its cost grows evenly with them: where a round would take too long, a
     * part of the images is enough.
     */
    readonly divisible?: boolean;
    /** Writes what it needs, and says how it is started. It has done its work when it ends with 0. */
    prepare(job: CopyJob): Promise<Command>;
}

/** A tool with all the settings that are tried, of which the best takes part. */
export type Candidates = readonly [Copier, ...Copier[]];

export interface Pair {
    readonly from: string;
    readonly to: string;
}

/** Every copy by its two references, image by image. */
export function pairsOf({ source, targets, images }: CopyJob): Pair[] {
    return images.flatMap(({ name }) =>
        targets.map((target) => ({
            from: `${source}/${SOURCE_PREFIX}${name}:${TAG}`,
            to: `${target}/${TARGET_PREFIX}${name}:${TAG}`,
        })),
    );
}
