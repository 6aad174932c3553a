/** Work that takes room: at most `width` units of it at a time; who waits is served in order. */
export class Slots {
    private taken = 0;
    private readonly waiting: { readonly units: number; readonly begin: () => void }[] = [];

    constructor(readonly width: number) {}

    /** Resolves with the way to give the room back, once there is enough. @param units more than there are is all of them */
    async take(units = 1): Promise<() => void> {
        const size = Math.min(units, this.width);
        if (this.waiting.length > 0 || this.taken + size > this.width) {
            await new Promise<void>((begin) => this.waiting.push({ units: size, begin }));
        } else {
            this.taken += size;
        }
        return () => {
            this.taken -= size;
            this.admit();
        };
    }

    private admit(): void {
        for (let next = this.waiting[0]; next !== undefined && this.taken + next.units <= this.width; ) {
            this.waiting.shift();
            this.taken += next.units;
            next.begin();
            next = this.waiting[0];
        }
    }
}
