import type * as batch from "@pulumi/kubernetes/batch/v1/cronJob";
import type * as namespace from "@pulumi/kubernetes/core/v1/namespace";
import type * as secret from "@pulumi/kubernetes/core/v1/secret";
import type * as release from "@pulumi/kubernetes/helm/v3/release";
import { badArgument } from "../images/arguments";

interface KubernetesResources {
    readonly CronJob: typeof batch.CronJob;
    readonly Namespace: typeof namespace.Namespace;
    readonly Release: typeof release.Release;
    readonly Secret: typeof secret.Secret;
}

/**
 * One resource of the optional peer @pulumi/kubernetes, loaded where it is used from its own module: never the whole SDK,
 * which takes seconds.
 *
 * @throws InputPropertyError where the package is not installed
 */
export function kubernetes<Name extends keyof KubernetesResources>(name: Name): KubernetesResources[Name] {
    try {
        return LOADERS[name]();
    } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" ? notInstalled() : error;
    }
}

// A text that bundlers and Node can see for each.
const LOADERS: { readonly [Name in keyof KubernetesResources]: () => KubernetesResources[Name] } = {
    CronJob: () => require("@pulumi/kubernetes/batch/v1/cronJob").CronJob,
    Namespace: () => require("@pulumi/kubernetes/core/v1/namespace").Namespace,
    Release: () => require("@pulumi/kubernetes/helm/v3/release").Release,
    Secret: () => require("@pulumi/kubernetes/core/v1/secret").Secret,
};

function notInstalled(): Error {
    return badArgument(
        "opts",
        "resources on Kubernetes take the package @pulumi/kubernetes: npm install @pulumi/kubernetes",
    );
}
