import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

export const STACKS = join(__dirname, "..", "..", "stacks");

/** What a stack's configuration is while its graph is recorded. */
export interface StackConfig {
    readonly project: string;
    readonly stack: string;
    readonly config: Readonly<Record<string, string>>;
    readonly secretConfig: readonly string[];
}

/** The names of all scenarios with a Pulumi.yaml of their own: each has its graph. */
export function scenarios(): string[] {
    return readdirSync(STACKS, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(STACKS, entry.name, "Pulumi.yaml")))
        .map((entry) => entry.name)
        .sort();
}

export function graphFile(scenario: string): string {
    return join(STACKS, scenario, "graph.json");
}

/**
 * Records a scenario in a process of its own, as its program is run by the engine: what one leaves in the module cache
 * or the environment is nothing to the next.
 *
 * @throws Error with what the program wrote, where it fails
 */
export function recordScenario(scenario: string): string {
    const child = join(__dirname, "child.ts");
    const { output, status } = spawnSync(process.execPath, ["--import", "tsx", child, scenario], {
        cwd: join(__dirname, "..", ".."),
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe", "pipe"],
        maxBuffer: 256 * 1024 * 1024,
    });
    const [, printed, failure, graph = ""] = output ?? [];
    if (status !== 0) {
        throw new Error(`The program of stacks/${scenario} failed:\n${failure}${printed}`);
    }
    return graph ?? "";
}

/** A value as Pulumi.yaml declares it. (https://www.pulumi.com/docs/iac/concepts/projects/project-file/) */
interface Declared {
    readonly type?: string;
    readonly default?: unknown;
    readonly value?: unknown;
    readonly secret?: boolean;
}

/**
 * The configuration that Pulumi.yaml declares and Pulumi.STACK.yaml gives (the first by name, `dev` without any). What
 * neither has a value for is a placeholder: a graph is recorded without anybody's credentials.
 */
export function configOf(scenario: string): StackConfig {
    const folder = join(STACKS, scenario);
    const project = parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8"));
    const files = readdirSync(folder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
    const stack = files.sort()[0] ?? "dev";
    const given = files.length === 0 ? {} : parse(readFileSync(join(folder, `Pulumi.${stack}.yaml`), "utf8"))?.config;
    const config: Record<string, string> = {};
    const secretConfig: string[] = [];
    const add = (name: string, value: unknown, secret: boolean): void => {
        const key = name.includes(":") ? name : `${project.name}:${name}`;
        config[key] = typeof value === "string" ? value : JSON.stringify(value);
        if (secret) {
            secretConfig.push(key);
        }
    };
    for (const [name, declared] of Object.entries<Declared | string>(project.config ?? {})) {
        const { secret = false, ...entry } = typeof declared === "string" ? { value: declared } : declared;
        add(name, entry.value ?? ("default" in entry ? entry.default : placeholder(name, entry)), secret);
    }
    for (const [name, value] of Object.entries(given ?? {})) {
        const secure = typeof value === "object" && value !== null && "secure" in value;
        add(name, secure ? placeholder(name, {}) : value, secure);
    }
    return { project: project.name, stack, config, secretConfig };
}

function placeholder(name: string, { type }: Declared): unknown {
    const values: Readonly<Record<string, unknown>> = { integer: 1, boolean: true, array: [], object: {} };
    return values[type ?? "string"] ?? `value-of-${name.replaceAll(":", "-")}`;
}
