import type { Replicator } from "../catalog";
import type { CarryTask, Failure, JudgedCopy } from "../mirror";
import type { Credential } from "../registry";

/** Logins by key, as a stack's configuration or the command's variable has them. */
export type Logins = Readonly<Record<string, Pick<Credential, "username" | "password">>>;

/** How far another engine is. */
export interface ReplicationProgress {
    /** `Harbor at harbor.example.com: rule hub`, `ECR at …`. */
    readonly who: string;
    readonly done: number;
    readonly total: number;
}

export interface ReplicationOptions {
    /** Which copies may be worked on. @default all that the judgement wants carried */
    readonly select?: (copy: JudgedCopy) => boolean;
    readonly signal?: AbortSignal;
    /** Where Harbor's login may be beside the registry's own. @default none */
    readonly logins?: Logins;
    /** @default process.env */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** A line for a person, as it goes on: what is started, followed and left. */
    readonly onLine?: (line: string) => void;
    readonly onProgress?: (progress: ReplicationProgress) => void;
    /** Waits, and asks no more after `signal`. */
    readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
    /** Milliseconds since 1970. @default Date.now */
    readonly now?: () => number;
    /** Milliseconds until the second look at an engine; each further one comes later, up to 15 s. @default 500 */
    readonly pollMs?: number;
    /** Milliseconds without any progress after which it is given up. @default 30 minutes */
    readonly patienceMs?: number;
    /** Milliseconds that ECR may say nothing of an image that was pushed. @default 60 s */
    readonly silenceMs?: number;
}

/** A copy that another engine was asked for, and has brought. */
export interface ReplicatedTag {
    readonly task: CarryTask;
    readonly by: Replicator;
}

/** What did not go along, or went another way than the engine says; a full sentence. */
export interface ReplicationNotice {
    readonly copy: JudgedCopy;
    readonly code: string;
    readonly message: string;
}

export interface Replication {
    /** Every copy, as it was seen after the work. */
    readonly judged: readonly JudgedCopy[];
    /** Copies that are right by our own look at their digest. */
    readonly replicated: readonly ReplicatedTag[];
    /** What another engine may have sent, well or not: digests of ours. */
    readonly sent: readonly CarryTask[];
    readonly failures: readonly Failure[];
    readonly notices: readonly ReplicationNotice[];
    /** Referrers that we brought afterwards. */
    readonly referrers: number;
}

/** What one engine says of what it was asked for; whether it is so is seen by digest. */
export interface EngineWord {
    readonly task: CarryTask;
    /** It may have carried: nothing is known of it where this is false. */
    readonly isSent: boolean;
    /** Where it did not carry: a clause that ends the sentence. Else what it called the outcome. */
    readonly said?: string;
    /** Stable; of what it did not do. */
    readonly code?: string;
}
