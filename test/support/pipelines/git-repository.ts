import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryFolder, temporaryFolderForFile } from "../embedded";

/** A clone of a repository of these files, on its branch main. */
export interface GitRepository {
    readonly folder: string;
    /** What it was cloned from, a bare repository. */
    readonly origin: string;
    readonly commit: string;
    /** Runs git in the clone. */
    git(...args: string[]): string;
    /** A file as the origin has it on main; undefined where it has none. */
    published(file: string): string | undefined;
}

/** @param kept whether it is there for the file's last test too */
export async function gitRepository(
    files: Readonly<Record<string, string>>,
    kept: "test" | "file" = "test",
): Promise<GitRepository> {
    const root = await (kept === "file" ? temporaryFolderForFile() : temporaryFolder());
    const [folder, origin] = [join(root, "work"), join(root, "acme", "explorer.git")];
    const run = (cwd: string, args: readonly string[]) =>
        execFileSync("git", ["-c", "user.name=tester", "-c", "user.email=tester@example.com", ...args], {
            cwd,
            encoding: "utf8",
            stdio: ["ignore", "pipe", "pipe"],
            env: { PATH: process.env.PATH, HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
        }).trim();
    run(root, ["init", "--quiet", "--bare", "--initial-branch=main", origin]);
    // As GitLab's.
    run(origin, ["config", "receive.advertisePushOptions", "true"]);
    run(root, ["init", "--quiet", "--initial-branch=main", folder]);
    for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
    }
    const git = (...args: string[]) => run(folder, args);
    git("add", ".");
    git("commit", "--quiet", "--message", "A first commit");
    git("remote", "add", "origin", origin);
    git("push", "--quiet", "--set-upstream", "origin", "main");
    return {
        folder,
        origin,
        commit: git("rev-parse", "HEAD"),
        git,
        published: (file) => {
            try {
                return run(origin, ["show", `main:${file}`]);
            } catch {
                return undefined;
            }
        },
    };
}
