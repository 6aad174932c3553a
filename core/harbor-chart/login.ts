import { chartError } from "./error";

/** Login by OpenID Connect. (goharbor.io/docs, "Configure OIDC Provider Authentication") */
export interface HarborOidc {
    /** What the scopes follow: Keycloak and Dex know `offline_access`, GitLab refuses it. @default "other" */
    readonly provider?: "keycloak" | "gitlab" | "dex" | "other";
    /** On the login button. @default the provider's name */
    readonly name?: string;
    /** The issuer, as its configuration document says it: `https://sso.example.com/realms/acme`, `https://gitlab.com`. */
    readonly endpoint: string;
    readonly clientId: string;
    /** @default by the provider */
    readonly scopes?: readonly string[];
    /** The claim with the user's groups. @default "groups" */
    readonly groupsClaim?: string;
    /** Members of this group are Harbor's administrators. */
    readonly adminGroup?: string;
    /** A regular expression: which groups Harbor knows. @default all */
    readonly groupFilter?: string;
    /** The claim that becomes the user name. @default "preferred_username" of Keycloak and GitLab, else Harbor's: name */
    readonly userClaim?: string;
    /** Whether the name is taken from the claim without asking. @default true */
    readonly autoOnboard?: boolean;
    /** @default true */
    readonly verifyCertificate?: boolean;
    /** Whether a logout at Harbor is one at the provider, too. @default Harbor's: false */
    readonly logout?: boolean;
    /** Whether the login page goes straight to the provider; the administrator logs in at /account/sign-in. @default Harbor's: false */
    readonly primary?: boolean;
}

const SCOPES: Readonly<Record<NonNullable<HarborOidc["provider"]>, readonly string[]>> = {
    keycloak: ["openid", "profile", "email", "offline_access"],
    dex: ["openid", "profile", "email", "groups", "offline_access"],
    gitlab: ["openid", "profile", "email"],
    other: ["openid", "profile", "email", "offline_access"],
};
const TITLES = { keycloak: "Keycloak", dex: "Dex", gitlab: "GitLab", other: "OIDC" } as const;

/**
 * Harbor's own names of these settings, without the client's secret. (goharbor/harbor, src/common/const.go)
 *
 * @throws HarborChartError
 */
export function oidcSettings(oidc: HarborOidc): Readonly<Record<string, unknown>> {
    const { adminGroup, autoOnboard = true, clientId, endpoint, groupFilter, logout, primary } = oidc;
    const { groupsClaim = "groups", provider = "other", verifyCertificate = true } = oidc;
    if (!Object.hasOwn(SCOPES, provider)) {
        const known = Object.keys(SCOPES).join(", ");
        throw chartError(`"oidc.provider" is ${JSON.stringify(provider)}: it is one of ${known}.`);
    }
    const { name = TITLES[provider], scopes = SCOPES[provider] } = oidc;
    checkEndpoint(endpoint);
    if (!scopes.includes("openid")) {
        throw chartError('"oidc.scopes" lacks "openid", without which the provider gives no identity.');
    }
    const userClaim = oidc.userClaim ?? (["keycloak", "gitlab"].includes(provider) ? "preferred_username" : undefined);
    const all: Record<string, unknown> = {
        auth_mode: "oidc_auth",
        oidc_name: name,
        oidc_endpoint: endpoint.replace(/\/$/, ""),
        oidc_client_id: clientId,
        oidc_scope: scopes.join(","),
        oidc_groups_claim: groupsClaim,
        oidc_admin_group: adminGroup,
        oidc_group_filter: groupFilter,
        oidc_user_claim: userClaim,
        oidc_auto_onboard: autoOnboard,
        oidc_verify_cert: verifyCertificate,
        oidc_logout: logout,
        primary_auth_mode: primary,
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function checkEndpoint(endpoint: string): void {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    if (url?.protocol !== "https:") {
        throw chartError(`"oidc.endpoint" is ${JSON.stringify(endpoint)}: give the issuer's https:// address.`);
    }
    if (/(^|\.)github(usercontent)?\.com$/.test(url.hostname)) {
        throw chartError(
            `"oidc.endpoint" is ${endpoint}: GitHub is no OpenID Connect provider that people log in with (its tokens are of workflows). Put Dex with its connector for GitHub between, and name Dex here.`,
        );
    }
    if (url.pathname.includes("/.well-known/")) {
        throw chartError(
            `"oidc.endpoint" is ${endpoint}: Harbor adds /.well-known/openid-configuration itself: leave it off.`,
        );
    }
}

const AT_LEAST = 8;
const AT_MOST = 128;

/**
 * As Harbor wants passwords; it never checks its first one. (goharbor/harbor, src/server/v2.0/handler/user.go)
 *
 * @throws HarborChartError which never has the password
 */
export function checkAdminPassword(password: string): void {
    if (password === "Harbor12345") {
        throw chartError(
            '"admin.password" is the one that the chart\'s documentation has, which everybody knows: make another one.',
        );
    }
    const strong = /[a-z]/.test(password) && /[A-Z]/.test(password) && /\d/.test(password);
    if (password.length < AT_LEAST || password.length > AT_MOST || !strong) {
        throw chartError(
            `"admin.password" must have ${AT_LEAST} to ${AT_MOST} characters, with lower case, upper case and a digit among them, or Harbor would never take it in its pages.`,
        );
    }
}

/** The key that Harbor encrypts with what it keeps of others' passwords. @throws HarborChartError which never has the key */
export function checkSecretKey(key: string): void {
    if (key === "not-a-secure-key" || Buffer.byteLength(key) !== 16) {
        throw chartError('"keys.secretKey" must have 16 characters, and must not be the chart\'s own.');
    }
}
