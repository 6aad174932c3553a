import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { chartFolder, readToolsModule } from "../../scripts/tools/cache";
import { temporaryFolder } from "./embedded";
import { describeWith } from "./require-program";

/** One object of Kubernetes, as the chart writes it. */
export interface Manifest {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly [key: string]: unknown };
    // biome-ignore lint/suspicious/noExplicitAny: tests reach into what kinds of objects have
    readonly [key: string]: any;
}

/** Harbor's real chart, and real Helm. */
export interface Chart {
    readonly folder: string;
    /** The chart's own values, as text. */
    readonly values: string;
    /** `helm template`, against no cluster. @throws with what Helm says */
    render(values: object): Promise<readonly Manifest[]>;
    /** What `helm lint` says. @throws where it finds an error */
    lint(values: object): Promise<string>;
}

/** A group of tests that needs Helm and Harbor's chart: `.ci/tools/install helm` gets both. */
export function describeWithChart(title: string, fn: (chart: Chart) => void): void {
    describeWith(["helm"], title, ({ helm }) => {
        const module = readToolsModule(join(__dirname, "..", ".."));
        const folder = chartFolder(module, module.charts.find(({ name }) => name === "harbor") as never);
        if (!existsSync(join(folder, "values.yaml"))) {
            throw new Error(`Helm is here, but Harbor's chart is not in ${folder}: run .ci/tools/install helm.`);
        }
        const run = async (command: readonly string[], values: object): Promise<string> => {
            const home = await temporaryFolder();
            const file = join(home, "values.yaml");
            await writeFile(file, JSON.stringify(values));
            const env = { PATH: process.env.PATH, HOME: home };
            const all = [...command, folder, "--values", file, "--namespace", "harbor"];
            const { stdout } = await promisify(execFile)(helm, all, { env, maxBuffer: 64 * 1024 * 1024 });
            return stdout;
        };
        fn({
            folder,
            values: readFileSync(join(folder, "values.yaml"), "utf8"),
            render: async (values) => {
                const text = await run(["template", "harbor"], values);
                return parseAllDocuments(text).flatMap((one) => one.toJS() ?? []);
            },
            lint: (values) => run(["lint", "--strict"], values),
        });
    });
}
