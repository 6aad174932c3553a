import type { Registry } from "../catalog";
import { RegistryClient } from "../registry";
import { checkApi } from "./check-api";
import { checkCredentials } from "./check-credentials";
import { checkName } from "./check-name";
import { checkProxy } from "./check-proxy";
import { checkContent, checkPull, type Pulled, type Subject } from "./check-pull";
import { checkPush } from "./check-push";
import { checkTls } from "./check-tls";
import { connectByProxy, connectItself } from "./connect";
import { faultOf } from "./fault";
import { type DoctorEnvironment, type Patient, patientOf, routeOf } from "./patient";
import { CHECKS, type Check, type CheckName, type Diagnosis } from "./types";

export interface DiagnoseOptions {
    /** What to ask for, the best first; the first that is there is used. */
    readonly subjects: readonly Subject[];
    /** Reads a manifest even where that counts as a pull. @default false */
    readonly pull?: boolean;
    /** Tries whether we may push. @default false */
    readonly push?: boolean;
}

/** Two tries: what passes at once is no finding. */
const RETRY = { attempts: 2, totalMs: 30_000 };

/**
 * Walks the way of a pull from the name of a host to the byte of a layer, and says at each step whether it works. It goes
 * on as far as it can; what depends on a step that is wrong is skipped. Writes nothing, but for an upload that is opened and
 * cancelled with `push`. What goes wrong is a line and never thrown.
 */
export async function diagnose(
    registry: Registry,
    options: DiagnoseOptions,
    environment: DoctorEnvironment = {},
): Promise<Diagnosis> {
    const patient = patientOf(registry, environment);
    const network = await checkNetwork(patient);
    const { check, isAnonymous } = await checkCredentials(patient);
    const known = [...network, check];
    const platform = environment.platform ?? ownPlatform();
    const blocking = known.find(({ status }) => status === "wrong") ?? known.find(isUnreached);
    const rest = blocking === undefined ? await checkAccess(patient, options, isAnonymous, platform) : [];
    const failed = blocking ?? rest.find(({ status }) => status === "wrong" || status === "unknown");
    const why = `not asked before ${failed?.check ?? "all else"} is right`;
    return {
        name: registry.name,
        host: registry.host,
        kind: registry.kind,
        checks: inOrder([...known, ...rest], why),
    };
}

/** From the name to the API, over one connection. */
async function checkNetwork(patient: Patient): Promise<Check[]> {
    const route = routeOf(patient);
    const [{ check: name, addresses }, proxy] = await Promise.all([
        checkName(patient, route),
        checkProxy(patient, route),
    ]);
    const before = [name, proxy];
    if (before.some(({ status }) => status === "wrong")) {
        return before;
    }
    const { check: connect, socket } =
        route.by === "proxy" ? await connectByProxy(patient, route.proxy) : await connectItself(patient, addresses);
    if (socket === undefined) {
        return [...before, connect];
    }
    const { check: tls, socket: secured } = await checkTls(patient, socket);
    return [...before, connect, tls, ...(secured === undefined ? [] : await checkApi(patient, secured))];
}

/** As the client that every other verb uses, with its credentials. */
async function checkAccess(
    patient: Patient,
    { subjects, pull = false, push = false }: DiagnoseOptions,
    isAnonymous: boolean,
    platform: string,
): Promise<Check[]> {
    const { host } = patient.endpoint;
    const client = new RegistryClient(patient.settings, { ...patient.given, retry: RETRY });
    try {
        const login = await checkLogin(client, host, isAnonymous);
        if (login.status === "wrong") {
            return [login];
        }
        const { checks, found, subject } = await findSubject(client, host, subjects);
        if (found === undefined || subject === undefined) {
            const message = "not asked: nothing is known to be there";
            const names = ["limit", "platforms", "layers", "referrers", "push"] as const;
            return [login, ...names.map((check): Check => ({ check, status: "skipped", message })), ...checks];
        }
        const counted = client.pullsOf(subject.repository) !== undefined;
        const content = counted && !pull ? costly(host) : await checkContent(client, host, subject, found, platform);
        const referrers = await checkReferrers(client, subject.repository, found.digest);
        const pushing: Check = push
            ? await checkPush(client, host, subject.repository)
            : { check: "push", status: "skipped", message: "not tried: --push opens an upload and cancels it" };
        return [login, ...checks, ...content, referrers, pushing];
    } finally {
        await client.close();
    }
}

async function checkLogin(client: RegistryClient, host: string, isAnonymous: boolean): Promise<Check> {
    if (isAnonymous) {
        return { check: "login", status: "skipped", message: "there is nothing to log in with" };
    }
    try {
        await client.ping();
        return { check: "login", status: "ok", message: `${host} takes these credentials` };
    } catch (error) {
        return faultOf("login", error);
    }
}

/** The first subject that is there. Where none is, what was said of the first. */
async function findSubject(
    client: RegistryClient,
    host: string,
    subjects: readonly Subject[],
): Promise<Pulled & { readonly subject?: Subject }> {
    let first: Pulled | undefined;
    for (const subject of subjects) {
        const pulled = await checkPull(client, host, subject);
        if (pulled.found !== undefined) {
            return { ...pulled, subject };
        }
        first ??= pulled;
    }
    const check: Check = {
        check: "pull",
        status: "skipped",
        message: "not asked: no image is known at this registry; --image names one",
    };
    return first ?? { checks: [check] };
}

function costly(host: string): Check[] {
    const message = `not read: it would cost pulls, which ${host} counts; --pull spends two`;
    return [
        { check: "platforms", status: "skipped", message },
        { check: "layers", status: "skipped", message },
    ];
}

async function checkReferrers(client: RegistryClient, repository: string, digest: string): Promise<Check> {
    try {
        const referrers = await client.referrersByApi(repository, digest);
        const message =
            referrers === undefined
                ? "has no referrers API: signatures and SBOMs are kept under tags"
                : `has the referrers API; this image has ${referrers.length}`;
        return { check: "referrers", status: "ok", message };
    } catch (error) {
        // An image can be pulled without.
        return { ...faultOf("referrers", error), status: "unknown" };
    }
}

function isUnreached({ check, status }: Check): boolean {
    return check === "api" && status !== "ok";
}

/** Every check once, in the order of a pull. */
function inOrder(checks: readonly Check[], why: string): Check[] {
    const known = new Map<CheckName, Check>(checks.map((check) => [check.check, check]));
    return CHECKS.map((check) => known.get(check) ?? { check, status: "skipped", message: why });
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386", ppc64: "ppc64le" };

/** What a container engine on this machine pulls; on a Mac it runs Linux. */
function ownPlatform(): string {
    const os = process.platform === "win32" ? "windows" : "linux";
    return `${os}/${ARCHITECTURES[process.arch] ?? process.arch}`;
}
