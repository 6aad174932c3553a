import { suggestion } from "../catalog";
import { chartError } from "./error";
import type { HarborChartValues } from "./keys";
import { HARBOR_PARTS, type HarborChartWish, type HarborPart, type PodSettings } from "./wish";

const CONTAINER_SETTINGS = ["resources", "extraEnvVars"] as const;

/** Replicas of each part: two, where nothing is said. @throws HarborChartError */
export function replicasOf({ replicas = 2 }: Pick<HarborChartWish, "replicas">): Record<HarborPart, number> {
    checkParts("replicas", typeof replicas === "number" ? {} : replicas);
    const each = (part: HarborPart) => (typeof replicas === "number" ? replicas : (replicas[part] ?? 2));
    return Object.fromEntries(
        HARBOR_PARTS.map((part) => {
            const count = each(part);
            if (!Number.isInteger(count) || count < 1) {
                throw chartError(`"replicas" of ${part} is ${count}: give a whole number, one or more.`);
            }
            return [part, count];
        }),
    ) as Record<HarborPart, number>;
}

/** Replicas, budgets and placing of the pods, by part. @throws HarborChartError */
export function partValues(wish: HarborChartWish): Record<HarborPart, Record<string, unknown>> {
    const replicas = replicasOf(wish);
    const { all = {}, ...own } = wish.pods ?? {};
    checkParts("pods", own);
    const absent = [...(wish.trivy === false ? ["trivy"] : []), ...(wish.metrics === false ? ["exporter"] : [])];
    return Object.fromEntries(
        HARBOR_PARTS.map((part) => {
            const count = replicas[part];
            const settings = { ...all, ...own[part] };
            // The chart makes budgets of parts that it leaves out, too.
            const kept = absent.includes(part) ? {} : budget(count);
            return [part, { replicas: count, ...kept, ...placed(part, settings, count) }];
        }),
    ) as unknown as Record<HarborPart, Record<string, unknown>>;
}

/** All but one stay while nodes are drained. */
function budget(replicas: number): object {
    return replicas > 1 ? { podDisruptionBudget: { enabled: true, minAvailable: replicas - 1 } } : {};
}

function placed(part: HarborPart, settings: PodSettings, replicas: number): object {
    const { extraEnvVars, resources, ...pod } = settings;
    const spread = settings.topologySpreadConstraints ?? (replicas > 1 ? SPREAD : []);
    const containers = Object.fromEntries(
        CONTAINER_SETTINGS.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
    );
    const shared = { ...pod, ...(spread.length === 0 ? {} : { topologySpreadConstraints: spread }) };
    // The registry's pod has two containers, each with values of its own.
    return part === "registry"
        ? { ...shared, registry: containers, controller: containers }
        : { ...shared, ...containers };
}

/** Apart where it can be; a cluster of one node still starts. The chart writes the label selector. */
const SPREAD = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
}));

function checkParts(argument: string, given: object): void {
    const unknown = Object.keys(given).find((part) => !(HARBOR_PARTS as readonly string[]).includes(part));
    if (unknown !== undefined) {
        throw chartError(`"${argument}.${unknown}" is no part of Harbor's${suggestion(unknown, HARBOR_PARTS)}.`);
    }
}

/** @throws HarborChartError */
export function metricsValues({ metrics = true }: HarborChartWish): HarborChartValues["metrics"] {
    if (typeof metrics === "boolean") {
        return { enabled: metrics };
    }
    const { serviceMonitor = false } = metrics;
    if (typeof serviceMonitor === "boolean") {
        return { enabled: true, serviceMonitor: { enabled: serviceMonitor } };
    }
    const { interval, labels } = serviceMonitor;
    return {
        enabled: true,
        serviceMonitor: {
            enabled: true,
            ...(interval === undefined ? {} : { interval }),
            ...(labels === undefined ? {} : { additionalLabels: labels }),
        },
    };
}
