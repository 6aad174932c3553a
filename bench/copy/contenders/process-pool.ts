import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bareEnvironment } from "../../contenders/contender";
import type { Command } from "../../measure/run-measured";
import { type Copier, type CopyJob, pairsOf } from "../copier";

interface Tool {
    readonly title: string;
    /** In words. */
    readonly settings?: string;
    /** The words before the two references. */
    readonly args: readonly string[];
    /** How a reference is written. */
    readonly reference?: (reference: string) => string;
    /** Files and variables that it needs. */
    readonly environment?: (job: CopyJob) => Promise<Readonly<Record<string, string>>>;
}

/** A tool that copies one image and ends: a process for each copy, as many at a time as are told. */
function pool(tool: Tool, program: string, version: string, processes: number): Copier {
    const { title, args, reference = (text) => text } = tool;
    return {
        title,
        version,
        settings: [`a process for each copy, xargs -P ${processes}`, tool.settings].filter(Boolean).join(", "),
        divisible: true,

        async prepare(job: CopyJob): Promise<Command> {
            const stdin = join(job.directory, "references");
            const lines = pairsOf(job).map(({ from, to }) => `${reference(from)} ${reference(to)}\n`);
            await writeFile(stdin, lines.join(""));
            return {
                program: "xargs",
                args: ["-P", String(processes), "-n", "2", program, ...args],
                cwd: job.directory,
                env: { ...bareEnvironment(job), ...(await tool.environment?.(job)) },
                stdin,
            };
        },
    };
}

/** The layers of an image at a time: its default is the number of cores. */
const CRANE_JOBS = 8;

export const crane = (program: string, version: string, processes: number): Copier =>
    pool(
        { title: "crane copy", settings: `--jobs ${CRANE_JOBS}`, args: ["copy", "--jobs", String(CRANE_JOBS)] },
        program,
        version,
        processes,
    );

/** Requests of one process at a time to one registry; 3 by default. */
const REGCTL_REQUESTS = 8;

export const regctl = (program: string, version: string, processes: number): Copier =>
    pool(
        {
            title: "regctl image copy",
            settings: `reqConcurrent ${REGCTL_REQUESTS}`,
            args: ["image", "copy"],
            async environment(job) {
                const host = (name: string) => [name, { tls: "disabled", reqConcurrent: REGCTL_REQUESTS }];
                const file = join(job.directory, "regctl.json");
                await writeFile(
                    file,
                    JSON.stringify({ hosts: Object.fromEntries([job.source, ...job.targets].map(host)) }),
                );
                return { REGCTL_CONFIG: file };
            },
        },
        program,
        version,
        processes,
    );

export const skopeo = (program: string, version: string, processes: number): Copier =>
    pool(
        {
            title: "skopeo copy --all",
            // Its policy is the system's, which may be missing.
            args: [
                "--insecure-policy",
                "copy",
                "--all",
                "--quiet",
                "--preserve-digests",
                "--src-tls-verify=false",
                "--dest-tls-verify=false",
            ],
            reference: (text) => `docker://${text}`,
        },
        program,
        version,
        processes,
    );

export const oras = (program: string, version: string, processes: number): Copier =>
    pool(
        {
            title: "oras cp",
            settings: "--concurrency 8",
            args: ["cp", "--from-plain-http", "--to-plain-http", "--concurrency", "8"],
        },
        program,
        version,
        processes,
    );
