import { WorkflowError } from "./error";
import type { Step } from "./model";

/** How a job gets the command. */
export type InstallMethod = "npx" | "npm-ci";

export interface Installation {
    /** What is written before a verb that asks registries. */
    readonly command: string;
    /** The same for one that only reads documents, and so needs no peers. */
    readonly documentCommand: string;
    /** Steps before the first use; Node.js is there. */
    readonly steps: readonly Step[];
    /** Whether they need the repository's files. */
    readonly needsCheckout: boolean;
}

/** An exact version: a range would be other code from one night to the next. */
const EXACT = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;

/** Long-term support until April 2027; the package itself runs on Node 20.19 and newer. */
export const NODE_VERSION = "22";

/**
 * - `npx`: this version of the package and the named peers of it, fetched by each job. Needs no package.json.
 * - `npm-ci`: what the repository's package-lock.json says, transship among it, without install scripts.
 *
 * @param peers optional packages that the catalogue's credentials need
 */
export function installation(method: InstallMethod, version: string, peers: readonly string[]): Installation {
    if (method === "npm-ci") {
        const run = ["npm ci --ignore-scripts --no-audit --no-fund"];
        const command = "npx --no transship";
        return { command, documentCommand: command, steps: [{ name: "Install", run }], needsCheckout: true };
    }
    if (!EXACT.test(version)) {
        throw new WorkflowError(`${JSON.stringify(version)} is no exact version of transship, as 1.2.3.`);
    }
    const wanted = `transship@${version}`;
    const packages = [wanted, ...peers].map((name) => `--package=${name}`).join(" ");
    const documentCommand = `npx --yes ${wanted}`;
    const command = peers.length === 0 ? documentCommand : `npx --yes ${packages} transship`;
    return { command, documentCommand, steps: [], needsCheckout: false };
}
