// A form that posts is sent once: the second press of an impatient finger does nothing. The server decides all the same.
// htmx prevents the browser's own submit and is left alone.
const PAUSE = 5000; // milliseconds; whoever pressed Stop may send again after that
const sent = new WeakSet();

const free = (form) => {
  sent.delete(form);
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (sent.has(form)) {
    event.preventDefault();
    return;
  }
  sent.add(form);
  event.submitter?.setAttribute("aria-busy", "true"); // not `disabled`: the button's own name and value must be sent
  setTimeout(() => free(form), PAUSE);
});

// The browser may bring the page back from its memory, as it was.
addEventListener("pageshow", ({ persisted }) => persisted && document.querySelectorAll("form").forEach(free));
