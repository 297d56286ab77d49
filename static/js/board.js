// The board's filters: what the reader has unfolded stays unfolded when new counts arrive.
const filters = document.getElementById("filters");
let open = [];

document.addEventListener("htmx:beforeSwap", () => {
  open = [...filters.querySelectorAll("details[open]")].map(({ id }) => id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});
