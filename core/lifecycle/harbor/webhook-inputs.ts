import * as v from "valibot";
import type { HarborInputs } from "./kind";
import { commonEntries, flag, problemsOf, text } from "./validate";

/** The inputs of `transship:HarborWebhook`. */
export interface WebhookInputs extends HarborInputs {
    readonly project: string;
    /** The address that is told. */
    readonly endpoint?: string;
    /** Key of it in the stack's configuration, where the address is a secret. */
    readonly secretEndpoint?: string;
    readonly events: readonly string[];
    /** `http`, `slack`. */
    readonly type?: string;
    /** `Default`, `CloudEvents`. */
    readonly payloadFormat?: string;
    /** Key of the header's value in the stack's configuration. */
    readonly authHeader?: string;
    readonly skipCertificateCheck?: boolean;
    readonly enabled?: boolean;
    readonly description?: string;
}

const schema = v.looseObject({
    ...commonEntries,
    project: text("project"),
    endpoint: v.optional(
        v.pipe(
            text("endpoint"),
            v.check(isPlainAddress, "endpoint must be an address without a login, such as https://hooks.example.com/a"),
        ),
    ),
    secretEndpoint: v.optional(text("secretEndpoint")),
    events: v.pipe(
        v.array(text("an event of events"), "events must be a list"),
        v.minLength(1, "events is empty: name at least one"),
    ),
    type: v.optional(text("type")),
    payloadFormat: v.optional(text("payloadFormat")),
    authHeader: v.optional(text("authHeader")),
    skipCertificateCheck: flag("skipCertificateCheck"),
    enabled: flag("enabled"),
    description: v.optional(v.string("description must be a text")),
});

export function webhookProblems(inputs: WebhookInputs): string[] {
    const { endpoint, payloadFormat, secretEndpoint, type } = inputs;
    return [
        ...problemsOf(schema, inputs),
        ...((endpoint === undefined) === (secretEndpoint === undefined)
            ? ["one of endpoint and secretEndpoint says who is told: give one of them"]
            : []),
        ...(payloadFormat !== undefined && type === "slack"
            ? ["payloadFormat is not for the type slack, which has one of its own: take it away"]
            : []),
    ];
}

export function isPlainAddress(given: string): boolean {
    return /^https?:\/\/[^@]+$/.test(given) && URL.canParse(given);
}
