import * as pulumi from "@pulumi/pulumi";
import { parseRepositoryName } from "../../core/github-names";
import { atProperty } from "../images/arguments";

/** The bare name, which is what GitHub's provider takes. @throws InputPropertyError */
export function nameOf(repository: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.output(repository).apply((text) => checkRepository(text).name);
}

/** @throws InputPropertyError */
export function checkRepository(repository: string): { readonly owner: string; readonly name: string } {
    return atProperty("repository", () => parseRepositoryName(repository));
}
