import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

/** A program that plays AWS, on this machine. */
export interface AwsEmulator {
    /** `http://127.0.0.1:4799` */
    readonly url: string;
    /** `127.0.0.1:4799`: of ministack, the registry's host too. */
    readonly host: string;
    /** Options of every client of AWS's SDK: this server, a region, and credentials that mean nothing. */
    readonly client: {
        readonly endpoint: string;
        readonly region: string;
        readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    };
    /** The same as variables, for AWS's command and for what finds its credentials itself. */
    readonly env: Readonly<Record<string, string>>;
    close(): Promise<void>;
}

/** moto's own account; ministack's is the access key, where that has twelve digits. */
export const EMULATED_ACCOUNT = "123456789012";
export const EMULATED_REGION = "eu-west-1";
const DEADLINE = 30_000;

/**
 * moto's server: ECR's API for repositories and the documents that AWS parses, IAM, STS, Secrets Manager. No data plane,
 * no pull-through rules, templates or account settings.
 *
 * @param program its path, as `describeWith(["moto_server"], …)` finds it
 */
export function startMoto(program: string): Promise<AwsEmulator> {
    return start((port) => spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" }), "/moto-api/");
}

/**
 * ministack: ECR's API for repositories, and a real registry behind it.
 *
 * @param program its path, as `describeWith(["ministack"], …)` finds it
 */
export function startMinistack(program: string): Promise<AwsEmulator> {
    const env = (port: number) => ({
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        // By default it listens at all addresses, for services that nobody asked for too.
        IOT_MTLS_ENABLED: "0",
        SFTP_ENABLED: "0",
        BIND_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        SERVICES: "ecr,sts",
        // Its registry reads the account from a host of ECR's, which no request here has.
        MINISTACK_ACCOUNT_ID: EMULATED_ACCOUNT,
    });
    return start((port) => spawn(program, { stdio: "ignore", env: env(port) }), "/v2/");
}

async function start(open: (port: number) => ChildProcess, path: string): Promise<AwsEmulator> {
    const port = await freePort();
    const child = open(port);
    const exit = once(child, "exit");
    const url = `http://127.0.0.1:${port}`;
    const close = async (): Promise<void> => {
        child.kill("SIGKILL");
        await exit;
    };
    const until = Date.now() + DEADLINE;
    while (!(await answers(`${url}${path}`))) {
        if (child.exitCode !== null || Date.now() > until) {
            await close();
            throw new Error(`${child.spawnfile} did not answer at ${url}${path} (exit code ${child.exitCode})`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const credentials = { accessKeyId: EMULATED_ACCOUNT, secretAccessKey: "test" };
    return {
        url,
        host: `127.0.0.1:${port}`,
        client: { endpoint: url, region: EMULATED_REGION, credentials },
        env: {
            AWS_ENDPOINT_URL: url,
            AWS_REGION: EMULATED_REGION,
            AWS_DEFAULT_REGION: EMULATED_REGION,
            AWS_ACCESS_KEY_ID: credentials.accessKeyId,
            AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        },
        close,
    };
}

async function answers(url: string): Promise<boolean> {
    try {
        return (await fetch(url)).ok;
    } catch {
        return false;
    }
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    return port;
}
