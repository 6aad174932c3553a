/** At most `width` pieces of work at a time; who waits is served in order. */
export class Slots {
    private taken = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(readonly width: number) {}

    /** Resolves with the way to give the place back, once there is one. */
    async take(): Promise<() => void> {
        if (this.taken < this.width) {
            this.taken += 1;
        } else {
            // Whoever leaves hands its place on, so that nobody can slip in between.
            await new Promise<void>((resolve) => this.waiting.push(resolve));
        }
        return () => {
            const next = this.waiting.shift();
            if (next === undefined) {
                this.taken -= 1;
            } else {
                next();
            }
        };
    }
}
