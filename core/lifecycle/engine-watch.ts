import { connect, type Socket } from "node:net";

/**
 * An engine that is killed leaves its provider process behind, which would go on writing. The provider holds one
 * connection to the engine's address, which the operating system closes with the engine: a lost connection that
 * cannot be opened again is the engine's end. Costs one idle socket, noticed within a second.
 */
export function watchEngine(address: string, onLoss: () => void): { stop(): void } {
    const colon = address.lastIndexOf(":");
    const host = address.slice(0, colon);
    const port = Number(address.slice(colon + 1));
    if (!(port > 0)) {
        return { stop: () => undefined };
    }
    let stopped = false;
    let socket: Socket | undefined;
    let timer: NodeJS.Timeout | undefined;
    const open = (failures: number): void => {
        let opened = false;
        socket = connect({ host, port });
        socket.unref();
        socket.on("connect", () => {
            opened = true;
        });
        // The engine's preface is not for us, but unread bytes would hide the end of the connection.
        socket.resume();
        socket.on("error", () => undefined);
        socket.on("close", () => {
            if (stopped) {
                return;
            }
            const failed = opened ? 0 : failures + 1;
            if (failed >= 2) {
                onLoss();
            } else {
                timer = setTimeout(() => open(failed), 250);
                timer.unref();
            }
        });
    };
    open(0);
    return {
        stop: () => {
            stopped = true;
            clearTimeout(timer);
            socket?.destroy();
        },
    };
}

/** The engine's address in a provider process of the Node SDK; undefined anywhere else. */
export function engineAddress(argv: readonly string[]): string | undefined {
    const script = argv[1] ?? "";
    return /[\\/]dynamic-provider([\\/]|$)/.test(script) ? argv[2] : undefined;
}
