/** At most `width` pieces of work at a time; who waits is served in order. */
export class Slots {
    private taken = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(private readonly width: number) {}

    async run<T>(work: () => Promise<T>): Promise<T> {
        if (this.taken < this.width) {
            this.taken += 1;
        } else {
            // Whoever leaves hands its place on, so that nobody can slip in between.
            await new Promise<void>((resolve) => this.waiting.push(resolve));
        }
        try {
            return await work();
        } finally {
            const next = this.waiting.shift();
            if (next === undefined) {
                this.taken -= 1;
            } else {
                next();
            }
        }
    }
}
