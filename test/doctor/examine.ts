import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach } from "vitest";
import type { Registry } from "../../core/catalog";
import { type Check, type CheckName, type DiagnoseOptions, type DoctorEnvironment, diagnose } from "../../core/doctor";

const open: (() => void)[] = [];

afterEach(() => {
    for (const close of open.splice(0)) {
        close();
    }
});

export type Checks = Readonly<Record<CheckName, Check>>;

export interface Examination extends Partial<DiagnoseOptions> {
    readonly registry?: Partial<Registry>;
    readonly environment?: DoctorEnvironment;
}

/** A diagnosis from a machine without variables and logins, which runs linux/amd64; plain HTTP unless told otherwise. */
export async function examine(host: string, { registry, environment, ...options }: Examination = {}): Promise<Checks> {
    const settings: Registry = { name: "test", host, prefix: "", kind: "distribution", insecure: true, ...registry };
    const diagnosis = await diagnose(
        settings,
        { subjects: [], ...options },
        { env: {}, home: "/nonexistent", platform: "linux/amd64", ...environment },
    );
    return Object.fromEntries(diagnosis.checks.map((check) => [check.check, check])) as Checks;
}

/** `name ok`, `tls wrong`: those that were asked. */
export function statusesOf(checks: Checks): string[] {
    return Object.values(checks).flatMap(({ check, status }) => (status === "skipped" ? [] : [`${check} ${status}`]));
}

/** A forward proxy. Whatever host is asked for, it connects to `port`, or refuses with a status. */
export async function forwardProxy(answer: { readonly to: number } | { readonly refuse: number }) {
    const asked: string[] = [];
    const server = createServer();
    server.on("connect", (request, socket) => {
        asked.push(`${request.url} ${request.headers["proxy-authorization"] ?? ""}`.trim());
        open.push(() => socket.destroy());
        if ("refuse" in answer) {
            socket.end(`HTTP/1.1 ${answer.refuse} No\r\ncontent-length: 0\r\n\r\n`);
            return;
        }
        const upstream = connect(answer.to, "127.0.0.1", () => {
            socket.write("HTTP/1.1 200 OK\r\n\r\n");
            upstream.pipe(socket).pipe(upstream);
        });
        upstream.on("error", () => socket.destroy());
        socket.on("error", () => upstream.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => {
        server.close();
        server.closeAllConnections();
    });
    return { asked, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Something that accepts connections and is no registry. */
export async function tcpServer(onSocket: (socket: Socket) => void): Promise<string> {
    const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        open.push(() => socket.destroy());
        onSocket(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => server.close());
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port of this machine that nothing listens at. */
export async function deadPort(): Promise<number> {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
