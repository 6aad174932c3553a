/** Names and values of one sample's labels. */
export type Labels = Readonly<Record<string, string>>;

export interface Sample {
    readonly labels: Labels;
    readonly value: number;
    /** Only of a histogram: which of its series. */
    readonly series?: "bucket" | "sum" | "count";
}

/** One metric with all its samples, as Prometheus' data model has it; base units, names by its conventions. */
export interface MetricFamily {
    readonly name: string;
    /** One sentence. */
    readonly help: string;
    readonly type: "gauge" | "counter" | "histogram";
    readonly samples: readonly Sample[];
}

export function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
    return { name, help, type: "gauge", samples };
}

export function counter(name: string, help: string, samples: readonly Sample[]): MetricFamily {
    return { name, help, type: "counter", samples };
}

export function sample(labels: Labels, value: number): Sample {
    return { labels, value };
}
