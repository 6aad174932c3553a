import * as pulumi from "@pulumi/pulumi";
import { TransshipError } from "../../core/errors";

/**
 * A bad argument, as Pulumi tells it. Without a stack: it helps no user, and Pulumi inspects what a program throws,
 * which takes Node 20 half a minute for some stacks (see TransshipError).
 */
export function badArgument(propertyPath: string, reason: string): Error {
    const error = new pulumi.InputPropertyError({ propertyPath, reason });
    error.stack = error.message;
    return error;
}

/** Refuses a word that is none of the choices, at once where the value is known already. */
export function checkChoice(property: string, value: unknown, choices: readonly string[]): void {
    if (typeof value === "string" && !choices.includes(value)) {
        const known = choices.map((choice) => `"${choice}"`).join(", ");
        throw badArgument(property, `must be one of ${known}, not "${value}"`);
    }
}

/** Runs a pure builder; a user's mistake in it is told about the argument. */
export function atProperty<T>(property: string, build: () => T): T {
    try {
        return build();
    } catch (error) {
        throw error instanceof TransshipError ? badArgument(property, error.message) : error;
    }
}
