/** What `npm run bench` passes on. */
export interface BenchOptions {
    /** For CI: few images, one round, nothing written into the repository. */
    readonly short: boolean;
    /** An empty folder of this run. */
    readonly directory: string;
    /** One line for who waits. */
    readonly log: (line: string) => void;
}

/** What a case found; kept as JSON beside the results, so that one case can be run anew without the others. */
export interface CaseResult {
    /** What was done, and how it was measured. Markdown. */
    readonly method: string;
    /** Tables with what they show. Markdown. */
    readonly findings: readonly string[];
}

/** One benchmark: a file in cases/, a line in cases/index.ts. */
export interface BenchCase {
    /** As the command line names it. */
    readonly name: string;
    /** Its heading. */
    readonly title: string;
    run(options: BenchOptions): Promise<CaseResult>;
}
