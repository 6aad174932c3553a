import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { BenchCase, BenchOptions, CaseResult } from "../case";
import { nodeStart } from "../contenders/node-start";
import { transshipCheck } from "../contenders/transship";
import { Fleet } from "../fleet";
import { race, requestsOf, type Standing } from "../race";
import { count, megabytes } from "../report/markdown";
import { standingsTable } from "../report/standings";
import { bareRegistry } from "../servers/embedded";

/** A check of as many images as nobody has in one catalogue, for what grows with their number. */
export const largeCase: BenchCase = {
    name: "large",
    title: "A check of ten thousand images",

    async run({ short, directory, log }: BenchOptions): Promise<CaseResult> {
        const images = short ? 200 : 10_000;
        const rounds = short ? 1 : 5;
        const folders = { work: directory, source: join(directory, "source"), target: join(directory, "target") };
        await Promise.all(Object.values(folders).map((folder) => mkdir(folder, { recursive: true })));
        log(`filling two registries with ${count(images)} manifests each`);
        const fleet = await Fleet.startBare(bareRegistry, images, folders);
        try {
            const standings = await race(fleet, [transshipCheck, nodeStart], { rounds, roundMs: 0, part: images, log });
            return {
                method: `${count(images)} images of one tag each on two embedded registries, processes of their own on 127.0.0.1, all equal; ${rounds} timed round${rounds === 1 ? "" : "s"} after a warm-up and a run whose requests are counted.`,
                findings: [
                    standingsTable(standings, images),
                    ...standings.slice(0, 1).map((one) => judge(one, images)),
                ],
            };
        } finally {
            await fleet.close();
        }
    },
};

function judge(ours: Standing, images: number): string {
    const requests = requestsOf(ours);
    const exact = requests === images * 2 ? "one HEAD for each copy: the aim is met" : "**not** one HEAD for each copy";
    return `${count(requests)} requests, ${exact}. Its memory is ${megabytes(ours.peakBytes)} at its peak.`;
}
