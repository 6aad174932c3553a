import type * as pulumi from "@pulumi/pulumi";

/**
 * One of Harbor's patterns, or all but what it matches: `{ matches: "v*" }`, `{ excludes: "{sha256-*,latest}" }`. `*` and
 * `?` stand for letters of a part of the path, `**` for parts of it, `{a,b}` for one of both; names of repositories are
 * those below the project.
 */
export type HarborPattern =
    | { readonly matches: pulumi.Input<string>; readonly excludes?: never }
    | { readonly excludes: pulumi.Input<string>; readonly matches?: never };
