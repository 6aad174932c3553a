import { Agent, request } from "node:http";
import { median } from "./rounds";

/** Milliseconds of a small request over a connection that is open, the median of many: what a proxy really adds. */
export async function roundTrip(host: string, times = 21): Promise<number> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
        new Promise<void>((resolve, reject) => {
            const sent = request(`http://${host}/v2/`, { agent }, (response) => response.resume().on("end", resolve));
            sent.on("error", reject).end();
        });
    try {
        await ask();
        const took: number[] = [];
        for (let time = 0; time < times; time++) {
            const began = performance.now();
            await ask();
            took.push(performance.now() - began);
        }
        return median(took);
    } finally {
        agent.destroy();
    }
}
