import * as pulumi from "@pulumi/pulumi";
import { TransshipError } from "../../core/errors";

/** Refuses a word that is none of the choices, at once where the value is known already. */
export function checkChoice(property: string, value: unknown, choices: readonly string[]): void {
    if (typeof value === "string" && !choices.includes(value)) {
        const reason = `must be one of ${choices.map((choice) => `"${choice}"`).join(", ")}, not "${value}"`;
        throw new pulumi.InputPropertyError({ propertyPath: property, reason });
    }
}

/** Runs a pure builder; a user's mistake in it is told about the argument, without a stack. */
export function atProperty<T>(property: string, build: () => T): T {
    try {
        return build();
    } catch (error) {
        if (error instanceof TransshipError) {
            throw new pulumi.InputPropertyError({ propertyPath: property, reason: error.message });
        }
        throw error;
    }
}

/** The same inside an Output, where only the program's end can tell it. */
export function orRunError<T>(build: () => T): T {
    try {
        return build();
    } catch (error) {
        throw error instanceof TransshipError ? new pulumi.RunError(error.message) : error;
    }
}
