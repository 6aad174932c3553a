import * as pulumi from "@pulumi/pulumi";
import { badArgument } from "../images/arguments";

/** Of each program: the engine's connection is its own, also where several run in one process. */
const taken = new WeakMap<object, Map<string, string>>();

/**
 * Takes what a registry has only once for a component, whatever that sets it to: two would overwrite one another at every
 * deploy, since each finds the other's value. Other stacks cannot be seen.
 *
 * @throws InputPropertyError where another component of this program has it
 */
export function takeOnce(host: string, setting: string, component: string, argument = setting): void {
    const program: object = pulumi.runtime.getMonitor() ?? taken;
    const places = taken.get(program) ?? new Map<string, string>();
    taken.set(program, places);
    const key = `${host} ${setting}`;
    const other = places.get(key);
    if (other !== undefined) {
        throw badArgument(
            argument,
            `is one for the whole registry ${host}, and ${other} sets it already: set it in one of the two`,
        );
    }
    places.set(key, component);
}
