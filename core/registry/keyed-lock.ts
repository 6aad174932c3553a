/** Runs the tasks of one key one after the other, and those of different keys at the same time. */
export class KeyedLock {
    private readonly tails = new Map<string, Promise<void>>();

    /** Starts `task` when every earlier task of this key has ended, well or not. */
    run<T>(key: string, task: () => Promise<T>): Promise<T> {
        const before = this.tails.get(key);
        const result = before === undefined ? task() : before.then(task);
        const tail = result.then(ignore, ignore).then(() => {
            if (this.tails.get(key) === tail) {
                this.tails.delete(key);
            }
        });
        this.tails.set(key, tail);
        return result;
    }
}

function ignore(): void {}
