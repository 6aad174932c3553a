import { TransshipError } from "../../errors";
import type { Harbor } from "../../harbor";
import type { Login } from "../rotation/logins";

/** What every object of Harbor's has as inputs. */
export interface HarborInputs {
    /** `https://harbor.example.com`. */
    readonly url: string;
    /** Of what has no name at Harbor, a word that never changes. */
    readonly name: string;
    /** The project that it is of; another one is another object. @default the whole Harbor's */
    readonly project?: string;
    /** Key of the login at Harbor, in the stack's configuration. */
    readonly credentials: string;
    /** Whether an object that is there already is taken over. */
    readonly adopt?: boolean;
    /** Computed by `check`: what its look found. */
    readonly observed?: HarborObserved;
    /**
     * Harbor's number of it, computed by `check` of what is there: in the preview of an update the engine knows the
     * inputs only, and what names this object would look changed.
     */
    readonly objectId?: number;
}

/** Exceptions only: of an object that is as it should be, nothing. */
export interface HarborObserved {
    /** One line for each field that somebody else changed: `public: have true, want false`. */
    readonly drift?: readonly string[];
    /** It was deleted at Harbor. */
    readonly gone?: string;
    /** It could not be asked, and why: no drift. */
    readonly unknown?: string;
}

/** What the state holds beside the inputs. Without an `objectId` nobody knows whether it was made. */
export interface HarborState extends HarborInputs {
    /** It was there before this stack, and stays after it. */
    readonly adopted?: boolean;
}

/** Comparable values by the names of their arguments: texts, numbers, truths, sorted lists; a Set has no order, and a line of drift for each of its lines. */
export type Fields = Readonly<Record<string, unknown>>;

/** Values that only the state has, such as a secret that Harbor tells once. */
export type HarborOutputs = Readonly<Record<string, unknown>>;

export interface Made {
    readonly objectId: number;
    readonly outputs?: HarborOutputs;
}

export interface HarborTools {
    readonly harbor: Harbor;
    /** Of a key in the stack's configuration. @throws TransshipError `CREDENTIALS_MISSING` */
    readonly login: (key: string) => Login;
    readonly now: Date;
}

/** One row of the table: what is particular about a kind of object. All else is the same for every kind. */
export interface HarborKind<Inputs extends HarborInputs, Actual> {
    /** In messages: `project`. */
    readonly word: string;
    /** What is wrong with inputs that are all known, one sentence each. */
    readonly problems: (inputs: Inputs) => string[];
    /** In messages, without Harbor's host. @default `word`, its name and its project */
    readonly title?: (inputs: Inputs) => string;
    /**
     * By its name, or by `inputs.objectId` where it is known already, with all that `actual` needs; undefined only
     * where it, or its project, is proven not to be there.
     *
     * @param former what this stack asked of it until now; undefined for one that it did not make yet
     */
    readonly find: (
        name: string,
        inputs: Inputs,
        tools: HarborTools,
        former: Partial<Inputs> | undefined,
    ) => Promise<Actual | undefined>;
    readonly idOf: (actual: Actual) => number;
    /** What the program says; what it does not say is not in it. @param userOf who a key logs in as */
    readonly wanted: (inputs: Inputs, userOf: (key: string) => string) => Fields;
    /** The same fields, as Harbor has them. */
    readonly actual: (actual: Actual) => Fields;
    /** Fields whose values reach no message. */
    readonly hidden?: readonly string[];
    /** Outputs that an update keeps, unless it makes new ones. */
    readonly outputs?: readonly string[];
    /** Inputs that `check` computes, by `plan` and `known`; the program gives none of them. */
    readonly computed?: readonly (keyof Inputs & string)[];
    /** What Harbor tells of it and nobody asks for: computed inputs and outputs, which follow Harbor. */
    readonly known?: (actual: Actual) => Readonly<Record<string, unknown>>;
    /** Computed inputs that depend on what was before, and what is to be told of them. */
    readonly plan?: (olds: Partial<Inputs>, news: Inputs, seen: Seen) => Plan<Inputs>;
    /**
     * Outputs that have to be right once the object is: made, kept or mended, at the end of every create and update.
     *
     * @param olds the state until now; undefined for what was just made or taken over
     * @param outputs what is known of them
     * @throws Unsettled with what the state must keep
     */
    readonly settle?: (
        inputs: Inputs,
        actual: Actual,
        olds: (Inputs & HarborState) | undefined,
        outputs: HarborOutputs,
        tools: HarborTools,
    ) => Promise<HarborOutputs>;
    /** Why an output of the state is no longer right, which only asking Harbor tells: one line of drift. */
    readonly stale?: (state: Inputs & HarborState, tools: HarborTools) => Promise<string | undefined>;
    /** @returns its id, with outputs where it has some */
    readonly create: (inputs: Inputs, tools: HarborTools) => Promise<number | Made>;
    /**
     * @param changed names of fields to bring to what is wanted; no others are touched
     * @returns new outputs, where there are some
     */
    readonly update: (
        inputs: Inputs,
        actual: Actual,
        changed: readonly string[],
        tools: HarborTools,
    ) => Promise<HarborOutputs | undefined>;
    readonly delete: (actual: Actual, tools: HarborTools) => Promise<void>;
    /** Inputs of which another value is another object, beside `url`, `project` and the name. */
    readonly replaces: readonly (keyof Inputs & string)[];
    /**
     * It has no name at Harbor, so that no other one can be taken: there is a single one, or there are several, each of
     * which is its number, and before that is known, what it says. @default it has a name
     */
    readonly nameless?: "single" | "several";
    /** Whether another `name` is the same object. */
    readonly renames: boolean;
    /** Why an object that is there can not be taken over as this one. */
    readonly unfit?: (inputs: Inputs, actual: Actual) => string | undefined;
    /** Fields to send although they look equal. @param olds undefined for what is taken over */
    readonly touched?: (olds: Inputs | undefined, news: Inputs) => readonly string[];
    /** A look beyond the object. @param isWork whether it is about to be made or changed */
    readonly verify?: (
        inputs: Inputs,
        actual: Actual | undefined,
        isWork: boolean,
        tools: HarborTools,
    ) => Promise<Verdict>;
}

/** What `check` saw of an object. */
export interface Seen {
    readonly is: "absent" | "adopted" | "kept" | "unknown";
    readonly now: Date;
}

export interface Plan<Inputs> {
    readonly inputs: Partial<Inputs>;
    /** What is told of it. */
    readonly lines: readonly string[];
}

/** Of an object that is as it should be, an output is not; the state keeps what is known of it. */
export class Unsettled extends TransshipError {
    constructor(
        code: string,
        message: string,
        readonly outputs: HarborOutputs,
    ) {
        super(code, message);
    }
}

/** What only Harbor's own test of an object shows. */
export interface Verdict {
    /** Why it can not be made or changed as the program says. */
    readonly refusals?: readonly string[];
    /** Lines of drift. */
    readonly drift?: readonly string[];
    /** What is told and stops nothing. */
    readonly warning?: string;
}
