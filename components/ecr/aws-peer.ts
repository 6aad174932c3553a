import type * as ecr from "@pulumi/aws/ecr";
import type * as ecrpublic from "@pulumi/aws/ecrpublic";
import type * as callerIdentity from "@pulumi/aws/getCallerIdentity";
import type * as regionModule from "@pulumi/aws/getRegion";
import type * as iam from "@pulumi/aws/iam";
import type * as secretsmanager from "@pulumi/aws/secretsmanager";
import { badArgument } from "../images/arguments";

interface AwsServices {
    readonly ecr: typeof ecr;
    readonly ecrpublic: typeof ecrpublic;
    readonly iam: typeof iam;
    readonly secretsmanager: typeof secretsmanager;
}

/**
 * One service of the optional peer @pulumi/aws, loaded where it is used: never the whole SDK, which takes seconds. A
 * service's module loads each of its resources when that is used first.
 *
 * @throws InputPropertyError where the package is not installed
 */
export function awsService<Name extends keyof AwsServices>(name: Name): AwsServices[Name] {
    return orNotInstalled(LOADERS[name]);
}

/** Who the provider is, and where: functions of the SDK's root, each from its own module. */
export function awsIdentity(): Pick<typeof callerIdentity, "getCallerIdentityOutput"> &
    Pick<typeof regionModule, "getRegionOutput"> {
    return orNotInstalled(() => ({
        getCallerIdentityOutput: require("@pulumi/aws/getCallerIdentity").getCallerIdentityOutput,
        getRegionOutput: require("@pulumi/aws/getRegion").getRegionOutput,
    }));
}

// A text that bundlers and Node can see for each.
const LOADERS: { readonly [Name in keyof AwsServices]: () => AwsServices[Name] } = {
    ecr: () => require("@pulumi/aws/ecr"),
    ecrpublic: () => require("@pulumi/aws/ecrpublic"),
    iam: () => require("@pulumi/aws/iam"),
    secretsmanager: () => require("@pulumi/aws/secretsmanager"),
};

function orNotInstalled<T>(load: () => T): T {
    try {
        return load();
    } catch (error) {
        throw (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND" ? notInstalled() : error;
    }
}

function notInstalled(): Error {
    return badArgument("opts", "resources at AWS take the package @pulumi/aws: npm install @pulumi/aws");
}
