import type { RegistryDocument } from "../document";
import type { PullsDocument } from "../pulls";
import { gauge, type MetricFamily, sample } from "./family";

/** Whether each registry could be asked, and how the accounts stand whose pulls are counted. */
export function registryFamilies(
    environment: string,
    registries: readonly RegistryDocument[],
    pulls: readonly PullsDocument[],
): MetricFamily[] {
    const hosts = new Map(registries.map(({ name, host }) => [name, host]));
    // Registries that share an account show its one number each, so that every metric can be joined by `registry`.
    const accounts = pulls.flatMap((account) =>
        account.registries.map((registry) => ({
            ...account,
            labels: { environment, registry, host: hosts.get(registry) ?? account.host },
        })),
    );
    return [
        gauge(
            "transship_registry_up",
            "1 if anything at the registry could be asked in the last look, 0 if nothing could.",
            registries.flatMap(({ name, host, up }) =>
                up === undefined ? [] : [sample({ environment, registry: name, host }, up ? 1 : 0)],
            ),
        ),
        gauge(
            "transship_pulls_remaining",
            "Pulls that are left of the registry's limit, by its last answer.",
            accounts.map(({ labels, remaining }) => sample(labels, remaining)),
        ),
        gauge(
            "transship_pulls_limit",
            "Pulls that the registry allows in a window.",
            accounts.map(({ labels, limit }) => sample(labels, limit)),
        ),
        gauge(
            "transship_pulls_kept",
            "Pulls that the catalogue's keepRemaining holds back.",
            accounts.map(({ labels, keeps }) => sample(labels, keeps)),
        ),
    ];
}
