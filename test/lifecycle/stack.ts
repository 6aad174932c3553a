import { type Catalog, compactCatalog, type Lock } from "../../core/catalog";
import { fleetHooks } from "../../core/lifecycle/fleet";
import { gateHooks } from "../../core/lifecycle/gate";
import { Session } from "../../core/lifecycle/session";
import { wholeOutputs } from "../../core/lifecycle/state-form";
import type { FleetInputs, FleetOutputs, FleetState, GateInputs } from "../../core/lifecycle/types";

/** What the engine keeps of one resource. */
export interface State<Inputs, Outputs> {
    readonly id: string;
    readonly inputs: Inputs;
    readonly outputs: Outputs;
    /** The last create or update failed: the engine updates whatever `diff` says. */
    readonly failed: boolean;
}

/** How one phase ended for a resource. */
export interface Ran {
    readonly step: "create" | "update" | "same" | "refused" | "failed" | "read" | "deleted";
    /** What it printed. */
    readonly lines: readonly string[];
    /** Why it was refused or failed. */
    readonly reasons: readonly string[];
}

interface Hooks<Inputs, Outputs> {
    check(olds: Inputs, news: Inputs): Promise<{ inputs: unknown; failures?: { reason: string }[] }>;
    diff(id: string, olds: Outputs, news: Inputs): Promise<{ changes: boolean }>;
    create(inputs: Inputs): Promise<{ id: string; outs: Outputs }>;
    update(id: string, olds: Outputs, news: Inputs): Promise<{ outs: Outputs }>;
    read(id: string, props: Outputs): Promise<{ id: string; props: Outputs; inputs: Inputs }>;
    delete(id: string, props: Outputs): Promise<void>;
}

/** One dynamic resource, taken through its phases as the engine does it; state goes through JSON, as on disk. */
export class Resource<Inputs extends object, Outputs extends Inputs> {
    state: State<Inputs, Outputs> | undefined;

    constructor(
        private readonly hooksOf: (session: Session) => Hooks<Inputs, Outputs>,
        private readonly now: () => Date,
    ) {}

    /** check and diff; nothing is kept. @param session shared by the resources of one phase @default one of its own */
    async preview(news: Inputs, session = this.session()): Promise<Ran> {
        const { hooks, lines } = this.open(session);
        const checked = await this.check(hooks, news);
        if (checked.reasons.length > 0) {
            return { step: "refused", lines, reasons: checked.reasons };
        }
        const changes = this.state && (this.state.failed || (await this.isChanged(hooks, checked.inputs)));
        return { step: this.state === undefined ? "create" : changes ? "update" : "same", lines, reasons: [] };
    }

    async up(news: Inputs, session = this.session()): Promise<Ran> {
        const { hooks, lines } = this.open(session);
        const { inputs, reasons } = await this.check(hooks, news);
        if (reasons.length > 0) {
            return { step: "refused", lines, reasons };
        }
        const { state } = this;
        if (state !== undefined && !state.failed && !(await this.isChanged(hooks, inputs))) {
            this.state = { ...state, inputs };
            return { step: "same", lines, reasons: [] };
        }
        try {
            const done =
                state === undefined
                    ? await hooks.create(copyOf(inputs))
                    : { id: state.id, ...(await hooks.update(state.id, copyOf(state.outputs), copyOf(inputs))) };
            this.state = { id: done.id, inputs, outputs: copyOf(done.outs), failed: false };
            return { step: state === undefined ? "create" : "update", lines, reasons: [] };
        } catch (error) {
            const { id, properties, message, reasons: told } = error as PartialError<Outputs>;
            if (id !== undefined && properties !== undefined) {
                this.state = { id, inputs, outputs: copyOf(properties), failed: true };
            }
            return { step: "failed", lines, reasons: told ?? [message] };
        }
    }

    async refresh(): Promise<Ran> {
        const { hooks, lines } = this.open(this.session());
        const state = this.known();
        const { id, props, inputs } = await hooks.read(state.id, copyOf(state.outputs));
        this.state = { id, inputs: copyOf(inputs), outputs: copyOf(props), failed: state.failed };
        return { step: "read", lines, reasons: [] };
    }

    async destroy(session = this.session()): Promise<Ran> {
        const { hooks, lines } = this.open(session);
        const state = this.known();
        try {
            await hooks.delete(state.id, copyOf(state.outputs));
        } catch (error) {
            return { step: "failed", lines, reasons: [(error as Error).message] };
        }
        this.state = undefined;
        return { step: "deleted", lines, reasons: [] };
    }

    get outputs(): Outputs {
        return this.known().outputs;
    }

    /** As a phase's provider process makes one. */
    session(): Session {
        return new TalkingSession(this.now);
    }

    private open(session: Session): { hooks: Hooks<Inputs, Outputs>; lines: string[] } {
        const { lines } = session as TalkingSession;
        return { hooks: this.hooksOf(session), lines };
    }

    private async check(hooks: Hooks<Inputs, Outputs>, news: Inputs): Promise<{ inputs: Inputs; reasons: string[] }> {
        const olds = copyOf(this.state?.inputs ?? ({} as Inputs));
        const { inputs, failures = [] } = await hooks.check(olds, copyOf(news));
        return { inputs: copyOf(inputs) as Inputs, reasons: failures.map(({ reason }) => reason) };
    }

    private async isChanged(hooks: Hooks<Inputs, Outputs>, inputs: Inputs): Promise<boolean> {
        const { id, outputs } = this.known();
        return (await hooks.diff(id, copyOf(outputs), copyOf(inputs))).changes;
    }

    private known(): State<Inputs, Outputs> {
        if (this.state === undefined) {
            throw new Error("the resource does not exist");
        }
        return this.state;
    }
}

interface PartialError<Outputs> {
    readonly id?: string;
    readonly properties?: Outputs;
    readonly message: string;
    readonly reasons?: readonly string[];
}

/** Holds what the hooks print, instead of printing it. */
export class TalkingSession extends Session {
    readonly lines: string[];

    constructor(now: () => Date) {
        const lines: string[] = [];
        super(now, (line) => void lines.push(line));
        this.lines = lines;
    }
}

/** Its outputs as the hooks work with them; `state` has them as the backend does. */
export class Fleet extends Resource<FleetInputs, FleetState> {
    override get outputs(): FleetOutputs {
        return wholeOutputs(super.outputs);
    }
}

export type Gate = Resource<GateInputs, GateInputs>;

export function newFleet(now: () => Date = () => new Date()): Fleet {
    return new Fleet((session) => fleetHooks(() => session), now);
}

export function newGate(now: () => Date = () => new Date()): Gate {
    return new Resource((session) => gateHooks(() => session) as Hooks<GateInputs, GateInputs>, now);
}

/** A fleet's inputs as its component makes them. */
export function fleetInputs(catalog: Catalog, more: Partial<FleetInputs> = {}): FleetInputs {
    return {
        fleet: "images",
        wave: 0,
        catalog: compactCatalog(catalog, Object.keys(catalog.images)),
        onDrift: "repair",
        onUnknown: "warn",
        deleteOnDestroy: false,
        lock: {},
        promoted: false,
        ...more,
    };
}

export function gateInputs(catalog: Catalog, more: Partial<GateInputs> = {}): GateInputs {
    return {
        fleet: "images",
        catalog: compactCatalog(catalog, Object.keys(catalog.images)),
        onDrift: "fail",
        onUnknown: "fail",
        lock: {},
        promoted: false,
        ...more,
    };
}

/** A lock with one digest for one tag. */
export function lockOf(image: string, tag: string, digest: string, since?: string): Lock {
    return { [image]: { [tag]: { digest, ...(since === undefined ? {} : { since }) } } };
}

function copyOf<T>(value: T): T {
    return JSON.parse(JSON.stringify(value)) as T;
}
