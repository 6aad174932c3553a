import * as v from "valibot";
import { HarborError, type RegistryEndpoint, type RegistryEndpointWish } from "../../harbor";
import type { Fields, HarborKind, HarborTools, Verdict } from "./kind";
import type { RegistryEndpointInputs } from "./types";
import { commonEntries, flag, problemsOf, text } from "./validate";

const CREDENTIAL = "credential";

const schema = v.looseObject({
    ...commonEntries,
    name: v.pipe(text("name"), v.maxLength(64, "name has more than 64 characters")),
    type: text("type"),
    endpoint: v.pipe(
        text("endpoint"),
        v.check(
            (given) => /^https?:\/\/[^?#@]+$/.test(given) && URL.canParse(given),
            "endpoint must be the registry's address without a login, such as https://ghcr.io",
        ),
    ),
    description: v.optional(v.string("description must be a text")),
    insecure: flag("insecure"),
    caCertificate: v.optional(v.string("caCertificate must be a text")),
    registryCredentials: v.optional(text("registryCredentials")),
    ping: flag("ping"),
});

/** Another registry, as Harbor knows it. The login that Harbor uses there comes from the stack's configuration. */
export const registryEndpointKind: HarborKind<RegistryEndpointInputs, RegistryEndpoint> = {
    word: "registry endpoint",
    problems: (inputs) => problemsOf(schema, inputs),
    replaces: ["type"],
    renames: true,
    hidden: [CREDENTIAL],
    idOf: ({ id }) => id,
    find: (name, _inputs, { harbor }) => harbor.registries.find(name),
    wanted,
    actual: ({ ca_certificate, credential, description, insecure, name, url }) => ({
        name,
        endpoint: plainUrl(url),
        description: description ?? "",
        insecure: insecure === true,
        caCertificate: (ca_certificate ?? "").trim(),
        [CREDENTIAL]: credential?.access_key || undefined,
    }),
    unfit: ({ type }, actual) =>
        actual.type === type ? undefined : `it is of type ${actual.type}, not ${type}, and Harbor never changes that`,
    create: (inputs, tools) => {
        const { access_key, access_secret, credential_type, url = "", ...rest } = wishOf(inputs, tools);
        const credential =
            access_key === undefined || access_secret === undefined || credential_type === undefined
                ? undefined
                : { type: credential_type, access_key, access_secret };
        const { name, type } = inputs;
        return tools.harbor.registries.create({ ...rest, name, url, type, ...(credential && { credential }) });
    },
    update: async (inputs, { id }, changed, tools) => {
        await tools.harbor.registries.update(id, wishOf(inputs, tools, changed), inputs.name);
        return undefined;
    },
    delete: ({ id, name }, { harbor }) => harbor.registries.delete(id, name),
    touched,
    verify,
};

function wanted(inputs: RegistryEndpointInputs, userOf: (key: string) => string): Fields {
    const { caCertificate, description, endpoint, insecure, name, registryCredentials } = inputs;
    return {
        name,
        endpoint: plainUrl(endpoint),
        ...(description === undefined ? {} : { description }),
        ...(insecure === undefined ? {} : { insecure }),
        ...(caCertificate === undefined ? {} : { caCertificate: caCertificate.trim() }),
        ...(registryCredentials === undefined ? {} : { [CREDENTIAL]: userOf(registryCredentials) }),
    };
}

/** @param changed which fields; all that the program says, where it is not given */
function wishOf(
    inputs: RegistryEndpointInputs,
    { login }: HarborTools,
    changed: readonly string[] = [CREDENTIAL, "name", "endpoint", "description", "insecure", "caCertificate"],
): RegistryEndpointWish {
    const { caCertificate, description, endpoint, insecure, name, registryCredentials } = inputs;
    // After 2.15 Harbor forgets the secret when the address changes: a login is for one registry only.
    const isLogin = changed.includes(CREDENTIAL) || changed.includes("endpoint");
    const known = registryCredentials === undefined || !isLogin ? undefined : login(registryCredentials);
    const has = (field: string, value: unknown): boolean => changed.includes(field) && value !== undefined;
    return {
        ...(has("name", name) && { name }),
        ...(has("endpoint", endpoint) && { url: plainUrl(endpoint) }),
        ...(has("description", description) && { description }),
        ...(has("insecure", insecure) && { insecure }),
        ...(has("caCertificate", caCertificate) && { ca_certificate: caCertificate }),
        ...(known && { credential_type: "basic", access_key: known.username, access_secret: known.password }),
    };
}

/** Harbor shows no secret: whether it has the right one follows from what it was last sent, and from its ping. */
function touched(olds: RegistryEndpointInputs | undefined, news: RegistryEndpointInputs): readonly string[] {
    const isOther =
        olds === undefined || olds.rotate !== news.rotate || olds.registryCredentials !== news.registryCredentials;
    const isRefused = (news.observed?.drift ?? []).some((line) => line.startsWith(`${CREDENTIAL}:`));
    return news.registryCredentials !== undefined && (isOther || isRefused) ? [CREDENTIAL] : [];
}

/**
 * Harbor's own ping: before something is made or changed, since Harbor refuses what it does not reach, and where it
 * says that a registry is not well. A registry may be made by the same program, so a ping refuses nothing here.
 */
async function verify(
    inputs: RegistryEndpointInputs,
    actual: RegistryEndpoint | undefined,
    isWork: boolean,
    tools: HarborTools,
): Promise<Verdict> {
    const isWell = actual?.status !== "unhealthy";
    if (inputs.ping === false || (isWell && !isWork)) {
        return {};
    }
    const { registries } = tools.harbor;
    try {
        const { name, description, ...wish } = wishOf(inputs, tools);
        // By its id Harbor asks the address that it has, whatever is sent with it.
        const isSaved = actual !== undefined && plainUrl(actual.url) === plainUrl(inputs.endpoint);
        const asked = isSaved ? { id: actual.id } : { type: inputs.type };
        const withOurs = () => registries.ping({ ...asked, ...wish }, inputs.name);
        if (isWork || actual === undefined) {
            return warningOf(await withOurs());
        }
        const asItIs = await registries.ping({ id: actual.id }, inputs.name);
        if (asItIs === undefined || inputs.registryCredentials === undefined) {
            return warningOf(asItIs);
        }
        const ours = await withOurs();
        return ours === undefined
            ? { drift: [`${CREDENTIAL}: have one that the registry refuses, want that of the stack's configuration`] }
            : warningOf(ours);
    } catch (error) {
        if (error instanceof HarborError) {
            return { warning: error.message };
        }
        throw error;
    }
}

function warningOf(warning: string | undefined): Verdict {
    return warning === undefined ? {} : { warning };
}

/** As Harbor keeps it. */
function plainUrl(url: string): string {
    return url.replace(/\/+$/, "");
}
