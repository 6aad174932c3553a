import { UsageError } from "../exit-code";

export interface ListenAddress {
    /** Absent for every address of the machine, by IPv6 where it has that. */
    readonly host?: string;
    /** 0 takes a free one. */
    readonly port: number;
}

const ADDRESS = /^(?:\[([0-9a-f:.]+)\]|([^:[\]/\s]*)):(\d{1,5})$/i;

/** `127.0.0.1:9464`, `[::1]:9464`; `:9464` is every address of the machine, as in Prometheus' own programs. */
export function readListenAddress(text: string): ListenAddress {
    const [, six, four, port] = ADDRESS.exec(text) ?? [];
    if (port === undefined || Number(port) > 65535) {
        throw new UsageError(
            `--listen ${JSON.stringify(text)} is not an address: write HOST:PORT as in 127.0.0.1:9464, or :9464 for every address of this machine.`,
        );
    }
    const host = six ?? four;
    return { ...(host && { host }), port: Number(port) };
}
