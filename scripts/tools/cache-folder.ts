import { homedir } from "node:os";
import { join } from "node:path";

/** Where tools are kept, each version by itself: below the user's cache folder (`XDG_CACHE_HOME`, by default `~/.cache`). */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
    return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "transship", "tools");
}
