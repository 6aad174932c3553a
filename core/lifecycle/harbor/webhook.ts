import { HarborError, type WebhookPolicy, type WebhookPolicyWish, type WebhookTarget } from "../../harbor";
import type { Fields, HarborKind, HarborTools, Verdict } from "./kind";
import { deleteOnceIdle } from "./once-idle";
import { isPlainAddress, type WebhookInputs, webhookProblems } from "./webhook-inputs";

/** With what is compared of the secrets, and never with a secret. */
interface WebhookLook {
    readonly project: string;
    readonly policy: WebhookPolicy;
    /** Which of its targets is ours; newer versions may have several. */
    readonly target: number;
    readonly endpoint?: string;
    readonly secretEndpoint?: string;
    readonly authHeader?: string;
}

const ANOTHER = "another";
const HTTP = "http";

/** Whom a project tells what happens in it. */
export const webhookKind: HarborKind<WebhookInputs, WebhookLook> = {
    word: "webhook",
    problems: webhookProblems,
    replaces: [],
    renames: true,
    hidden: ["secretEndpoint", "authHeader"],
    idOf: ({ policy }) => policy.id,
    find: findWebhook,
    wanted: ({ description, enabled, endpoint, events, name, ...more }): Fields => ({
        name,
        description,
        enabled,
        endpoint: endpoint?.trim(),
        secretEndpoint: more.secretEndpoint,
        events: [...new Set(events)].sort(),
        type: more.type,
        payloadFormat: more.payloadFormat,
        authHeader: more.authHeader,
        skipCertificateCheck: more.skipCertificateCheck,
    }),
    actual: ({ policy, target, ...compared }) => {
        const { payload_format, skip_cert_verify, type } = policy.targets?.[target] ?? {};
        return {
            ...compared,
            name: policy.name,
            description: policy.description ?? "",
            enabled: policy.enabled === true,
            events: [...(policy.event_types ?? [])].sort(),
            type: type || HTTP,
            payloadFormat: payload_format || (type === HTTP ? "Default" : undefined),
            skipCertificateCheck: skip_cert_verify === true,
        };
    },
    create: (inputs, tools) => {
        const { description, enabled = true, events, name, project } = inputs;
        const targets = [targetOf(inputs, { type: HTTP }, tools)];
        const wish = { name, enabled, event_types: [...new Set(events)], targets };
        return tools.harbor.webhooks.create(project, { ...wish, ...(description !== undefined && { description }) });
    },
    update: async (inputs, { policy, target }, _changed, tools) => {
        const { description, enabled, events, name, project } = inputs;
        const targets = policy.targets?.length ? [...policy.targets] : [{ type: HTTP }];
        targets[target] = targetOf(inputs, targets[target] ?? {}, tools);
        const wish: Partial<WebhookPolicyWish> = {
            name,
            event_types: [...new Set(events)],
            targets,
            ...(description !== undefined && { description }),
            ...(enabled !== undefined && { enabled }),
        };
        await tools.harbor.webhooks.update(project, policy, wish);
        return undefined;
    },
    delete: ({ policy, project }, { harbor }) => deleteOnceIdle(() => harbor.webhooks.delete(project, policy.id)),
    verify: verifySupported,
};

async function findWebhook(name: string, inputs: WebhookInputs, tools: HarborTools): Promise<WebhookLook | undefined> {
    const { project, secretEndpoint } = inputs;
    const policy = await tools.harbor.webhooks.find(project, name).catch((error) => {
        // Its project is proven not to be there.
        if (error instanceof HarborError && error.code === "HARBOR_NOT_FOUND") {
            return undefined;
        }
        throw error;
    });
    if (policy === undefined) {
        return undefined;
    }
    const targets = policy.targets ?? [];
    const address = addressOf(inputs, tools);
    const target = Math.max(
        0,
        targets.findIndex((one) => isSameAddress(one, address)),
    );
    const ours = targets[target];
    const isSame = isSameAddress(ours, address);
    return {
        project,
        policy,
        target,
        endpoint: isSame ? inputs.endpoint?.trim() : placeOf(ours),
        secretEndpoint: isSame ? secretEndpoint : ours?.address ? ANOTHER : undefined,
        authHeader: comparedHeader(inputs, ours, tools),
    };
}

/** The key, where Harbor has what is behind it. */
function comparedHeader(
    { authHeader }: WebhookInputs,
    target: WebhookTarget | undefined,
    { login }: HarborTools,
): string | undefined {
    const has = target?.auth_header || undefined;
    return authHeader !== undefined && has === login(authHeader).password ? authHeader : has && ANOTHER;
}

function addressOf({ endpoint = "", secretEndpoint }: WebhookInputs, { login }: HarborTools): string {
    if (secretEndpoint === undefined) {
        return endpoint.trim();
    }
    const address = login(secretEndpoint).password.trim();
    if (!isPlainAddress(address)) {
        throw new HarborError(
            "HARBOR_REFUSED",
            `The password of "${secretEndpoint}" in the stack's configuration must be the webhook's whole address, such as https://hooks.slack.com/services/….`,
        );
    }
    return address;
}

/** Some versions take slashes at the end away. */
function isSameAddress(target: WebhookTarget | undefined, address: string): boolean {
    return (target?.address ?? "").trim().replace(/\/+$/, "") === address.replace(/\/+$/, "");
}

/** Of an address that is not ours nothing is told but the host: the rest may be a secret. */
function placeOf(target: WebhookTarget | undefined): string | undefined {
    const address = target?.address ?? "";
    return URL.canParse(address) ? `${new URL(address).origin}/…` : address && ANOTHER;
}

/** @param have what is not said stays */
function targetOf(inputs: WebhookInputs, have: WebhookTarget, tools: HarborTools): WebhookTarget {
    const { authHeader, payloadFormat, skipCertificateCheck, type = have.type || HTTP } = inputs;
    const { payload_format, ...rest } = have;
    // Of another type the format that it had is none.
    const format = payloadFormat ?? (type === have.type ? payload_format : undefined);
    return {
        ...rest,
        type,
        address: addressOf(inputs, tools),
        ...(format && { payload_format: format }),
        ...(authHeader !== undefined && { auth_header: tools.login(authHeader).password }),
        ...(skipCertificateCheck !== undefined && { skip_cert_verify: skipCertificateCheck }),
    };
}

/**
 * Whether this Harbor knows the events, the type and the format: its versions know different ones.
 *
 * @throws HarborError, TransshipError where that cannot be asked
 */
async function verifySupported(
    inputs: WebhookInputs,
    _actual: WebhookLook | undefined,
    isWork: boolean,
    tools: HarborTools,
): Promise<Verdict> {
    if (!isWork) {
        return {};
    }
    const { harbor } = tools;
    const { events, name, payloadFormat, project, type } = inputs;
    // A secret that is not configured is told before anything is made.
    targetOf(inputs, {}, tools);
    const known = await harbor.webhooks.supported(project);
    if (known === undefined) {
        // A project that this program is about to make.
        return {};
    }
    const formats = (known.payload_formats ?? []).flatMap(({ formats }) => formats ?? []);
    const wrong = [
        ...events.flatMap((event) => strange("event", event, known.event_type)),
        ...strange("type", type, known.notify_type),
        ...strange("payloadFormat", payloadFormat, formats),
    ];
    const words = `Harbor at ${harbor.host} knows ${wrong.join("; and ")}`;
    return wrong.length === 0 ? {} : { refusals: [`The webhook ${name} of project ${project} is refused: ${words}.`] };
}

/** A Harbor that names none says nothing of them. */
function strange(what: string, given: string | undefined, known: readonly string[] | null | undefined): string[] {
    return given === undefined || !known?.length || known.includes(given)
        ? []
        : [`no ${what} "${given}", but ${known.join(", ")}`];
}
