import type { InputPropertyError } from "@pulumi/pulumi";

/** `property: reason` of the bad argument that a program ends with; undefined where it ends well. */
export async function toldBy(program: () => unknown): Promise<string | undefined> {
    try {
        await program();
        return undefined;
    } catch (error) {
        const { propertyPath, message } = error as InputPropertyError;
        return `${propertyPath}: ${message}`;
    }
}
