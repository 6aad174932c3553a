import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Spent } from "./messages";
import { LOCAL_PULL_LIMIT } from "./registries";
import type { UpSummary } from "./stack";

/** What the `up` did, in one sentence. */
export function describeChanges({ resourceChanges = {} }: UpSummary): string {
    const { same = 0, ...others } = resourceChanges as Record<string, number>;
    const changed = Object.entries(others).filter(([, count]) => count > 0);
    return changed.length === 0
        ? `No changes: all ${same} resources are as they were, and every copy is still the same image.`
        : `Changed: ${changed.map(([kind, count]) => `${count} ${kind}`).join(", ")}${same > 0 ? `; unchanged: ${same}` : ""}.`;
}

/** What it cost: pulls of the hub's limit, and requests by registry. */
export function describeCost({ pulls, requests }: Spent): string {
    const lines = Object.entries(requests).map(([registry, kinds]) => {
        const parts = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`);
        return `  ${registry.padEnd(8)}${parts.join(", ") || "nothing"}`;
    });
    const limit = `Of Docker Hub's pull limit (here ${LOCAL_PULL_LIMIT} in 6 hours) this run spent ${pulls}; a HEAD is free there.`;
    return [limit, "Requests of the engine's run:", ...lines].join("\n");
}

/** Prints the digest matrix by the command that users have, and returns its exit code: 0 says that all copies are equal. */
export function printMatrix(checkout: string, catalog: string, env: Readonly<Record<string, string>>): number {
    const { status } = spawnSync(
        process.execPath,
        [join(checkout, "dist", "cli", "main.js"), "check", "-c", catalog, "-e", "local"],
        { cwd: checkout, env: { ...process.env, ...env }, stdio: ["ignore", "inherit", "inherit"] },
    );
    return status ?? 1;
}
