interface Journey {
    readonly owner: string;
    readonly over: Promise<void>;
    readonly end: () => void;
}

/** Who brings a blob to a host first: the other repositories there wait for it, to mount what it has then. */
export class Journeys {
    private readonly underway = new Map<string, Journey>();

    /** Takes the first journey for its owner, unless it is taken. */
    claim(key: string, owner: string): void {
        if (this.underway.has(key)) {
            return;
        }
        let end: () => void = () => undefined;
        const over = new Promise<void>((resolve) => {
            end = resolve;
        });
        this.underway.set(key, { owner, over, end });
    }

    /** Resolves when somebody else's journey is over; `undefined` when it is the owner's own to make. */
    othersEnd(key: string, owner: string): Promise<void> | undefined {
        this.claim(key, owner);
        const journey = this.underway.get(key);
        return journey?.owner === owner ? undefined : journey?.over;
    }

    /** Well or not, or never begun: only the owner's own is ended. */
    end(key: string, owner: string): void {
        const journey = this.underway.get(key);
        if (journey?.owner === owner) {
            this.underway.delete(key);
            journey.end();
        }
    }
}
