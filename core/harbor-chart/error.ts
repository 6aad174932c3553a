import { TransshipError } from "../errors";

/** A mistake in what is asked of Harbor's chart, found before Kubernetes is asked: one sentence that says what to change. */
export class HarborChartError extends TransshipError {}

export function chartError(message: string): HarborChartError {
    return new HarborChartError("HARBOR_CHART_ARGUMENT", message);
}
