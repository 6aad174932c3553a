import { type Catalog, decideCatalog, kindOfHost, listCopies, parseHostPath, type Registry } from "../../core/catalog";
import { type Diagnosis, diagnose, outcomeOfChecks, type Subject } from "../../core/doctor";
import { describeError } from "../../core/errors";
import { isDigest, isRepositoryPath, isTag } from "../../core/oci";
import { matters, renderDiagnosis, renderDoctorSummary } from "../../core/report";
import type { DoctorDocument } from "../availability-documents";
import { readCredentials } from "../credentials";
import { documentHead } from "../documents";
import { EXIT, UsageError } from "../exit-code";
import type { Output } from "../output";
import { startProgress } from "../progress";
import { addEnvironmentOptions, openCatalog } from "../session";
import type { Verb } from "../verb";

/** Images that are tried at one registry until one is there. */
const TRIED = 3;
const EXITS = { well: EXIT.consistent, wrong: EXIT.drift, unknown: EXIT.unknown } as const;

/** Says why pulling from a registry fails, or would. Writes nothing, but for an upload that `--push` opens and cancels. */
export const doctor: Verb = {
    configure(command) {
        addEnvironmentOptions(command.argument("[host]", "a registry: its name in the catalogue, or any host"));
        command
            .option("--image <reference>", "with a host: what to pull there, as acme/app:1.0")
            .option("--pull", "read a manifest and a layer also where that counts as a pull (it costs two)")
            .option("--push", "try whether pushing is allowed: open an upload and cancel it")
            .option("--insecure", "with a host that the catalogue does not have: plain HTTP")
            .option("--ca <file>", "with such a host: PEM of the authority to trust");
    },

    async run({ output, signal }, [host], options) {
        const cases = host === undefined ? everyCase(options) : [oneCase(host, options, output)];
        const environment = { signal, credentials: readCredentials(process.env) };
        const switches = { pull: options.pull === true, push: options.push === true };
        const progress = startProgress("examining", output);
        let done = 0;
        const diagnoses = await Promise.all(
            cases.map(async ({ registry, subjects }) => {
                const diagnosis = await diagnose(registry, { subjects, ...switches }, environment);
                done += 1;
                progress.update(done, cases.length);
                return diagnosis;
            }),
        ).finally(() => progress.stop());
        signal.throwIfAborted();
        const outcome = outcomeOfChecks(diagnoses);
        const exitCode = EXITS[outcome];
        const at = new Date().toISOString();
        const document: DoctorDocument = { ...documentHead("doctor", exitCode), outcome, at, registries: diagnoses };
        output.document(document);
        print(diagnoses, output);
        return exitCode;
    },
};

interface Case {
    readonly registry: Registry;
    readonly subjects: readonly Subject[];
}

/** Every registry of the catalogue; one that it has no image at is examined as far as that goes. */
function everyCase(options: Readonly<Record<string, unknown>>): Case[] {
    const alone = ["image", "insecure", "ca"].find((name) => options[name] !== undefined);
    if (alone !== undefined) {
        throw new UsageError(`--${alone} goes with a host: transship doctor HOST --${alone} …`);
    }
    const catalog = openCatalog(options, []);
    return Object.values(catalog.registries).map((registry) => caseOf(catalog, registry));
}

function caseOf(catalog: Catalog, registry: Registry): Case {
    const known = Object.fromEntries(
        Object.keys(catalog.images).map((name) => [name, Object.keys(catalog.lock[name] ?? {})]),
    );
    const copies = listCopies(decideCatalog(catalog, known)).filter((copy) => copy.registry === registry.name);
    const subjects = new Map(copies.map((copy) => [copy.repository, copy]));
    return { registry, subjects: [...subjects.values()].slice(0, TRIED) };
}

function oneCase(host: string, options: Readonly<Record<string, unknown>>, output: Output): Case {
    const parsed = parseHostPath(host.replace(/^https?:\/\//, "").replace(/\/$/, ""));
    const catalog = catalogIfAny(options, output);
    const registries = Object.values(catalog?.registries ?? {});
    const named =
        registries.find(({ name }) => name === host) ??
        registries.find((one) => typeof parsed !== "string" && one.host === parsed.host);
    const subject = options.image === undefined ? undefined : readSubject(String(options.image));
    if (catalog !== undefined && named !== undefined) {
        if (options.insecure !== undefined || options.ca !== undefined) {
            throw new UsageError(
                `The catalogue has the registry "${named.name}": write "insecure" and "ca" there, where every verb reads them.`,
            );
        }
        const own = caseOf(catalog, named);
        return subject === undefined ? own : { ...own, subjects: [subject] };
    }
    if (typeof parsed === "string") {
        throw new UsageError(`${parsed}; the catalogue has no registry of that name either.`);
    }
    const registry: Registry = {
        name: parsed.host,
        host: parsed.host,
        prefix: "",
        kind: kindOfHost(parsed.host),
        ...(options.insecure === true ? { insecure: true } : undefined),
        ...(options.ca === undefined ? undefined : { ca: String(options.ca) }),
    };
    return { registry, subjects: subject === undefined ? [] : [subject] };
}

/** A host can be examined without a catalogue, and where its catalogue is the thing that is wrong. */
function catalogIfAny(options: Readonly<Record<string, unknown>>, output: Output): Catalog | undefined {
    try {
        return openCatalog(options, []);
    } catch (error) {
        const { existsSync } = require("node:fs") as typeof import("node:fs");
        if (existsSync(String(options.catalog))) {
            const [first] = describeError(error).split("\n");
            output.note(`transship: the catalogue is left aside, its credentials and certificates too: ${first}`);
        }
        return undefined;
    }
}

function readSubject(text: string): Subject {
    const [, repository = "", at, reference = "latest"] = /^([^:@]+)(?:([:@])(.+))?$/.exec(text) ?? [];
    const isReference = at === "@" ? isDigest(reference) : isTag(reference);
    if (!isRepositoryPath(repository) || !isReference) {
        throw new UsageError(
            `--image ${JSON.stringify(text.slice(0, 200))} is none: write acme/app:1.0, without the host.`,
        );
    }
    return { repository, reference, role: "source" };
}

function print(diagnoses: readonly Diagnosis[], output: Output): void {
    for (const diagnosis of diagnoses) {
        const telling = diagnosis.checks.filter(matters);
        if (telling.length > 0 && output.quiet) {
            renderDiagnosis({ ...diagnosis, checks: telling }, output.text).forEach((line) => {
                output.line(line);
            });
        }
        for (const line of renderDiagnosis(diagnosis, output.text)) {
            output.detail(line);
        }
        output.detail("");
    }
    output.detail(renderDoctorSummary(diagnoses, output.text));
}
