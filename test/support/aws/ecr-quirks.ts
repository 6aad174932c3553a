import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { EmbeddedRegistryOptions } from "../../../core/registry/embedded";
import {
    actionOf,
    BECAUSE,
    bodyOf,
    type EcrAction,
    hasParameters,
    openUpload,
    partsOf,
    type Refusal,
    type Route,
    send,
} from "./ecr-answers";

export type { EcrAction } from "./ecr-answers";

/** What an ECR is like. By default all that is not said here is as an ECR with every right and no limit. */
export interface EcrTraits {
    /** Repositories that exist. @default all */
    readonly repositories?: ReadonlySet<string>;
    /** Tags that keep their digest, also against the same one. @default none */
    readonly immutable?: (repository: string, tag: string) => boolean;
    /** What the principal may not do, and why. */
    readonly denied?: Partial<Record<EcrAction, "identity" | "resource" | "explicit">>;
    /** The account setting BLOB_MOUNTING; only of blobs that a manifest there names (aws/containers-roadmap#2860). @default false */
    readonly mounts?: boolean;
    /** 405 to these manifests. @default those with a parameter in a media type (aws/containers-roadmap#2306) */
    readonly refuses?: (manifest: Record<string, unknown>) => boolean;
    /** Repositories whose KMS key is disabled. */
    readonly lockedKeys?: ReadonlySet<string>;
    /** Repositories with as many images as they may have: a bare 403 (aws/containers-roadmap#2159). */
    readonly full?: ReadonlySet<string>;
    /** Requests in any second; the next one is refused. */
    readonly rates?: Partial<Record<EcrAction, number>>;
    /** `Retry-After` of these refusals, seconds. @default no such header */
    readonly retryAfter?: number;
    /** Entries of a tag list's page at most. @default 1000 */
    readonly tagPage?: number;
    /** Passwords of the user AWS, and when they expire, milliseconds since 1970. @default anybody may do all */
    readonly tokens?: ReadonlyMap<string, number>;
    readonly now?: () => number;
}

export interface EcrCall {
    readonly action: EcrAction;
    readonly repository: string;
    readonly at: number;
    readonly reference: string;
    /** What was answered by itself; 0 where the embedded registry answered. */
    status: number;
    readonly mount: boolean;
}

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
const SECOND = 1000;

/**
 * Answers as ECR does where that differs from the embedded registry: status, code and words as they were reported
 * (docs/ecr-carry.md names where). Give `options` to `embedded()`.
 */
export class EcrQuirks {
    readonly calls: EcrCall[] = [];
    /** `repository:tag` -> digest. */
    readonly tags = new Map<string, string>();
    /** `repository digest` of what was pushed: blobs and manifests. */
    private readonly parts = new Set<string>();
    /** `repository digest` of what a manifest names. */
    private readonly named = new Set<string>();
    /** Called before an answer, for races: the test does what somebody else would do. */
    before: ((call: EcrCall) => unknown) | undefined;

    /** Called after a refusal of its own. */
    after: ((call: EcrCall) => unknown) | undefined;

    constructor(private traits: EcrTraits = {}) {}

    /** What has changed meanwhile. */
    become(traits: EcrTraits): void {
        this.traits = { ...this.traits, ...traits };
    }

    /** Somebody deletes it. */
    forget(repository: string, digest: string): void {
        this.parts.delete(`${repository} ${digest}`);
    }

    get options(): Pick<EmbeddedRegistryOptions, "intercept" | "allowMissing"> {
        return { allowMissing: true, intercept: (...exchange) => this.answer(...exchange) };
    }

    of(action: EcrAction): EcrCall[] {
        return this.calls.filter((call) => call.action === action);
    }

    private async answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<boolean> {
        const action = actionOf(request.method ?? "", route.kind);
        if (action === undefined || request.headers["x-own"] !== undefined) {
            return false;
        }
        const query = new URL(request.url ?? "", "http://ecr").searchParams;
        const { repository, reference = "" } = route as { repository: string; reference?: string };
        const call: EcrCall = {
            action,
            repository,
            at: (this.traits.now ?? Date.now)(),
            reference,
            status: 0,
            mount: query.has("mount"),
        };
        this.calls.push(call);
        await this.before?.(call);
        const body = await bodyOf(request, action);
        const refusal = this.expired(request) ?? this.refusal(call, query) ?? this.refusedPut(call, request, body);
        if (refusal !== undefined) {
            call.status = refusal.status;
            this.after?.(call);
            request.resume();
            send(response, request, refusal);
            return true;
        }
        if (action === "ListImages") {
            return this.list(repository, query, request, response);
        }
        if (call.mount && !this.mounts(query)) {
            return openUpload(repository, request, response);
        }
        this.learn(call, query, body);
        return false;
    }

    private expired(request: IncomingMessage): Refusal | undefined {
        const { tokens, now = Date.now } = this.traits;
        if (tokens === undefined) {
            return undefined;
        }
        const [, encoded = ""] = /^Basic (.+)$/.exec(request.headers.authorization ?? "") ?? [];
        const [user, ...password] = Buffer.from(encoded, "base64").toString().split(":");
        const until = user === "AWS" ? tokens.get(password.join(":")) : undefined;
        if (until === undefined) {
            return { status: 401, plain: "Not Authorized\n" };
        }
        const words = "Your authorization token has expired. Reauthenticate and try again.";
        return until > now() ? undefined : { status: 403, code: "DENIED", words };
    }

    private refusal({ action, repository, at }: EcrCall, query: URLSearchParams): Refusal | undefined {
        const { repositories, denied = {}, lockedKeys, rates = {} } = this.traits;
        const why = denied[action];
        if (why !== undefined) {
            const arn = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repository}`;
            const words = `User: arn:aws:sts::${ACCOUNT}:assumed-role/ci/run is not authorized to perform: ecr:${action} on resource: ${arn} ${BECAUSE[why](action)}`;
            return { status: 403, code: "DENIED", words };
        }
        if (repositories !== undefined && !repositories.has(repository)) {
            const words = `The repository with name '${repository}' does not exist in the registry with id '${ACCOUNT}'`;
            return { status: 404, code: "NAME_UNKNOWN", words };
        }
        const rate = rates[action];
        const lately = this.calls.filter((one) => one.action === action && one.at > at - SECOND && one.status !== 429);
        if (rate !== undefined && lately.length > rate) {
            return { status: 429, code: "TOOMANYREQUESTS", words: "Rate exceeded", retryAfter: this.traits.retryAfter };
        }
        if (lockedKeys?.has(repository) && (action === "PutImage" || action === "InitiateLayerUpload")) {
            const words = `KMS key arn:aws:kms:${REGION}:${ACCOUNT}:key/0 is disabled. (KmsException: DisabledException)`;
            return { status: 400, code: "UNSUPPORTED", words };
        }
        if (action === "ListImages" && Number(query.get("n")) > 1000) {
            const words =
                "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'";
            return { status: 405, code: "UNSUPPORTED", words };
        }
        return undefined;
    }

    private refusedPut(
        { action, repository, reference }: EcrCall,
        request: IncomingMessage,
        body: Buffer,
    ): Refusal | undefined {
        if (action !== "PutImage") {
            return undefined;
        }
        const manifest = JSON.parse(body.toString()) as Record<string, unknown>;
        const { refuses = hasParameters, full, immutable } = this.traits;
        if (refuses(manifest)) {
            const words = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'";
            return { status: 405, code: "UNSUPPORTED", words };
        }
        if (full?.has(repository)) {
            return { status: 403, plain: "" };
        }
        const lacks = partsOf(manifest).filter((digest) => !this.parts.has(`${repository} ${digest}`));
        if (lacks.length > 0) {
            const isIndex = /index|list/.test(request.headers["content-type"] ?? "");
            const words = `${isIndex ? "Images" : "Layers"} with digests '[${lacks}]' required for pushing image into repository with name '${repository}' in the registry with id '${ACCOUNT}' do not exist`;
            return { status: 404, code: isIndex ? "MANIFEST_BLOB_UNKNOWN" : "BLOB_UNKNOWN", words };
        }
        const has = this.tags.get(`${repository}:${reference}`);
        if (has !== undefined && immutable?.(repository, reference)) {
            const words = `The image tag '${reference}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`;
            return { status: 400, code: "TAG_INVALID", words };
        }
        return undefined;
    }

    /** Unordered, and the next page is what nobody can read (deitch/docker_registry2#34). */
    private list(
        repository: string,
        query: URLSearchParams,
        request: IncomingMessage,
        response: ServerResponse,
    ): boolean {
        const all = [...this.tags.keys()].flatMap((key) => {
            const [name = "", tag = ""] = key.split(":");
            return name === repository ? [tag] : [];
        });
        const from = Number(Buffer.from(query.get("last") ?? "", "base64url").toString() || 0);
        const size = Math.min(Number(query.get("n") ?? 100), this.traits.tagPage ?? 1000);
        const last = Buffer.from(String(from + size)).toString("base64url");
        const next = `<http://${request.headers.host}/v2/${repository}/tags/list?n=${size}&last=${last}>; rel="next"`;
        response.writeHead(200, {
            "content-type": "text/plain; charset=utf-8",
            ...(from + size < all.length ? { link: next } : {}),
        });
        response.end(JSON.stringify({ name: repository, tags: all.slice(from, from + size) }));
        return true;
    }

    private mounts(query: URLSearchParams): boolean {
        return this.traits.mounts === true && this.named.has(`${query.get("from")} ${query.get("mount")}`);
    }

    /** The embedded registry takes what is let through. */
    private learn({ action, repository, reference }: EcrCall, query: URLSearchParams, body: Buffer): void {
        const blob = query.get("digest") ?? query.get("mount");
        if (blob !== null && (action === "CompleteLayerUpload" || action === "InitiateLayerUpload")) {
            this.parts.add(`${repository} ${blob}`);
        }
        if (action !== "PutImage") {
            return;
        }
        const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
        this.parts.add(`${repository} ${digest}`);
        for (const part of partsOf(JSON.parse(body.toString()))) {
            this.named.add(`${repository} ${part}`);
        }
        if (!reference.includes(":")) {
            this.tags.set(`${repository}:${reference}`, digest);
        }
    }
}
