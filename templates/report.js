"use strict";
// Headings sort their table, by numbers where cells have them; empty cells come last.
for (const table of document.querySelectorAll("table.sorts")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.setAttribute("aria-sort", "none");
    heading.querySelector("button").addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      headings.forEach((other) => other.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = table.tBodies[0];
      const rows = [...body.rows].map((row) => {
        const cell = row.cells[column];
        return { row, text: cell.textContent, number: "v" in cell.dataset ? Number(cell.dataset.v) : null };
      });
      const numbers = heading.classList.contains("n");
      const sign = up ? 1 : -1;
      rows.sort((a, b) => {
        if (numbers) {
          if (a.number === null || b.number === null) return (a.number === null) - (b.number === null);
          return sign * (a.number - b.number);
        }
        if (!a.text || !b.text) return !a.text - !b.text;
        return sign * a.text.localeCompare(b.text, undefined, { numeric: true });
      });
      body.append(...rows.map((of) => of.row));
    });
  });
}
