import { afterEach, expect } from "vitest";
import { LocalGitHub, type LocalGitHubOptions } from "./server";

const open = new Set<LocalGitHub>();

afterEach(async () => {
    const all = [...open];
    open.clear();
    await Promise.all(all.map((github) => github.close()));
    // A request that GitHub would not understand is a fault of ours, whatever else the test looks at.
    expect(all.flatMap(({ violations }) => violations)).toEqual([]);
});

/** GitHub's REST API on this machine, which holds every request to GitHub's own description; closed after the test. */
export async function localGitHub(options: LocalGitHubOptions = {}): Promise<LocalGitHub> {
    const github = await LocalGitHub.start(options);
    open.add(github);
    return github;
}

export { FAULTS, type Fault, type Intercept, type LoggedRequest } from "./log";
export { mergePull } from "./pulls";
export { KEY_ID } from "./secrets";
export { ADMIN_TOKEN, LocalGitHub, REPOSITORY, TOKEN } from "./server";
export type { LocalIssue, LocalPackage, LocalRepository, LocalToken } from "./state";
