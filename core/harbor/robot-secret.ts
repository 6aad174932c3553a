import { randomInt } from "node:crypto";

const LOWER = "abcdefghijkmnopqrstuvwxyz";
const UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS = "23456789";
const LENGTH = 48;

/**
 * A secret as Harbor takes it: 8 to 128 characters with an upper-case letter, a lower-case letter and a digit among them.
 * 48 characters of 57 are 279 bits. (goharbor/harbor, src/controller/robot, `IsValidSec`)
 *
 * @param random a whole number from 0 up to, but not including, its argument
 */
export function newRobotSecret(random: (limit: number) => number = randomInt): string {
    const pick = (letters: string): string => letters.charAt(random(letters.length));
    const all = LOWER + UPPER + DIGITS;
    const letters = [pick(LOWER), pick(UPPER), pick(DIGITS)];
    while (letters.length < LENGTH) {
        letters.push(pick(all));
    }
    // Fisher and Yates: the three that have to be there are anywhere.
    for (let last = letters.length - 1; last > 0; last--) {
        const other = random(last + 1);
        [letters[last], letters[other]] = [letters[other] as string, letters[last] as string];
    }
    return letters.join("");
}
