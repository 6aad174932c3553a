import * as pulumi from "@pulumi/pulumi";

/**
 * Works on arguments as soon as they are known: at once where they are plain, so that a mistake ends the program where it
 * was made, and in an Output otherwise. The work must be pure: plain arguments see it twice.
 */
export function plainOrLater<T extends object, R>(args: T, work: (args: pulumi.Unwrap<T>) => R): pulumi.Output<R> {
    if (isPlain(args)) {
        work(args as pulumi.Unwrap<T>);
    }
    return pulumi.output(args).apply((known) => work(known as pulumi.Unwrap<T>)) as pulumi.Output<R>;
}

/** Whether nothing of it is an output or a promise. */
export function isPlain(value: unknown): boolean {
    if (pulumi.Output.isInstance(value) || value instanceof Promise) {
        return false;
    }
    return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}
