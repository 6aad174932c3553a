import * as pulumi from "@pulumi/pulumi";
import {
    type Catalog,
    type CompactCatalog,
    catalogOfReferences,
    type Lock,
    type Purpose,
    selectImages,
} from "../../core/catalog";
import type { GateInputs, OnUnknown } from "../../core/lifecycle";
import { atProperty, badArgument, checkChoice } from "./arguments";
import { compactInput } from "./compact-input";
import type { ImageFleet } from "./image-fleet";
import { lockFor } from "./lock-input";
import { imagesForPurpose } from "./purpose";

/** See fleet-wave.ts: no fields, nothing captured, the same text from release to release. */
const provider: pulumi.dynamic.ResourceProvider = {
    async configure(request) {
        return (await import("transship/lifecycle")).configure(request.config);
    },
    async check(olds, news) {
        return (await import("transship/lifecycle")).gate.check(olds, news);
    },
    async diff(id, olds, news) {
        return (await import("transship/lifecycle")).gate.diff(id, olds, news);
    },
    async create(inputs) {
        return (await import("transship/lifecycle")).gate.create(inputs);
    },
    async update(id, olds, news) {
        return (await import("transship/lifecycle")).gate.update(id, olds, news);
    },
    async read(id, props) {
        return (await import("transship/lifecycle")).gate.read(id, props as never);
    },
    async delete() {
        return (await import("transship/lifecycle")).gate.delete();
    },
};

export interface DigestGateArgs {
    /** The fleet whose images are guarded: its look is used, at no request of the gate's own. */
    readonly fleet?: ImageFleet;
    /** Without a fleet: the catalogue to look at. With `references` it only says how to reach their registries. */
    readonly catalog?: Catalog;
    /** Which images. @default all of the fleet or the catalogue */
    readonly images?: readonly string[];
    /** As of the fleet: images of the other purpose are refused. @default the fleet's, or the catalogue's environment's */
    readonly purpose?: Purpose;
    /** Instead of a fleet: references that must all show one digest; a digest in one of them is the one that all need. */
    readonly references?: pulumi.Input<pulumi.Input<string>[]>;
    /** What a copy without proof does. @default "fail" */
    readonly onDrift?: pulumi.Input<GateInputs["onDrift"]>;
    /** What a copy that could not be asked does. @default "fail" */
    readonly onUnknown?: pulumi.Input<OnUnknown>;
}

/**
 * Holds back what depends on it while an image's copies are not proven to be the same. It fails when it is created or
 * updated, never the whole program: with `--continue-on-error` only its dependants wait.
 */
export class DigestGate extends pulumi.dynamic.Resource {
    constructor(name: string, args: DigestGateArgs, opts?: pulumi.CustomResourceOptions) {
        checkChoice("onDrift", args.onDrift, ["warn", "fail"]);
        checkChoice("onUnknown", args.onUnknown, ["warn", "fail"]);
        checkChoice("purpose", args.purpose, ["ci", "release"]);
        const guarded = atProperty("images", () => whatIsGuarded(args));
        const inputs: Record<keyof Omit<GateInputs, "selected" | "pinned" | "observed" | "fleet">, unknown> = {
            ...guarded,
            onDrift: args.onDrift ?? "fail",
            onUnknown: args.onUnknown ?? "fail",
        };
        const own: pulumi.CustomResourceOptions = args.fleet === undefined ? {} : { dependsOn: [args.fleet] };
        super(
            provider,
            name,
            { ...inputs, fleet: args.fleet?.members.name },
            pulumi.mergeOptions(own, opts),
            "transship",
            "DigestGate",
        );
    }
}

const ADVICE = "name the others in images: […]";

interface Guarded {
    readonly catalog: pulumi.Input<CompactCatalog>;
    readonly lock: pulumi.Input<Lock>;
    readonly promoted: boolean;
}

function whatIsGuarded(args: DigestGateArgs): Guarded {
    const { fleet, catalog, images, references } = args;
    if (references !== undefined) {
        const made = pulumi
            .output(references)
            .apply((list) => atProperty("references", () => catalogOfReferences(list, catalog)));
        return { catalog: made.apply(({ compact }) => compact), lock: made.apply(({ lock }) => lock), promoted: false };
    }
    if (fleet !== undefined) {
        const members = Object.fromEntries(fleet.members.images.map((one) => [one.name, one]));
        const chosen = imagesForPurpose(
            args.purpose ?? fleet.members.purpose,
            selectImages({ images: members }, { images }),
            ADVICE,
        );
        return {
            catalog: fleet.members.compact(chosen),
            lock: fleet.members.lock(chosen),
            promoted: fleet.members.promoted,
        };
    }
    if (catalog === undefined) {
        throw badArgument("fleet", "give the gate a fleet, references or a catalog");
    }
    const chosen = imagesForPurpose(args.purpose ?? catalog.purpose, selectImages(catalog, { images }), ADVICE);
    const names = chosen.map((image) => image.name);
    return { catalog: compactInput(catalog, names), lock: lockFor(catalog.lock, names), promoted: false };
}
