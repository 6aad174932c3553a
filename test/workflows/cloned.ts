import { execFileSync } from "node:child_process";
import type { World } from "../cli/world";
import { temporaryFolder } from "../support/embedded";

/** The world's folder as a repository on a branch, with a remote that is pushed to. */
export async function cloned({ folder }: World): Promise<(...args: string[]) => string> {
    const remote = await temporaryFolder();
    const git = (...args: string[]) =>
        execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    git("init", "--quiet", "--bare", "--initial-branch=main", remote);
    git("init", "--quiet", "--initial-branch=main");
    git("add", "catalog.yaml");
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "Catalogue");
    git("remote", "add", "origin", remote);
    git("push", "--quiet", "--set-upstream", "origin", "main");
    return git;
}
