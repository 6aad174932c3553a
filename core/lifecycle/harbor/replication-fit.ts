import type { ReplicationPolicy } from "../../harbor";
import type { HarborTools, Verdict } from "./kind";
import type { ReplicationInputs } from "./replication-inputs";

const GHCR = "github-ghcr";

/**
 * Whether the registry at the other end can do what the rule says. Harbor takes every rule, and those that cannot work
 * fail, or carry nothing, when they run.
 *
 * @throws HarborError where that cannot be asked
 */
export async function verifyReplication(
    inputs: ReplicationInputs,
    actual: ReplicationPolicy | undefined,
    isWork: boolean,
    { harbor }: HarborTools,
): Promise<Verdict> {
    if (!isWork) {
        return {};
    }
    const { direction, name, registryId, replicateDeletion } = inputs;
    const endpoint = await harbor.registries.get(registryId);
    if (endpoint === undefined) {
        return {
            refusals: [
                `The replication rule ${name} is of the registry endpoint ${registryId}, which Harbor at ${harbor.host} does not have: name one that is there, as endpoint.objectId.`,
            ],
        };
    }
    const why = direction === "pull" ? unfitSource(endpoint.type, inputs, actual) : undefined;
    if (why !== undefined) {
        const from = `the registry endpoint ${endpoint.name}`;
        return { refusals: [`The replication rule ${name} cannot pull from ${from}: ${why}.`] };
    }
    return direction === "push" && endpoint.type === GHCR && replicateDeletion === true
        ? { warning: "replicateDeletion has no effect: ghcr.io deletes nothing for Harbor" }
        : {};
}

/** (goharbor/harbor, src/pkg/reg/adapter: of a pull the adapter of the source lists what there is) */
function unfitSource(
    type: string,
    { filters }: ReplicationInputs,
    actual: ReplicationPolicy | undefined,
): string | undefined {
    if (type !== "harbor" && filters?.labels !== undefined) {
        return `only a Harbor has labels, and this is of type ${type}: take filters.labels away`;
    }
    if (type !== GHCR) {
        return undefined;
    }
    if (filters?.resource === "artifact") {
        return 'Harbor sees images only at ghcr.io: take filters.resource "artifact" away';
    }
    const names = filters === undefined ? nameFilterOf(actual) : (filters.names ?? "");
    return isExact(names)
        ? undefined
        : `ghcr.io has no list of its repositories, so filters.names must be exact names, such as acme/app or acme/{app,web}, and not ${
              names === "" ? "none" : `"${names}"`
          }: name each one, with a rule for each owner`;
}

export function nameFilterOf(policy: ReplicationPolicy | undefined): string {
    const value = policy?.filters?.find(({ type }) => type === "name")?.value;
    return typeof value === "string" ? value : "";
}

/**
 * Whether a pattern means names that can be counted: no wildcard, and one `{a,b}` for each part of the path at the most.
 * (src/pkg/reg/util/pattern.go, `IsSpecificPath`)
 */
export function isExact(pattern: string): boolean {
    return pattern.split("/").every((part) => {
        if (part === "" || /[*?[\]\\^]/.test(part)) {
            return false;
        }
        return /^[^{},]+$/.test(part) || /^[^{},]*\{[^{}]*\}[^{},]*$/.test(part);
    });
}
