import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Exposition } from "../../../cli/exporter/exposition";
import { see } from "../../../cli/exporter/sighting";
import { Watch } from "../../../cli/exporter/watch";
import { openCatalog } from "../../../cli/session";
import { ManifestCache } from "../../../core/mirror";
import { AwsTokens } from "../../../core/registry";
import type { World } from "../world";

type See = typeof see;

type Json = Record<string, unknown>;

/**
 * A watch over a world's catalogue file, in this process, and what it says.
 *
 * @param looking takes the place of the real look, for one that fails
 */
export function watching({ folder }: World, images: readonly string[] = [], looking: See = see) {
    const catalog = join(folder, "catalog.yaml");
    const stop = new AbortController();
    const said: string[] = [];
    const news: string[][] = [];
    const clock = { now: 1_000_000 };
    const shared = { manifests: new ManifestCache(), awsTokens: new AwsTokens() };
    const viewer = { options: { catalog }, images, signal: stop.signal, ...shared };
    const watch = new Watch({
        version: "1.2.3",
        readCatalog: () => openCatalog({ catalog }, images),
        see: (read, onStats) => looking(viewer, read, onStats),
        interval: 60_000,
        now: () => clock.now,
        log: (line) => said.push(line),
        onNews: (lines) => news.push([...lines]),
        signal: stop.signal,
    });
    const exposition = new Exposition(() => watch.families, false);
    return {
        watch,
        stop,
        said,
        news,
        clock,
        catalog,
        edit: (change: (written: { images: Json; registries: Json }) => void) => {
            const written = JSON.parse(readFileSync(catalog, "utf8"));
            change(written);
            writeFileSync(catalog, JSON.stringify(written));
        },
        /** The lines of one metric. */
        lines: async (name: string): Promise<string[]> =>
            (await exposition.text()).split("\n").filter((line) => line.startsWith(`${name}{`)),
        text: () => exposition.text(),
    };
}

/** Every value of one metric by `image:tag@registry`, or by `registry`. */
export function valuesOf(lines: readonly string[]): Record<string, number> {
    return Object.fromEntries(
        lines.map((line) => {
            const label = (name: string): string | undefined => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1];
            const image = label("image");
            const key = image === undefined ? label("registry") : `${image}:${label("tag")}@${label("registry")}`;
            return [key ?? label("result") ?? "", Number(line.slice(line.lastIndexOf(" ") + 1))];
        }),
    );
}
