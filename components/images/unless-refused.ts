import * as pulumi from "@pulumi/pulumi";

/**
 * What resources say, unless an input of theirs is refused. A resource with a refused input is never made, and what it
 * would say never comes: a program that waits for it, as one run by the Automation API does, would wait for ever. So the
 * refusals are handed on.
 *
 * @param refusable what may be rejected: the registry's place, and every argument that is checked late
 */
export function unlessRefused<T>(
    said: pulumi.Output<T>,
    refusable: readonly (pulumi.Output<unknown> | undefined)[],
): pulumi.Output<T> {
    // Whether it came is no secret, also where it is one.
    const came = refusable.filter((one) => one !== undefined).map((one) => pulumi.unsecret(one.apply(() => true)));
    return pulumi.all([said, pulumi.all(came)]).apply(([value]) => value) as pulumi.Output<T>;
}
