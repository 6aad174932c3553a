import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface PrometheusOptions {
    /** `127.0.0.1:9464` */
    readonly target: string;
    /** The text of a rule file. */
    readonly rules: string;
}

export interface Prometheus {
    readonly url: string;
    /** `data` of an answer of its HTTP API; throws what it calls wrong. */
    api<T>(path: string, parameters?: Readonly<Record<string, string>>): Promise<T>;
    close(): Promise<void>;
}

/**
 * Starts a real Prometheus on a free port, with a store of its own, that scrapes and evaluates every second.
 *
 * @param program its path, as `describeWith` finds it
 */
export async function startPrometheus(program: string, { target, rules }: PrometheusOptions): Promise<Prometheus> {
    const folder = await mkdtemp(join(tmpdir(), "transship-prometheus-"));
    const config = {
        global: { scrape_interval: "1s", evaluation_interval: "1s" },
        rule_files: [join(folder, "rules.yml")],
        scrape_configs: [{ job_name: "transship", static_configs: [{ targets: [target] }] }],
    };
    // JSON is YAML too.
    await writeFile(join(folder, "prometheus.yml"), JSON.stringify(config));
    await writeFile(join(folder, "rules.yml"), rules);
    const flags = [
        `--config.file=${join(folder, "prometheus.yml")}`,
        `--storage.tsdb.path=${join(folder, "data")}`,
        "--web.listen-address=127.0.0.1:0",
    ];
    const child = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe"], env: { PATH: process.env.PATH } });
    const exit = once(child, "exit");
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    const close = async () => {
        process.off("exit", end);
        end();
        await exit;
        await rm(folder, { recursive: true, force: true });
    };
    try {
        const log: string[] = [];
        const ended = exit.then(() => Promise.reject(new Error(`prometheus ended at once: ${log.join("\n")}`)));
        const listening = new Promise<string>((resolve) => {
            createInterface(child.stderr).on("line", (line) => {
                log.push(line);
                const address = /msg="Listening on" address=(\S+)/.exec(line)?.[1];
                if (address !== undefined) {
                    resolve(`http://${address}`);
                }
            });
        });
        const url = await Promise.race([listening, ended]);
        return { url, close, api: (path, parameters) => ask(url, path, parameters) };
    } catch (error) {
        await close();
        throw error;
    }
}

async function ask<T>(url: string, path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const text = await response.text();
    const answer = text.startsWith("{") ? (JSON.parse(text) as { data: T; error?: string }) : undefined;
    if (answer === undefined || answer.error !== undefined) {
        throw new Error(`${path} ${JSON.stringify(parameters)}: ${answer?.error ?? `${response.status} ${text}`}`);
    }
    return answer.data;
}
