import { Agent, type Dispatcher } from "undici";

/** Milliseconds of real time in which nothing was sent, after which nothing more is expected without time passing. */
const QUIET = 4;

/**
 * A clock that stands while a request is under way and while there is something to do, and then goes on to the next
 * sleeper: what the server stamps is the time at which the client sent, however slow this machine is.
 */
export class SteppedClock {
    private time = 1_700_000_000_000;
    private underWay = 0;
    private timer: NodeJS.Timeout | undefined;
    private readonly sleepers: { readonly until: number; readonly wake: () => void }[] = [];
    private readonly agent = new Agent();

    /** All pools that are to share this clock send through it. */
    readonly dispatcher: Dispatcher = this.agent.compose((dispatch) => (options, handler) => {
        this.underWay += 1;
        this.touch();
        let open = true;
        const end = (): void => {
            this.underWay -= open ? 1 : 0;
            open = false;
            this.touch();
        };
        const counting: Dispatcher.DispatchHandler = {
            onRequestStart: (...args) => handler.onRequestStart?.(...args),
            onResponseStart: (...args) => handler.onResponseStart?.(...args),
            onResponseData: (...args) => handler.onResponseData?.(...args),
            onResponseEnd: (...args) => {
                end();
                handler.onResponseEnd?.(...args);
            },
            onResponseError: (...args) => {
                end();
                handler.onResponseError?.(...args);
            },
        };
        return dispatch(options, counting);
    });

    readonly now = (): number => this.time;

    readonly sleep = (ms: number): Promise<void> =>
        new Promise((wake) => {
            this.sleepers.push({ until: this.time + ms, wake });
            this.touch();
        });

    close(): Promise<void> {
        clearTimeout(this.timer);
        return this.agent.destroy();
    }

    private touch(): void {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.step(), QUIET);
    }

    private step(): void {
        if (this.underWay > 0 || this.sleepers.length === 0) {
            return;
        }
        this.time = Math.max(this.time, Math.min(...this.sleepers.map(({ until }) => until)));
        for (const sleeper of this.sleepers.filter(({ until }) => until <= this.time)) {
            this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
            sleeper.wake();
        }
        this.touch();
    }
}
