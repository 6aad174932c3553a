/** What an expression may name: `github`, `needs`, `steps`, `matrix`, `secrets`, `vars`, `env`. */
export type Contexts = Readonly<Record<string, unknown>>;

/** How the steps or jobs before went; what `success()` and its like tell. */
export interface Status {
    readonly failed: boolean;
}

/** An ES module. */
const loadLibrary = () => import("@actions/expressions");
type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** Evaluates GitHub's expressions by GitHub's own evaluator. */
export class Expressions {
    private readonly library: Library;

    private constructor(library: Library) {
        this.library = library;
    }

    static async load(): Promise<Expressions> {
        return new Expressions(await loadLibrary());
    }

    /** A text with expressions in it. */
    fill(text: string, contexts: Contexts): string {
        return text.replace(/\$\{\{(.*?)\}\}/gs, (_whole, inner: string) =>
            this.evaluate(inner, contexts).coerceString(),
        );
    }

    /** An `if:`; without a function of status in it, it is for success only. */
    holds(condition: string | undefined, contexts: Contexts, status: Status): boolean {
        const text = (condition ?? "success()").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
        const asksStatus = /\b(?:success|failure|always|cancelled)\s*\(/.test(text);
        const isFalse = ["", "false", "0"].includes(this.evaluate(text, contexts, status).coerceString());
        return !isFalse && (asksStatus || !status.failed);
    }

    private evaluate(text: string, contexts: Contexts, { failed }: Status = { failed: false }) {
        const { data, Evaluator, Lexer, Parser } = this.library;
        const status = { success: !failed, failure: failed, always: true, cancelled: false };
        const functions = new Map(
            Object.entries(status).map(([name, value]) => [
                name,
                { name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(value) },
            ]),
        );
        const { tokens } = new Lexer(text.trim()).lex();
        const parsed = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
        const context = JSON.parse(JSON.stringify(contexts), data.reviver) as InstanceType<typeof data.Dictionary>;
        return new Evaluator(parsed, context, functions).evaluate();
    }
}
