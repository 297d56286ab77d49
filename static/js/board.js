// The board's filters: what the reader has unfolded stays unfolded when new counts arrive; on a phone Escape closes them.
const filters = document.getElementById("filters");
let open = [];

document.addEventListener("htmx:beforeSwap", () => {
  open = [...filters.querySelectorAll("details[open]")].map(({ id }) => id);
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});
document.addEventListener("keydown", (event) => {
  const opener = document.querySelector('a[href="#filters"]');
  if (event.key !== "Escape" || event.defaultPrevented || location.hash !== "#filters" || !opener?.offsetParent) return;
  location.hash = "results";
  opener.focus();
});
