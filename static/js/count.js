// A text field that may hold so many characters says near the end how many are left:
//   <input data-count="160" data-count-left="Characters left: {n}" data-count-over="Too many characters: {n}">
// The server counts all the same.
const NEAR = 0.8; // of the allowed length; before that, counting only disturbs

for (const field of document.querySelectorAll("[data-count]")) {
  const { count, countLeft, countOver } = field.dataset;
  const note = document.createElement("p");
  note.id = `${field.id}_count`;
  note.className = "form-text";
  field.after(note);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
  const tell = () => {
    const used = [...field.value].length; // characters, not halves of them
    const left = Number(count) - used;
    note.hidden = used < count * NEAR;
    note.textContent = (left < 0 ? countOver : countLeft).replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
  };
  field.addEventListener("input", tell);
  tell();
}
