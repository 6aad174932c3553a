import type { PullLimitOptions } from "./options";
import { WireError } from "./wire-error";

/** Docker Hub's, in seconds: six hours. */
const DEFAULT_WINDOW = 21_600;

/** Above so many addresses, those whose window is over are forgotten. */
const MANY_SOURCES = 10_000;

interface Window {
    readonly opened: number;
    spent: number;
}

/**
 * Docker Hub's pull limit, as https://docs.docker.com/docker-hub/usage/pulls/ describes it: a GET of a manifest is a
 * pull, a HEAD is none and tells the state. A window opens with its first pull and is over `windowSeconds` later.
 */
export class PullLimit {
    private readonly windows = new Map<string, Window>();
    private readonly limit: number;
    private readonly seconds: number;
    /** All pulls that were counted, of every address and window. */
    spent = 0;

    constructor(
        options: PullLimitOptions,
        private readonly now: () => number,
    ) {
        this.limit = options.limit;
        this.seconds = options.windowSeconds ?? DEFAULT_WINDOW;
    }

    /** Counts a pull. @throws WireError 429 TOOMANYREQUESTS, in Docker Hub's words */
    take(source: string): void {
        const window = this.current(source) ?? { opened: this.now(), spent: 0 };
        if (window.spent >= this.limit) {
            throw new WireError(
                429,
                "TOOMANYREQUESTS",
                "You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
                this.headers(source),
            );
        }
        window.spent++;
        this.spent++;
        this.windows.set(source, window);
        this.forgetOld();
    }

    /** What Docker Hub says on each answer about a manifest. */
    headers(source: string): Record<string, string> {
        const left = this.limit - (this.current(source)?.spent ?? 0);
        return {
            "ratelimit-limit": `${this.limit};w=${this.seconds}`,
            "ratelimit-remaining": `${left};w=${this.seconds}`,
            "docker-ratelimit-source": source,
        };
    }

    private current(source: string): Window | undefined {
        const window = this.windows.get(source);
        return window !== undefined && this.now() < window.opened + this.seconds * 1000 ? window : undefined;
    }

    private forgetOld(): void {
        if (this.windows.size > MANY_SOURCES) {
            for (const source of [...this.windows.keys()]) {
                if (this.current(source) === undefined) {
                    this.windows.delete(source);
                }
            }
        }
    }
}
