import { afterEach, describe, expect } from "vitest";
import { describeWithEngine } from "../require-program";
import { SKIP_MARK } from "../skip-mark";
import { swaggerAbsent } from "../swagger";
import { LocalHarbor } from "./server";

const open = new Set<LocalHarbor>();

/** What follows every test. @throws what Harbor would not understand: a fault of ours, whatever else the test looks at */
export async function closeHarbors(): Promise<void> {
    const all = [...open];
    open.clear();
    await Promise.all(all.map((harbor) => harbor.close()));
    expect(all.flatMap(({ violations }) => violations)).toEqual([]);
}

afterEach(closeHarbors);

/** Harbor's REST API on this machine, which holds every request to Harbor's own description; closed after the test. */
export async function localHarbor(): Promise<LocalHarbor> {
    const harbor = await LocalHarbor.start();
    open.add(harbor);
    return harbor;
}

/** A group of tests with a local Harbor; without Harbor's description it is skipped, and says so. */
export function describeHarbor(title: string, tests: () => void): void {
    if (swaggerAbsent === undefined) {
        describe(title, tests);
    } else {
        describe.skip(marked(title), tests);
    }
}

/** The same for tests that run the real Pulumi engine as well. */
export function describeHarborWithEngine(...[title, tests]: Parameters<typeof describeWithEngine>): void {
    if (swaggerAbsent === undefined) {
        describeWithEngine(title, tests);
    } else {
        describeWithEngine(marked(title), (engine) => describe.skip("with a local Harbor", () => tests(engine)));
    }
}

function marked(title: string): string {
    return `${title}${SKIP_MARK}${swaggerAbsent}]`;
}

export { addGroup } from "./members";
export { addProject, removeProject } from "./project-state";
export { addRobot } from "./robots";
export { ADMIN, FAULTS, type Fault, LocalHarbor } from "./server";
export type {
    LocalExecution,
    LocalProject,
    LocalRegistry,
    LocalRobot,
    LocalTask,
    LocalUser,
    Row,
    World,
} from "./state";
