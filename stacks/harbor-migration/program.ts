import * as pulumi from "@pulumi/pulumi";
import * as transship from "transship";
import { catalogAt, STEPS, type Step } from "./catalog";

/**
 * A self-built Harbor in the place of the stable registry, in steps. Nothing that a step needs is made only with it, and
 * nothing that the step before it needs goes with it: so a step is an `up`, and so is the way back.
 *
 * 1. `proxy-cache`: clients pull through Harbor, which asks the stable registry for what it has not.
 * 2. `replication`: Harbor's rules bring what the catalogue names, the fleet proves it by digest; the caches go on.
 * 3. `cut-over`: what is at Harbor is the image. Nothing is brought from the stable registry any more, and what nobody
 *    names ages out. The caches go when `caches: remove` says that nothing is pulled through them.
 */
export function program() {
    const config = new pulumi.Config();
    const step = oneOf(config, "step", STEPS);
    const caches = oneOf(config, "caches", ["keep", "remove"]);
    if (caches === "remove" && step !== "cut-over") {
        throw new pulumi.RunError(
            `caches: remove is for after the cut-over; at the step ${step} clients pull through them.`,
        );
    }
    const stable = config.require("stable");
    const harbor = config.require("harbor");
    const insecure = config.getBoolean("insecure") ?? false;
    const catalog = catalogAt(step, { stable, harbor, insecure });

    // Harbor itself: whoever has none yet makes it before this stack, by transship.HarborRelease on Kubernetes in a stack of
    // its own, whose address is then `harbor` here. It does not belong to the migration: it stays when this stack goes.
    const url = config.get("harborUrl") ?? `https://${harbor}`;

    const makeMirror = (opts: pulumi.ComponentResourceOptions) =>
        new transship.HarborMirror(
            "mirror",
            {
                catalog,
                url,
                proxyCaches: caches === "remove" ? {} : { stable: { source: "stable" }, hub: { source: "docker.io" } },
                replication: step === "proxy-cache" ? false : { schedule: "0 0 * * * *", singleActive: true },
                retention: step === "cut-over" ? { schedule: "daily" } : { schedule: "manual" },
                garbageCollection: { schedule: "weekly" },
            },
            opts,
        );
    const makeFleet = (opts: pulumi.ComponentResourceOptions) =>
        new transship.ImageFleet("images", { catalog, onDrift: step === "cut-over" ? "fail" : "warn" }, opts);

    // What is at Harbor is proven from the second step on; at the cut-over, before anything ends.
    const proven = step === "cut-over" ? makeFleet({}) : undefined;
    const mirror = makeMirror(proven === undefined ? {} : { dependsOn: proven });
    const fleet = step === "replication" ? makeFleet({ dependsOn: mirror }) : proven;
    return {
        step: step as Step,
        carriedByTransship: mirror.carriedByTransship,
        rules: mirror.rules,
        robot: mirror.robot?.username,
        robotSecret: mirror.robot && pulumi.secret(mirror.robot.secret),
        images: fleet?.refs,
    };
}

function oneOf<T extends string>(config: pulumi.Config, key: string, words: readonly T[]): T {
    const word = config.require(key);
    const found = words.find((one) => one === word);
    if (found === undefined) {
        throw new pulumi.RunError(`${key} must be one of ${words.join(", ")}, not "${word}".`);
    }
    return found;
}
