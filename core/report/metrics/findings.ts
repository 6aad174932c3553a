import type { Finding } from "../../mirror";
import type { SelectionDocument } from "../selection";
import { gauge, type MetricFamily, type Sample, sample } from "./family";

/** What verdicts on digests do not tell: findings, and images whose tags could not be decided. */
export function findingFamilies(
    environment: string,
    findings: readonly Finding[],
    selections: readonly SelectionDocument[],
): MetricFamily[] {
    return [
        gauge(
            "transship_finding",
            "1 for each finding beside the verdicts, 0 while it is waived.",
            strongest(
                findings.map(({ code, severity, image, tag, registry = "", repository = "", reference = "", waived }) =>
                    sample(
                        { environment, code, severity, image, tag, registry, repository, reference },
                        waived === undefined ? 1 : 0,
                    ),
                ),
            ),
        ),
        gauge(
            "transship_selection_problem",
            "Always 1: an image whose selectors' tags are not, or not all, decided.",
            strongest(
                selections.flatMap(({ image, problems }) =>
                    problems.map(({ status, registry, code }) =>
                        sample({ environment, image, registry, status, code }, 1),
                    ),
                ),
            ),
        ),
    ];
}

/** Two findings may differ in their sentence alone: one series then, and what counts wins over what is waived. */
function strongest(samples: readonly Sample[]): Sample[] {
    const byLabels = new Map<string, Sample>();
    for (const one of samples) {
        const key = JSON.stringify(one.labels);
        if (one.value >= (byLabels.get(key)?.value ?? 0)) {
            byLabels.set(key, one);
        }
    }
    return [...byLabels.values()];
}
