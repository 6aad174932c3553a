import { chartError } from "./error";
import type { HarborChartValues } from "./keys";
import type { ChartTls, HarborChartWish } from "./wish";

/**
 * The host that Harbor is known by, with its port where it has one.
 *
 * @throws HarborChartError for what is no `https://` address without a path
 */
export function hostOf(url: string): { readonly host: string; readonly hostname: string } {
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    if (parsed?.protocol === "http:") {
        throw chartError(
            `"url" is ${url}: without TLS every docker client must be told to trust it, and passwords and robots' secrets go over the wire in the clear. Give https:// and a certificate in "tls".`,
        );
    }
    if (parsed?.protocol !== "https:" || !/^https:\/\/[^/?#@]+\/?$/.test(url)) {
        throw chartError(
            `"url" is ${JSON.stringify(url)}: give Harbor's address without a path, such as https://harbor.example.com.`,
        );
    }
    if (!parsed.hostname.includes(".") || /^\d+(\.\d+){3}$/.test(parsed.hostname)) {
        throw chartError(
            `"url" names ${parsed.hostname}: image references need a host with a dot in its name, and an ingress a name instead of an address.`,
        );
    }
    return { host: parsed.host, hostname: parsed.hostname };
}

/** `https://harbor.example.com`, as the chart's `externalURL` wants it. */
export function externalUrl(url: string): string {
    return `https://${hostOf(url).host}`;
}

/** How clients reach Harbor. @throws HarborChartError */
export function exposeValues(wish: HarborChartWish): HarborChartValues["expose"] {
    const { hostname } = hostOf(wish.url);
    const { tls } = wish;
    if (wish.gateway !== undefined) {
        return routeValues(wish, hostname);
    }
    const { annotations, className, controller, labels } = wish.ingress ?? {};
    return {
        type: "ingress",
        tls: tlsValues(tls, hostname),
        ingress: {
            hosts: { core: hostname },
            ...(controller === undefined ? {} : { controller }),
            ...(className === undefined ? {} : { className }),
            ...(labels === undefined ? {} : { labels }),
            annotations: { ...issuerAnnotations(tls), ...annotations },
        },
    };
}

function routeValues({ gateway, ingress, tls }: HarborChartWish, hostname: string): HarborChartValues["expose"] {
    const { annotations = {}, labels, parentRefs = [] } = gateway ?? {};
    if (ingress !== undefined) {
        throw chartError('"ingress" and "gateway" are both given: Harbor is exposed by one of them.');
    }
    if (!("terminatedElsewhere" in tls)) {
        throw chartError(
            '"tls" with "gateway" is { terminatedElsewhere: true }: the certificate belongs to the Gateway\'s listener, not to its routes.',
        );
    }
    if (parentRefs.length === 0) {
        throw chartError('"gateway.parentRefs" is empty: name the Gateway, as { name, namespace }.');
    }
    return {
        type: "route",
        tls: { enabled: false },
        route: { hosts: [hostname], parentRefs, annotations, ...(labels === undefined ? {} : { labels }) },
    };
}

function tlsValues(tls: ChartTls, hostname: string): NonNullable<HarborChartValues["expose"]>["tls"] {
    if ("terminatedElsewhere" in tls) {
        return { enabled: true, certSource: "none" };
    }
    const secretName = "certificateSecret" in tls ? tls.certificateSecret : certificateName(hostname);
    return { enabled: true, certSource: "secret", secret: { secretName } };
}

/** cert-manager's ingress shim makes a Certificate for the hosts of the ingress, into the Secret that it names. */
function issuerAnnotations(tls: ChartTls): Record<string, string> {
    if (!("issuer" in tls)) {
        return {};
    }
    const { issuer, issuerGroup, issuerKind = "ClusterIssuer" } = tls;
    if (issuerGroup !== undefined) {
        return {
            "cert-manager.io/issuer": issuer,
            "cert-manager.io/issuer-kind": issuerKind,
            "cert-manager.io/issuer-group": issuerGroup,
        };
    }
    return { [issuerKind === "Issuer" ? "cert-manager.io/issuer" : "cert-manager.io/cluster-issuer"]: issuer };
}

/** Where cert-manager puts the certificate. */
function certificateName(hostname: string): string {
    return `${hostname.replaceAll(".", "-")}-tls`;
}
