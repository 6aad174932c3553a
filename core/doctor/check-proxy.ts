import { BlockList, isIP } from "node:net";
import { whyUnreachable } from "./connect";
import type { Patient, Route } from "./patient";
import type { Check } from "./types";

/** Which proxy this registry is asked by, if any, and whether it can be reached. A daemon has variables of its own. */
export async function checkProxy(patient: Patient, route: Route): Promise<Check> {
    if (route.by === "nothing") {
        const remedy = "write http://HOST:PORT, with USER:PASSWORD@ before the host if it needs them";
        return { check: "proxy", status: "wrong", message: route.problem, remedy };
    }
    if (route.by === "itself") {
        return { check: "proxy", status: "ok", message: route.why };
    }
    const { variable, url } = route.proxy;
    const where = `the proxy ${url.host} that ${variable} names`;
    const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
    const code = await whyUnreachable(url.hostname, port, patient.connectMs);
    if (code !== undefined) {
        return {
            check: "proxy",
            status: "wrong",
            message: `${where} cannot be reached (${code})`,
            remedy: `correct ${variable}, or name ${patient.hostname} in NO_PROXY where it can be reached without`,
        };
    }
    const range = rangeOf(patient);
    return range === undefined
        ? { check: "proxy", status: "ok", message: `goes by ${where}` }
        : {
              check: "proxy",
              status: "warning",
              message: `goes by ${where}: NO_PROXY has the range ${range}, which not every client reads, and this one does not`,
              remedy: `add ${patient.hostname} itself to NO_PROXY`,
          };
}

/** The range of NO_PROXY that an address lies in. */
function rangeOf({ hostname, environment: { env } }: Patient): string | undefined {
    const family = isIP(hostname) === 6 ? "ipv6" : "ipv4";
    if (isIP(hostname) === 0) {
        return undefined;
    }
    return (env.no_proxy ?? env.NO_PROXY ?? "").split(/[,\s]+/).find((entry) => {
        const [, network, bits] = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(entry) ?? [];
        if (
            network === undefined ||
            isIP(network) !== isIP(hostname) ||
            Number(bits) > (family === "ipv6" ? 128 : 32)
        ) {
            return false;
        }
        const list = new BlockList();
        list.addSubnet(network, Number(bits), family);
        return list.check(hostname, family);
    });
}
