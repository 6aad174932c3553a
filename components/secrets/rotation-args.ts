import type * as pulumi from "@pulumi/pulumi";
import { parseDuration } from "../../core/catalog";
import { badArgument } from "../images/arguments";

/** When a secret is made anew; whatever depends on it gets it in the same deploy. */
export interface RotationArgs {
    /**
     * How long one lasts: `90d`, `12h` (`1h` at the least). The first deploy after that makes the next: nothing happens
     * without one. @default never
     */
    readonly rotateAfter?: pulumi.Input<string>;
    /** Any other value than at the last deploy makes a new one. @default undefined */
    readonly rotate?: pulumi.Input<string | number>;
    /**
     * Key of the login that may make it, in the stack's configuration: `pulumi config set --secret --path
     * 'transship:credentials.KEY.password'`. It is never an input. Without it the environment: HARBOR_USERNAME and
     * HARBOR_PASSWORD, DOCKERHUB_USERNAME and DOCKERHUB_PASSWORD. @default "harbor", "dockerhub"
     */
    readonly credentials?: pulumi.Input<string>;
}

/** At once, where the program says it in plain text. @throws InputPropertyError */
export function checkRotateAfter(given: pulumi.Input<string> | undefined): void {
    if (typeof given === "string" && parseDuration(given) === undefined) {
        throw badArgument("rotateAfter", `must be a duration, such as "90d", not ${JSON.stringify(given)}`);
    }
}
