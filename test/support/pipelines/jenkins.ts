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

/** Runs a Jenkinsfile by Jenkins' own Groovy, as test/support/pipelines/run-jenkinsfile.groovy says. */
export async function jenkins(
    text: string,
    { causes = [], changes = [], credentials = {}, env, workspace }: JenkinsWorld,
    { groovy, java }: Programs<(typeof JENKINS_PROGRAMS)[number]>,
): Promise<JenkinsRun> {
    const temporary = await temporaryFolder();
    const [file, request, answer] = ["Jenkinsfile", "request.json", "answer.json"].map((name) =>
        join(temporary, name),
    ) as [string, string, string];
    // Jenkins names this folder, and makes the one that it lies in.
    const given = { WORKSPACE: workspace, WORKSPACE_TMP: join(temporary, "work@tmp"), ...env };
    mkdirSync(workspace, { recursive: true });
    writeFileSync(file, text);
    writeFileSync(request, JSON.stringify({ workspace, temporary, env: given, credentials, causes, changes }));
    // Registries of the test are in this process: it must not wait.
    await promisify(execFile)(groovy, [join(__dirname, "run-jenkinsfile.groovy"), file, request, answer], {
        env: { PATH: process.env.PATH, HOME: temporary, JAVA_HOME: dirname(dirname(realpathSync(java))) },
    });
    return JSON.parse(readFileSync(answer, "utf8")) as JenkinsRun;
}
