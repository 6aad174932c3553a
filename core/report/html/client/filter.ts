/** Verdicts of a copy that is as it was asked to be. */
const WELL: readonly string[] = ["consistent", "subset"];

function control(id: string): HTMLInputElement | HTMLSelectElement | null {
    return document.getElementById(id) as HTMLInputElement | HTMLSelectElement | null;
}

function chosen(id: string): string {
    return control(id)?.value ?? "";
}

/** Shows the rows that fit what the controls say, and says how many they are. */
function applyFilter(rows: readonly PageRow[]): void {
    const words = chosen("find")
        .toLowerCase()
        .split(/\s+/)
        .filter((word) => word !== "");
    const [verdict, registry, purpose] = [chosen("verdict"), chosen("registry"), chosen("purpose")];
    const fits = ({ column, verdict: own, waived }: PageCopy): boolean =>
        (registry === "" || column === Number(registry)) &&
        (verdict === "" || (verdict === "!" ? !WELL.includes(own) : verdict === "~" ? waived !== "" : own === verdict));
    const asksCopies = verdict !== "" || registry !== "";
    let shown = 0;
    for (const row of rows) {
        const isShown =
            words.every((word) => row.text.includes(word)) &&
            (purpose === "" || row.purpose === purpose) &&
            (!asksCopies || row.copies.some(fits));
        shown += isShown ? 1 : 0;
        row.element.hidden = !isShown;
        if (row.more !== undefined) {
            row.more.hidden = !isShown || row.button?.getAttribute("aria-expanded") !== "true";
        }
    }
    const tags = rows.length === 1 ? "1 tag" : `${rows.length} tags`;
    const count = document.getElementById("count");
    if (count !== null) {
        count.textContent = shown === rows.length ? tags : `${shown} of ${tags}`;
    }
    document.getElementById("none")?.toggleAttribute("hidden", shown > 0);
}

function startFilter(rows: readonly PageRow[]): void {
    const form = document.getElementById("controls") as HTMLFormElement | null;
    if (form === null) {
        return;
    }
    form.hidden = false;
    form.addEventListener("input", () => applyFilter(rows));
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => applyFilter(rows)));
    // What a browser fills in again when a page is loaded again.
    applyFilter(rows);
}
