import type { LookupAddress } from "node:dns";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { ForwardProxy, Patient } from "./patient";
import type { Check } from "./types";

/** What came of trying to reach it. */
export interface Reached {
    readonly check: Check;
    /** A connection to the registry, through the proxy where there is one. */
    readonly socket?: Duplex;
}

/** A TCP connection to the first address of each family at a time, since a pull may wait for the one that is dead. */
export async function connectItself(patient: Patient, addresses: readonly LookupAddress[]): Promise<Reached> {
    const firsts = [4, 6].flatMap((family) => addresses.find((one) => one.family === family) ?? []);
    const tries = await Promise.all(firsts.map(({ address }) => open(address, patient.port, patient.connectMs)));
    const opened = tries.filter((one) => one.socket !== undefined);
    const [first, ...others] = opened;
    for (const { socket } of others) {
        socket?.destroy();
    }
    if (first?.socket === undefined) {
        return { check: refused(patient, tries) };
    }
    const silent = tries.find(({ code }) => code === "ETIMEDOUT");
    const where = `${shown(first.address)} port ${patient.port} accepts connections (${first.ms} ms)`;
    const check: Check =
        silent === undefined
            ? { check: "connect", status: "ok", message: where }
            : {
                  check: "connect",
                  status: "warning",
                  message: `${where}, but ${shown(silent.address)} says nothing`,
                  remedy: `repair this machine's way to ${isIP(silent.address) === 6 ? "IPv6" : "IPv4"} addresses, or switch it off: programs that try it first wait for it`,
              };
    return { check, socket: first.socket };
}

interface Try {
    readonly address: string;
    readonly ms: number;
    readonly socket?: Socket;
    readonly code?: string;
}

function open(address: string, port: number, patience: number): Promise<Try> {
    const started = performance.now();
    return new Promise((resolve) => {
        const socket = connect({ host: address, port });
        const done = (rest: { socket?: Socket; code?: string }): void => {
            socket.setTimeout(0);
            resolve({ address, ms: Math.round(performance.now() - started), ...rest });
        };
        socket.setTimeout(patience, () => {
            socket.destroy();
            done({ code: "ETIMEDOUT" });
        });
        socket.once("connect", () => done({ socket }));
        // Later faults are told by whoever uses it.
        socket.on("error", (error: NodeJS.ErrnoException) => done({ code: error.code ?? error.message }));
    });
}

function refused({ hostname, port, connectMs }: Patient, tries: readonly Try[]): Check {
    const code = tries[0]?.code ?? "no address";
    const where = `${hostname} port ${port}`;
    const [message, remedy] =
        code === "ECONNREFUSED"
            ? [`nothing accepts connections at ${where}`, "check that the registry runs, and that the port is right"]
            : code === "ETIMEDOUT"
              ? [
                    `${where} says nothing within ${connectMs / 1000} s`,
                    "look for a firewall or a network policy between, or name the proxy that leads outside by HTTPS_PROXY",
                ]
              : [`${where} cannot be reached (${code})`, "check this machine's network and its route there"];
    return { check: "connect", status: "wrong", message, remedy };
}

/** A tunnel through a forward proxy (RFC 9110, CONNECT), as clients of registries open it. */
export function connectByProxy(patient: Patient, { url }: ForwardProxy): Promise<Reached> {
    const { request } = (
        url.protocol === "https:" ? require("node:https") : require("node:http")
    ) as typeof import("node:http");
    const target = `${patient.hostname.includes(":") ? `[${patient.hostname}]` : patient.hostname}:${patient.port}`;
    const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const authorization =
        url.username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` };
    return new Promise((resolve) => {
        const asking = request({
            host: url.hostname.replace(/^\[|\]$/g, ""),
            port: Number(url.port) || (url.protocol === "https:" ? 443 : 80),
            method: "CONNECT",
            path: target,
            headers: { host: target, ...authorization },
            timeout: patient.connectMs,
            agent: false,
        });
        asking.once("timeout", () => asking.destroy(Object.assign(new Error("silent"), { code: "ETIMEDOUT" })));
        asking.once("error", (error: NodeJS.ErrnoException) => resolve({ check: noTunnel(target, error.code) }));
        asking.once("response", (response) => {
            response.resume();
            asking.destroy();
            resolve({ check: forbidden(target, response.statusCode) });
        });
        asking.once("connect", (response, socket: Duplex) => {
            if (response.statusCode === 200) {
                const message = `the proxy opens a tunnel to ${target}`;
                resolve({ check: { check: "connect", status: "ok", message }, socket });
                return;
            }
            socket.destroy();
            resolve({ check: forbidden(target, response.statusCode) });
        });
        asking.end();
    });
}

function forbidden(target: string, status: number | undefined): Check {
    return {
        check: "connect",
        status: "wrong",
        message: `the proxy opens no tunnel to ${target} (${status})`,
        remedy:
            status === 407
                ? "put user and password of the proxy into the variable: http://USER:PASSWORD@HOST:PORT"
                : status === 403
                  ? "let the proxy allow this host, or name it in NO_PROXY where it can be reached without"
                  : "look at the proxy's own log: it may not reach the registry itself",
    };
}

function noTunnel(target: string, code = "no reason given"): Check {
    return {
        check: "connect",
        status: "wrong",
        message: `the proxy broke off before it opened a tunnel to ${target} (${code})`,
        remedy: "check that it is a forward proxy that knows CONNECT",
    };
}

/** Whether anything accepts connections there; `undefined` where it does. */
export async function whyUnreachable(host: string, port: number, patience: number): Promise<string | undefined> {
    const { socket, code } = await open(host.replace(/^\[|\]$/g, ""), port, patience);
    socket?.destroy();
    return code;
}

function shown(address: string): string {
    return address.includes(":") ? `[${address}]` : address;
}
