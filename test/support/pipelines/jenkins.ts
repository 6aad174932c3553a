import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { temporaryFolder } from "../embedded";
import type { Programs } from "../require-program";

/** What `describeWith` is to find for it. `ant`: its matcher of paths, which Jenkins uses too. */
export const JENKINS_PROGRAMS = ["groovy", "java", "ant"] as const;

export type JenkinsCredential =
    | { readonly kind: "username with password"; readonly username: string; readonly password: string }
    | { readonly kind: "secret text"; readonly secret: string }
    | { readonly kind: "secret file"; readonly path: string };

export interface JenkinsWorld {
    /** The checkout. */
    readonly workspace: string;
    /** What Jenkins and its agent set. */
    readonly env: Readonly<Record<string, string>>;
    /** By id. */
    readonly credentials?: Readonly<Record<string, JenkinsCredential>>;
    /** What started the run: `TimerTrigger`, `UserIdCause`; none for a push. */
    readonly causes?: readonly string[];
    /** Another Jenkinsfile than the others run. */
    readonly text?: string;
    /** Files that changed since the last run. */
    readonly changes?: readonly string[];
}

export interface JenkinsRun {
    /** `REFUSED`: no pipeline that Jenkins would run. */
    readonly result: "SUCCESS" | "FAILURE" | "REFUSED";
    /** In the order of their ends. */
    readonly stages: readonly { readonly name: string; readonly status: "success" | "failure" | "skipped" }[];
    readonly agent: unknown;
    readonly options: readonly unknown[];
    readonly triggers: readonly string[];
    readonly archived: readonly string[];
    /** By stage. */
    readonly environments: Readonly<Record<string, Readonly<Record<string, string>>>>;
    readonly log: string;
}

type JenkinsPrograms = Programs<(typeof JENKINS_PROGRAMS)[number]>;

/** Runs a Jenkinsfile by Jenkins' own Groovy, as test/support/pipelines/run-jenkinsfile.groovy says. */
export async function jenkins(text: string, world: JenkinsWorld, programs: JenkinsPrograms): Promise<JenkinsRun> {
    const [run] = await jenkinsRuns(text, [world], programs);
    if (run === undefined) {
        throw new Error("groovy has answered nothing");
    }
    return run;
}

/** The same in one world after the other, for one start of Java. */
export async function jenkinsRuns(
    text: string,
    worlds: readonly JenkinsWorld[],
    { groovy, java }: JenkinsPrograms,
): Promise<JenkinsRun[]> {
    const temporary = await temporaryFolder();
    const file = (name: string) => join(temporary, name);
    const given = worlds.map(
        ({ causes = [], changes = [], credentials = {}, env, text: own = text, workspace }, index) => {
            mkdirSync(workspace, { recursive: true });
            // Jenkins names this folder, and makes the one that it lies in.
            const all = { WORKSPACE: workspace, WORKSPACE_TMP: file("work@tmp"), ...env };
            const jenkinsfile = file(`Jenkinsfile_${index}`);
            writeFileSync(jenkinsfile, own);
            return { jenkinsfile, workspace, temporary, env: all, credentials, causes, changes };
        },
    );
    writeFileSync(file("worlds.json"), JSON.stringify(given));
    const files = [join(__dirname, "run-jenkinsfile.groovy"), ...["worlds.json", "runs.json"].map(file)];
    // Registries of the test are in this process: it must not wait.
    await promisify(execFile)(groovy, files, {
        env: { PATH: process.env.PATH, HOME: temporary, JAVA_HOME: dirname(dirname(realpathSync(java))) },
    });
    return JSON.parse(readFileSync(file("runs.json"), "utf8")) as JenkinsRun[];
}
