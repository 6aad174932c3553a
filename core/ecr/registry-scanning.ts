import { quote } from "../oci";
import { ecrError } from "./error";

export type ScanFrequency = "SCAN_ON_PUSH" | "CONTINUOUS_SCAN";

/** What is scanned for vulnerabilities in a whole registry, as a user says it. */
export interface RegistryScanning {
    /** `BASIC`: the operating system's packages, free. `ENHANCED`: Amazon Inspector, languages' packages too, paid. */
    readonly type: "BASIC" | "ENHANCED";
    /**
     * When which repositories are scanned, by names of repositories: with `*` a pattern of the whole name, without one
     * whatever name contains the text. What no rule names is scanned by hand (`BASIC`) or not at all.
     * @default none
     */
    readonly rules?: readonly { readonly frequency: ScanFrequency; readonly filters: readonly string[] }[];
}

/** As PutRegistryScanningConfiguration takes it. */
export interface ScanningConfiguration {
    readonly scanType: RegistryScanning["type"];
    readonly rules: readonly {
        readonly scanFrequency: ScanFrequency;
        readonly repositoryFilters: readonly { readonly filter: string; readonly filterType: "WILDCARD" }[];
    }[];
}

/** (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html) */
const FREQUENCIES: Readonly<Record<RegistryScanning["type"], readonly ScanFrequency[]>> = {
    BASIC: ["SCAN_ON_PUSH"],
    ENHANCED: ["SCAN_ON_PUSH", "CONTINUOUS_SCAN"],
};
const MOST_FILTERS = 100;
const MOST_CHARACTERS = 255;

/**
 * The scanning configuration of a registry, which has one in each region.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryScanningConfiguration.html)
 *
 * @throws EcrError
 */
export function registryScanning({ type, rules = [] }: RegistryScanning): ScanningConfiguration {
    const frequencies = FREQUENCIES[type];
    if (frequencies === undefined) {
        throw ecrError(`The type of scanning must be "BASIC" or "ENHANCED", not ${quote(String(type))}.`);
    }
    const seen = new Set<ScanFrequency>();
    for (const { frequency, filters } of rules) {
        if (!frequencies.includes(frequency)) {
            throw ecrError(
                `Scanning of the type ${type} has no frequency ${quote(String(frequency))}: give ${frequencies.join(" or ")}.`,
            );
        }
        if (seen.has(frequency)) {
            throw ecrError(`Two rules scan ${frequency}, and AWS takes one of each: put all filters into one rule.`);
        }
        seen.add(frequency);
        checkFilters(frequency, filters);
    }
    return {
        scanType: type,
        rules: rules.map(({ frequency, filters }) => ({
            scanFrequency: frequency,
            repositoryFilters: filters.map((filter) => ({ filter, filterType: "WILDCARD" })),
        })),
    };
}

function checkFilters(frequency: ScanFrequency, filters: readonly string[]): void {
    if (filters.length === 0 || filters.length > MOST_FILTERS) {
        throw ecrError(
            `The rule ${frequency} has ${filters.length} filters: give 1 to ${MOST_FILTERS} of them, such as "*" for all repositories.`,
        );
    }
    const twice = filters.find((filter, index) => filters.indexOf(filter) !== index);
    if (twice !== undefined) {
        throw ecrError(`The rule ${frequency} has the filter ${quote(twice)} twice: once is enough.`);
    }
    const wrong = filters.find((filter) => filter.length > MOST_CHARACTERS || !isFilter(filter));
    if (wrong !== undefined) {
        throw ecrError(
            `The filter ${quote(wrong)} must be part of a repository's name, in lower case, with * for whatever is there, at most ${MOST_CHARACTERS} characters.`,
        );
    }
}

/**
 * AWS has it as one pattern, which takes exponential time where it does not fit; the same in two steps.
 * (docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html)
 */
function isFilter(filter: string): boolean {
    return /^[a-z0-9*](?:[._\-/a-z0-9*]*[a-z0-9*])?$/.test(filter) && !/[._\-/]{2}/.test(filter);
}
