import { readFileSync } from "node:fs";
import { join } from "node:path";

export const FOLDER = join(__dirname, "..", "..", "monitoring");
export const RULES = join(FOLDER, "transship.rules.yml");

interface Target {
    readonly refId: string;
    readonly expr: string;
}

export interface Panel {
    readonly id: number;
    readonly type: string;
    readonly title: string;
    readonly description?: string;
    readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
    readonly targets?: readonly Target[];
}

export interface Variable {
    readonly name: string;
    readonly type: string;
    readonly query: string;
}

export interface Dashboard {
    readonly uid: string;
    readonly title: string;
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly Variable[] };
}

export function readDashboard(): Dashboard {
    return JSON.parse(readFileSync(join(FOLDER, "grafana-dashboard.json"), "utf8"));
}

/** Every query of the dashboard, with its variables as Grafana fills them in where all are chosen. */
export function queriesOf({ panels }: Dashboard): { readonly title: string; readonly expr: string }[] {
    return panels.flatMap(({ title, targets = [] }) =>
        targets.map(({ refId, expr }) => ({
            title: `${title} ${refId}`,
            expr: expr.replace(/\$(?:environment|registry)\b/g, ".*"),
        })),
    );
}

/** The names of our metrics in a text of any kind. */
export function metricNames(text: string): Set<string> {
    return new Set(text.match(/\btransship_[a-z_]+\b/g));
}
