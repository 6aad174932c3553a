import { join } from "node:path";
import { Child } from "./child";
import type { FromProxy, PassedBytes, ToProxy } from "./forward-proxy-main";

/**
 * Stands before a registry, as a process of its own: it counts the bytes that pass, and can delay them. It knows nothing
 * of HTTP. With a delay of 15 ms each way an answer comes 30 ms later and a connection takes 30 ms to open.
 */
export class ForwardProxy {
    private constructor(private readonly child: Child<ToProxy, FromProxy>) {}

    static async start(): Promise<ForwardProxy> {
        const { child } = await Child.start<ToProxy, FromProxy>("A proxy", join(__dirname, "forward-proxy-main.ts"));
        return new ForwardProxy(child);
    }

    /**
     * Leaves the server before and all connections to it, and counts from 0 on.
     *
     * @param delayMs milliseconds in each direction
     * @returns where it listens, another port each time
     */
    async forward(upstream: string, delayMs: number): Promise<string> {
        return (await this.child.ask({ forward: { upstream, delayMs } })).host;
    }

    async passed(): Promise<PassedBytes> {
        return (await this.child.ask({})).passed;
    }

    close(): Promise<void> {
        return this.child.close();
    }
}
