import { runtime } from "@pulumi/pulumi";
import type { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { type Plain, type ResourceRecord, shortUrn } from "./graph";
import { plainValue } from "./plain";

/**
 * The record of one registration, read from the request that the SDK sends to the engine. A mock's `newResource` sees
 * none of a resource's options; the request has them all.
 */
export function recordOf(request: RegisterResourceRequest, root: string): ResourceRecord {
    const [parent, provider] = [request.getParent(), request.getProvider()];
    const dependencies = request.getDependenciesList().map(shortUrn).sort();
    const providers = Object.fromEntries(
        request
            .getProvidersMap()
            .toArray()
            .map(([name, reference]) => [name, providerOf(reference)])
            .sort(),
    );
    const options = optionsOf(request, root);
    return {
        type: request.getType(),
        name: request.getName(),
        ...(parent === "" ? {} : { parent: shortUrn(parent) }),
        ...(dependencies.length === 0 ? {} : { dependencies }),
        ...(provider === "" ? {} : { provider: providerOf(provider) }),
        ...(Object.keys(providers).length === 0 ? {} : { providers }),
        ...(Object.keys(options).length === 0 ? {} : { options }),
        ...(request.getCustom() ? { inputs: plainValue(request.getObject()?.toJavaScript() ?? {}, root) } : {}),
    };
}

/** A provider's reference is its URN and its id. */
function providerOf(reference: string): string {
    return shortUrn(reference.slice(0, reference.lastIndexOf("::")));
}

function optionsOf(request: RegisterResourceRequest, root: string): Record<string, Plain> {
    const timeouts = Object.entries(request.getCustomtimeouts()?.toObject() ?? {}).filter(([, value]) => value !== "");
    const all: Record<string, Plain | undefined> = {
        additionalSecretOutputs: listed(request.getAdditionalsecretoutputsList()),
        aliases: listed([...request.getAliasesList().map(aliasOf), ...request.getAliasurnsList()]),
        customTimeouts: timeouts.length === 0 ? undefined : (Object.fromEntries(timeouts) as Plain),
        deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
        deletedWith: request.getDeletedwith() === "" ? undefined : shortUrn(request.getDeletedwith()),
        hideDiffs: listed(request.getHidediffsList()),
        ignoreChanges: listed(request.getIgnorechangesList()),
        import: request.getImportid() === "" ? undefined : request.getImportid(),
        protect: request.getProtect() || undefined,
        replaceOnChanges: listed(request.getReplaceonchangesList()),
        replaceWith: listed(request.getReplaceWithList().map(shortUrn)),
        replacementTrigger: plainTrigger(request, root),
        retainOnDelete: request.getRetainondelete() || undefined,
    };
    const given = Object.entries(all).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as Record<string, Plain>;
}

function listed(values: readonly Plain[]): Plain | undefined {
    return values.length === 0 ? undefined : values;
}

function plainTrigger(request: RegisterResourceRequest, root: string): Plain | undefined {
    const trigger = request.getReplacementTrigger()?.toJavaScript();
    return trigger === undefined || trigger === null ? undefined : plainValue(trigger, root);
}

function aliasOf(alias: Alias): Plain {
    const spec = alias.getSpec();
    if (spec === undefined || alias.getUrn() !== "") {
        return alias.getUrn();
    }
    const { name, parenturn, type } = spec.toObject();
    const said = Object.entries({ name, parent: parenturn && shortUrn(parenturn), type });
    return Object.fromEntries(said.filter(([, value]) => value !== ""));
}

/** The monitor that mocks put in the engine's place, as far as it is used here. */
export interface Monitor {
    registerResource(request: RegisterResourceRequest, callback: unknown): unknown;
}

/** Lets a function see each registration before the mocks do. */
export function watchRegistrations(see: (request: RegisterResourceRequest) => void): void {
    const monitor = runtime.getMonitor() as unknown as Monitor;
    const original = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
        see(request);
        return original(request, callback);
    };
}
