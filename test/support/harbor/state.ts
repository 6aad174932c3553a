import { addProject } from "./project-state";

export interface LocalUser {
    readonly user_id: number;
    readonly username: string;
    password: string;
    email: string;
    realname: string;
    comment?: string;
    sysadmin_flag: boolean;
    /** Ids of user groups. */
    groups: number[];
    readonly creation_time: string;
    update_time: string;
}

export interface LocalProject {
    readonly project_id: number;
    readonly name: string;
    readonly owner_id: number;
    readonly owner_name: string;
    /** Of a proxy cache. */
    readonly registry_id: number;
    readonly creation_time: string;
    update_time: string;
    readonly metadata: Record<string, string>;
    cve_allowlist: { id: number; project_id: number; expires_at?: number | null; items: { cve_id: string }[] };
    /** Without the project's name. */
    readonly repositories: Map<string, LocalArtifact[]>;
}

/** One artifact of Harbor's list. */
export interface LocalArtifact {
    readonly digest: string;
    /** None for what only an index names. */
    tags: readonly string[];
}

export interface LocalRegistry {
    readonly id: number;
    name: string;
    readonly type: string;
    url: string;
    description: string;
    insecure: boolean;
    ca_certificate?: string;
    credential: { type?: string; access_key?: string; access_secret?: string };
    status: string;
    readonly creation_time: string;
    update_time: string;
}

export interface Permission {
    readonly kind: string;
    readonly namespace: string;
    readonly access: readonly { readonly resource: string; readonly action: string; readonly effect?: string }[];
}

export interface LocalRobot {
    readonly id: number;
    /** Without the prefix, which is the configuration's. */
    readonly name: string;
    /** 0: of the system. */
    readonly project_id: number;
    description: string;
    secret: string;
    disable: boolean;
    /** Days; -1: for ever. */
    duration: number;
    /** Seconds of the Unix clock; -1: never. */
    expires_at: number;
    permissions: Permission[];
    readonly creator_ref: number;
    readonly creator_type: string;
    readonly creation_time: string;
    update_time: string;
}

/** A row whose fields are the description's, and whatever else Harbor keeps beside them. */
// biome-ignore lint/suspicious/noExplicitAny: each table has its own columns, which the description holds
export type Row = Record<string, any> & { id: number; creation_time: string; update_time: string };

export interface LocalSchedule {
    readonly id: number;
    readonly type: string;
    readonly cron: string;
    readonly parameters: Record<string, unknown>;
    readonly creation_time: string;
    readonly update_time: string;
}

export type JobStatus = "Pending" | "Running" | "Success" | "Error" | "Stopped";

/** What the job service runs: a replication, a retention, a garbage collection. */
export interface LocalExecution {
    readonly id: number;
    readonly vendor: "REPLICATION" | "RETENTION" | "GARBAGE_COLLECTION" | "SCAN_ALL";
    readonly vendor_id: number;
    readonly trigger: "MANUAL" | "SCHEDULE" | "EVENT";
    readonly extra: Record<string, unknown>;
    status: JobStatus;
    status_text: string;
    start_time: string;
    end_time?: string;
    /** Whether its tasks are there yet: Harbor makes them behind the answer. */
    launched: boolean;
}

export interface LocalTask {
    readonly id: number;
    readonly execution_id: number;
    readonly src_resource: string;
    readonly dst_resource: string;
    status: JobStatus;
    start_time: string;
    end_time?: string;
    log: string;
}

/** What a task ends as. */
export interface Outcome {
    /** `Running`: it goes on, and is asked for again with the next step. */
    readonly status: "Success" | "Error" | "Running";
    readonly log?: string;
}

/** All that the local Harbor knows. Ids are counted by table, from 1 on, as those of Harbor's database. */
export class World {
    /** Milliseconds since 1970; the time does not pass by itself. */
    now = Date.parse("2026-11-22T05:17:00Z");
    /** As `/systeminfo` tells it; from v2.16 on it does what Harbor's main does since. */
    version = "v2.15.2-d2f8a4b1";
    readonly users = new Map<number, LocalUser>();
    readonly groups = new Map<number, Row>();
    readonly projects = new Map<number, LocalProject>();
    readonly registries = new Map<number, LocalRegistry>();
    readonly policies = new Map<number, Row>();
    readonly executions = new Map<number, LocalExecution>();
    readonly tasks = new Map<number, LocalTask>();
    readonly robots = new Map<number, LocalRobot>();
    readonly retentions = new Map<number, Row>();
    readonly immutableRules = new Map<number, Row>();
    readonly quotas = new Map<number, Row>();
    readonly members = new Map<number, Row>();
    readonly webhooks = new Map<number, Row>();
    readonly labels = new Map<number, Row>();
    readonly instances = new Map<number, Row>();
    readonly preheatPolicies = new Map<number, Row>();
    readonly schedules = new Map<"gc" | "scanAll", LocalSchedule>();
    readonly configuration = new Map<string, string | number | boolean>();
    /** Addresses of registries that do not answer a ping. */
    readonly unreachable = new Set<string>();
    /** Whether a scanner is registered; where none is, scanning everything is 412. */
    hasScanner = true;
    /** Of an execution of a rule: what it carries. @default one resource for each name that the rule's filters name */
    resources?: (policy: Row) => readonly { readonly src: string; readonly dst: string }[];
    /** What becomes of a task. @default success */
    outcome?: (task: LocalTask) => Outcome;
    private readonly last = new Map<string, number>();

    constructor(admin: { readonly username: string; readonly password: string }) {
        this.addUser(admin.username, admin.password, { sysadmin_flag: true });
        addProject(this, "library", { owner: 1, metadata: { public: "true" } });
    }

    /** Whether it does what v2.15 does not. The description is that of main, and has the fields of both. */
    get isNewer(): boolean {
        const [, major = "0", minor = "0"] = /^v(\d+)\.(\d+)/.exec(this.version) ?? [];
        return Number(major) * 1_000 + Number(minor) >= 2_016;
    }

    /** The next one of a table. */
    id(table: string): number {
        const id = (this.last.get(table) ?? 0) + 1;
        this.last.set(table, id);
        return id;
    }

    at(): string {
        return new Date(this.now).toISOString();
    }

    /** The columns that every table has. */
    row(table: string): Row {
        return { id: this.id(table), creation_time: this.at(), update_time: this.at() };
    }

    addUser(username: string, password: string, over: Partial<LocalUser> = {}): LocalUser {
        const user: LocalUser = {
            user_id: this.id("user"),
            username,
            password,
            email: `${username}@example.com`,
            realname: username,
            sysadmin_flag: false,
            groups: [],
            creation_time: this.at(),
            update_time: this.at(),
            ...over,
        };
        this.users.set(user.user_id, user);
        return user;
    }

    project(name: string): LocalProject | undefined {
        return [...this.projects.values()].find((project) => project.name === name);
    }

    /** With the prefix, and the project's name where it is one's: its user name. */
    robotName({ name }: LocalRobot): string {
        return `${this.configuration.get("robot_name_prefix") ?? "robot$"}${name}`;
    }
}
