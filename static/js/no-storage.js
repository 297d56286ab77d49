// Nothing is kept in a browser but the cookies that the server sets. htmx would note each page's address in sessionStorage and
// does without where that is refused, so it is refused, before htmx looks.
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, {
    get() {
      throw new DOMException("Nothing is kept here.", "SecurityError");
    },
  });
}
