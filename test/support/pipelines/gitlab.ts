import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type Ajv from "ajv";

const CHECKOUT = join(__dirname, "..", "..", "..");
const PACKAGE = join(CHECKOUT, "node_modules", "gitlab-ci-local", "src");

export interface GitLabRun {
    readonly code: number | null;
    /** Both streams. */
    readonly log: string;
}

/**
 * Runs gitlab-ci-local, which reads a `.gitlab-ci.yml` as GitLab does (includes, extends, rules) and runs its jobs by
 * the shell executor.
 *
 * @param cwd a git repository with a remote
 * @param variables CI/CD variables of the project and the pipeline; they replace predefined ones
 */
export function gitlab(
    cwd: string,
    args: readonly string[],
    variables: Readonly<Record<string, string>> = {},
): Promise<GitLabRun> {
    const given = Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]);
    const options = ["--home", join(cwd, ".."), "--color=false", ...given];
    const child = spawn(process.execPath, [join(PACKAGE, "index.js"), ...options, ...args], {
        cwd,
        env: { PATH: process.env.PATH, HOME: join(cwd, "..") },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
            log += text;
        });
    }
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, log }));
    });
}

/** Names of the jobs that a pipeline of these variables would have. */
export async function jobsOf(cwd: string, variables: Readonly<Record<string, string>>): Promise<string[]> {
    const { code, log } = await gitlab(cwd, ["--list-csv", "--json-schema-validation=false"], variables);
    if (code !== 0) {
        throw new Error(log);
    }
    const lines = log.trim().split("\n");
    const head = lines.findIndex((line) => line.startsWith("name;"));
    return lines.slice(head + 1).map((row) => row.split(";")[0] ?? "");
}

/** GitLab's own schema of the file, which gitlab-ci-local brings. */
export async function schemaProblems(ajv: Ajv, content: unknown): Promise<string[]> {
    const { schema } = (await import(pathToFileURL(join(PACKAGE, "schema", "schema.js")).href)) as { schema: object };
    const validate = ajv.getSchema("https://gitlab.com/.gitlab-ci.yml") ?? ajv.compile(schema);
    validate(content);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath}: ${message}`);
}
