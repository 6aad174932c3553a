import { badRequest, type Exchange, type Handlers, ok } from "./exchange";
import { requireSystem } from "./rights";

type Value = string | number | boolean;

/** What a new Harbor has, as far as this API tells it. (src/lib/config/metadata/metadatalist.go) */
const DEFAULTS: Readonly<Record<string, Value>> = {
    audit_log_forward_endpoint: "",
    auth_mode: "db_auth",
    banner_message: "",
    disabled_audit_log_event_types: "",
    ldap_base_dn: "",
    ldap_url: "",
    ldap_verify_cert: true,
    notification_enable: true,
    oidc_admin_group: "",
    oidc_auto_onboard: false,
    oidc_client_id: "",
    oidc_endpoint: "",
    oidc_groups_claim: "",
    oidc_name: "",
    oidc_scope: "",
    oidc_user_claim: "",
    oidc_verify_cert: true,
    primary_auth_mode: false,
    project_creation_restriction: "everyone",
    quota_per_project_enable: true,
    read_only: false,
    robot_name_prefix: "robot$",
    robot_token_duration: 30,
    scanner_skip_update_pulltime: false,
    self_registration: false,
    session_timeout: 60,
    skip_audit_log_database: false,
    storage_per_project: -1,
    token_expiration: 30,
};

export const CONFIGURATION_HANDLERS: Handlers = {
    "GET /configurations": (exchange) => {
        requireSystem(exchange, "configuration", "read");
        const all = { ...DEFAULTS, ...Object.fromEntries(exchange.world.configuration) };
        const rows = Object.entries(all).filter(([name]) => !/secret|password/.test(name));
        return ok(Object.fromEntries(rows.map(([name, value]) => [name, { value, editable: true }])));
    },
    "PUT /configurations": update,
    "GET /systeminfo": systemInfo,
    "GET /ping": () => ({ status: 200, text: "Pong", headers: { "content-type": "text/plain" } }),
};

/** What is not sent stays. (src/controller/config/controller.go, `validateCfg`) */
function update(exchange: Exchange) {
    requireSystem(exchange, "configuration", "update");
    const { configuration, users } = exchange.world;
    const sent = Object.entries(exchange.body as Record<string, Value>);
    for (const [name, value] of sent) {
        if (name === "auth_mode" && value !== (configuration.get(name) ?? DEFAULTS[name]) && users.size > 1) {
            throw badRequest("the auth mode cannot be modified as new users have been inserted into database");
        }
        if (["token_expiration", "robot_token_duration", "session_timeout"].includes(name) && Number(value) <= 0) {
            throw badRequest(`the ${name} value must be positive`);
        }
    }
    for (const [name, value] of sent) {
        configuration.set(name, value);
    }
    return ok();
}

/** Who is nobody is told little. (src/controller/systeminfo/controller.go, `GetInfo`) */
function systemInfo({ actor, headers, world }: Exchange) {
    const value = (name: string) => world.configuration.get(name) ?? DEFAULTS[name];
    const open = {
        auth_mode: value("auth_mode"),
        primary_auth_mode: value("primary_auth_mode"),
        self_registration: value("self_registration"),
        banner_message: value("banner_message"),
        oidc_provider_name: value("auth_mode") === "oidc_auth" ? value("oidc_name") : "",
    };
    if (actor === undefined) {
        return ok(open);
    }
    return ok({
        ...open,
        harbor_version: world.version,
        external_url: `http://${headers.host}`,
        registry_url: headers.host,
        project_creation_restriction: value("project_creation_restriction"),
        has_ca_root: false,
        read_only: value("read_only"),
        notification_enable: value("notification_enable"),
        registry_storage_provider_name: "filesystem",
        current_time: world.at(),
    });
}
