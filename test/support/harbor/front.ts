import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** One address for Harbor's API and for the registry behind it, as a Harbor has it. */
export interface HarborFront {
    readonly host: string;
    /** Method and path of what the registry was asked. */
    readonly registryLog: string[];
    close(): Promise<void>;
}

/** @param harbor URL of the API @param registry host of a real registry */
export async function startFront(harbor: string, registry: string): Promise<HarborFront> {
    const registryLog: string[] = [];
    const server = createServer((incoming, outgoing) => {
        const { headers, method = "", url = "" } = incoming;
        const isRegistry = url.startsWith("/v2/");
        if (isRegistry) {
            registryLog.push(`${method} ${url}`);
        }
        const [host, port] = (isRegistry ? registry : new URL(harbor).host).split(":");
        const onward = request({ host, port, method, path: url, headers }, (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
        });
        // A lost answer is lost on the way back too.
        onward.on("error", () => outgoing.destroy());
        incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
        registryLog,
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
