import { describe, expect, it } from "vitest";
import { cronProblem } from "../../core/workflows";

describe("A schedule", () => {
    it.each([
        "17 5 * * *",
        "*/5 * * * *",
        "0 0 1 1 0",
        "1,31 2-4 */2 JAN-JUN mon-fri",
        "59 23 31 12 6",
        "7/15 * * * *",
        " 5  4 * * 1 ",
    ])("%s is one", (text) => expect(cronProblem(text)).toBeUndefined());

    it.each([
        ["", "it has one field and not five"],
        ["@daily", "it has one field"],
        ["17 5 * *", "it has 4 fields"],
        ["60 5 * * *", '"60" is no minute (0 to 59)'],
        ["17 24 * * *", '"24" is no hour (0 to 23)'],
        ["17 5 0 * *", '"0" is no day of the month (1 to 31)'],
        ["17 5 * 13 *", '"13" is no month (1 to 12)'],
        ["17 5 * * 7", '"7" is no day of the week (0 to 6)'],
        ["17 5 * * FRY", '"FRY" is no day of the week'],
        ["17 5-3 * * *", '"5-3" is no hour'],
        ["17 */0 * * *", '"*/0" is no hour'],
        ["17, 5 * * *", '"" is no minute'],
        ["17 ,5 * * * *", "it has 6 fields"],
        ["17,,5 5 * * *", '"" is no minute'],
        ["1-2-3 5 * * *", '"1-2-3" is no minute'],
        ["L 5 * * *", '"L" is no minute'],
        ["* * * * *", "more often than every five minutes"],
        ["*/4 * * * *", "more often than every five minutes"],
        ["3,5 * * * *", "more often than every five minutes"],
    ])("%s is none", (text, problem) => {
        expect(cronProblem(text)).toContain(problem);
    });
});
