import * as pulumi from "@pulumi/pulumi";
import {
    chartError,
    checkAdminPassword,
    checkCertificate,
    checkSecretKey,
    type HarborOidc,
    oidcSettings,
} from "../../core/harbor-chart";
import { plainOrLater } from "../images/plain-or-later";
import type { HarborReleaseArgs, HarborStorageArgs, S3LoginArgs } from "./harbor-release-args";
import { HarborReleaseKeys } from "./harbor-release-keys";
import { kubernetes } from "./kubernetes-peer";

/** Where Secrets go. */
export interface SecretPlace {
    /** What their names begin with. */
    readonly name: string;
    readonly namespace: pulumi.Input<string>;
    readonly parent: pulumi.Resource;
}

type Data = Readonly<Record<string, pulumi.Input<string>>>;

/**
 * A Secret whose content never changes: another content is another Secret with another name, which changes the release, so
 * that pods read it.
 *
 * @returns its name
 */
export function makeSecret(
    { name, namespace, parent }: SecretPlace,
    kind: string,
    data: pulumi.Input<Data>,
    type = "Opaque",
): pulumi.Output<string> {
    const Secret = kubernetes("Secret");
    const stringData = pulumi.secret(data) as pulumi.Output<Record<string, string>>;
    const args = { metadata: { namespace }, type, stringData, immutable: true };
    return new Secret(`${name}-${kind}`, args, { parent }).metadata.name;
}

/** Names of all Secrets that the chart reads; those that hold nothing are left out. @throws HarborChartError */
export function releaseSecrets(place: SecretPlace, args: HarborReleaseArgs) {
    const { admin, caBundle, database } = args;
    const keys = keysSecret(place, args.keys);
    return {
        secretKey: keys.secretKey,
        names: {
            ...adminSecret(place, admin),
            keys: keys.name,
            database: oneOf(place, "database", "database", database, "password", (password) => ({ password })),
            redis: redisSecret(place, args.redis),
            storage: storageSecret(place, args.storage),
            settings: settingsSecret(place, args),
            caBundle: caBundle === undefined ? undefined : makeSecret(place, "ca", { "ca.crt": caBundle }),
        },
    };
}

/** Checked as soon as it is known; its value is in no message. */
function checked(value: pulumi.Input<string>, check: (value: string) => void): pulumi.Output<string> {
    return plainOrLater({ value }, (known) => {
        check(known.value);
        return known.value;
    });
}

function adminSecret(place: SecretPlace, admin: HarborReleaseArgs["admin"]) {
    if ("existingSecret" in admin) {
        return { admin: admin.existingSecret, adminKey: admin.key ?? "HARBOR_ADMIN_PASSWORD" };
    }
    const HARBOR_ADMIN_PASSWORD = checked(admin.password, checkAdminPassword);
    return { admin: makeSecret(place, "admin", { HARBOR_ADMIN_PASSWORD }), adminKey: "HARBOR_ADMIN_PASSWORD" };
}

function keysSecret(place: SecretPlace, keys: HarborReleaseArgs["keys"]) {
    if (keys !== undefined && "existingSecret" in keys) {
        return { name: pulumi.output(keys.existingSecret), secretKey: undefined };
    }
    const { data } = new HarborReleaseKeys(`${place.name}-keys`, { parent: place.parent });
    const own = keys === undefined ? undefined : checked(keys.secretKey, checkSecretKey);
    const all = pulumi.secret(
        pulumi.all([data, own]).apply(([made, secretKey]) => (secretKey === undefined ? made : { ...made, secretKey })),
    );
    const secretKey = all.apply((known) => known?.secretKey ?? "");
    return { name: makeSecret(place, "keys-secret", all), secretKey };
}

/** Made of what is given, or the one that is there. */
function oneOf<Name extends string>(
    place: SecretPlace,
    kind: string,
    argument: string,
    args: { readonly existingSecret?: pulumi.Input<string> } & { readonly [Key in Name]?: pulumi.Input<string> },
    name: Name,
    data: (given: pulumi.Input<string>) => Data,
): pulumi.Output<string> {
    const given = args[name] as pulumi.Input<string> | undefined;
    const { existingSecret } = args;
    if ((given === undefined) === (existingSecret === undefined)) {
        throw chartError(
            `"${argument}" ${given === undefined ? "has neither" : "has both"} "${name}" ${given === undefined ? "nor" : "and"} "existingSecret": give one of them.`,
        );
    }
    return given === undefined
        ? pulumi.output(existingSecret as pulumi.Input<string>)
        : makeSecret(place, kind, data(given));
}

function redisSecret(place: SecretPlace, redis: HarborReleaseArgs["redis"]): pulumi.Output<string> | undefined {
    const { existingSecret, password, username } = redis;
    if (password === undefined && existingSecret === undefined) {
        if (username !== undefined) {
            throw chartError('"redis.username" is given without "redis.password".');
        }
        return undefined;
    }
    const user: Data = username === undefined ? {} : { REDIS_USERNAME: username };
    return oneOf(place, "redis", "redis", redis, "password", (given) => ({ REDIS_PASSWORD: given, ...user }));
}

function storageSecret(place: SecretPlace, storage: HarborStorageArgs): pulumi.Output<string> | undefined {
    if ("s3" in storage) {
        const names = ["REGISTRY_STORAGE_S3_ACCESSKEY", "REGISTRY_STORAGE_S3_SECRETKEY"] as const;
        return s3Secret(place, "storage", "storage.s3", storage.s3, names);
    }
    if ("azure" in storage) {
        return oneOf(place, "storage", "storage.azure", storage.azure, "accountKey", (key) => ({
            AZURE_STORAGE_ACCESS_KEY: key,
        }));
    }
    if ("gcs" in storage && (storage.gcs.key !== undefined || storage.gcs.existingSecret !== undefined)) {
        return oneOf(place, "storage", "storage.gcs", storage.gcs, "key", (key) => ({ GCS_KEY_DATA: key }));
    }
    return undefined;
}

/** @returns undefined where pods log in by their identity */
export function s3Secret(
    place: SecretPlace,
    kind: string,
    argument: string,
    { accessKey, existingSecret, secretKey }: S3LoginArgs,
    [id, key]: readonly [string, string],
): pulumi.Output<string> | undefined {
    if ((accessKey === undefined) !== (secretKey === undefined)) {
        throw chartError(`"${argument}.accessKey" and "${argument}.secretKey" go together: give both, or neither.`);
    }
    if (accessKey === undefined || secretKey === undefined) {
        return existingSecret === undefined ? undefined : pulumi.output(existingSecret);
    }
    if (existingSecret !== undefined) {
        throw chartError(`"${argument}" has both "accessKey" and "existingSecret": give one of them.`);
    }
    return makeSecret(place, kind, { [id]: accessKey, [key]: secretKey });
}

/** Harbor's settings hold the OIDC client's secret, so that they are a Secret as a whole. */
function settingsSecret(place: SecretPlace, args: HarborReleaseArgs): pulumi.Output<string> | undefined {
    const { oidc, settings, settingsSecret: existing } = args;
    if (existing !== undefined) {
        if (oidc !== undefined || settings !== undefined) {
            throw chartError('"settingsSecret" takes the place of "oidc" and "settings": give it, or those.');
        }
        return pulumi.output(existing);
    }
    if (oidc === undefined && settings === undefined) {
        return undefined;
    }
    const { clientSecret, ...plain } = oidc ?? { clientSecret: undefined };
    const login = oidc === undefined ? {} : plainOrLater(plain, (known) => oidcSettings(known as HarborOidc));
    const all = pulumi.all([settings, login, clientSecret]).apply(([other, known, secret]) => ({
        ...other,
        ...known,
        ...(secret === undefined ? {} : { oidc_client_secret: secret }),
    }));
    return makeSecret(place, "settings", { CONFIG_OVERWRITE_JSON: all.apply((known) => JSON.stringify(known)) });
}

/** @returns what the values say of TLS, with the name of the certificate's Secret where one is made */
export function tlsWish(place: SecretPlace, { tls, url }: HarborReleaseArgs) {
    if (!("certificate" in tls)) {
        return tls;
    }
    const { certificate, key } = tls;
    const both = plainOrLater({ certificate, key, url }, (known) => {
        checkCertificate(known.url, known.certificate, known.key, new Date());
        return { "tls.crt": known.certificate, "tls.key": known.key };
    });
    return { certificateSecret: makeSecret(place, "tls", both, "kubernetes.io/tls") };
}
