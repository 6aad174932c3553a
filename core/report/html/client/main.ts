startTheme();

const rows = readRows();
makeButtons(rows);
startSort(rows);
startFilter(rows);

/** A link to a row shows it, whatever the filter says, opens it, and takes the keyboard there. */
function openTarget(): void {
    const id = decodeURIComponent(location.hash.slice(1));
    const row = rows.find(({ element }) => element.id === id);
    if (row === undefined) {
        return;
    }
    if (row.element.hidden) {
        (document.getElementById("controls") as HTMLFormElement | null)?.reset();
        applyFilter(rows);
    }
    toggle(row, true);
    row.element.scrollIntoView({ block: "center" });
    row.button?.focus({ preventScroll: true });
}

addEventListener("hashchange", openTarget);
openTarget();
