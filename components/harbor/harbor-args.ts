import type * as pulumi from "@pulumi/pulumi";

/** What every object of Harbor's has. */
export interface HarborObjectArgs {
    /** Harbor's address, without a path: `https://harbor.example.com`. Another one is another object. */
    readonly url: pulumi.Input<string>;
    /**
     * Key of the login at Harbor, in the stack's configuration: `pulumi config set --secret --path
     * 'transship:credentials.KEY.password'` (and `.username`). It is never an input. Without it the environment:
     * HARBOR_USERNAME and HARBOR_PASSWORD. @default "harbor"
     */
    readonly credentials?: pulumi.Input<string>;
    /**
     * Whether one of that name which is there already is taken over: the preview says what would change, and `destroy`
     * leaves it. Without it a name that is taken is an error. @default false
     */
    readonly adopt?: pulumi.Input<boolean>;
}

/**
 * What a shim hands on: every input of a kind, so that none is forgotten, but for what `check` computes.
 *
 * @typeParam Without inputs that the kind does not have, or that it computes as well
 */
export type GivenInputs<Inputs, Without extends string = never> = Record<
    Exclude<keyof Inputs, "observed" | "objectId" | Without>,
    unknown
>;
