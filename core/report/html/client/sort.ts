const NAMES = new Intl.Collator("en", { numeric: true });

/** Which order a column has when it is first asked for: names from A on, verdicts from the worst on. */
function compareBy(column: number): (a: PageRow, b: PageRow) => number {
    return column === 0
        ? (a, b) => NAMES.compare(a.name, b.name)
        : (a, b) => (a.ranks[column - 1] ?? 99) - (b.ranks[column - 1] ?? 99);
}

/** Headers become buttons which sort; rows that are equal keep the order that the page came with. */
function startSort(rows: readonly PageRow[]): void {
    const headers = [...document.querySelectorAll<HTMLTableCellElement>("#matrix thead th")];
    const body = document.querySelector("#matrix tbody");
    headers.forEach((header, column) => {
        const button = make("button", { type: "button", class: "sort" });
        button.append(...header.childNodes);
        header.append(button);
        button.addEventListener("click", () => {
            const before = header.getAttribute("aria-sort");
            // Worst first is the end of the scale first.
            const first = column === 0 ? "ascending" : "descending";
            const second = column === 0 ? "descending" : "ascending";
            const direction = before === first ? second : first;
            for (const other of headers) {
                other.removeAttribute("aria-sort");
            }
            header.setAttribute("aria-sort", direction);
            const compare = compareBy(column);
            const sign = direction === first ? 1 : -1;
            const sorted = [...rows].sort((a, b) => sign * compare(a, b));
            body?.append(...sorted.flatMap(({ element, more }) => (more === undefined ? [element] : [element, more])));
            say(`Sorted by ${header.textContent}, ${direction}`);
        });
    });
    headers[1]?.setAttribute("aria-sort", "descending");
}
