// The server writes times in UTC; this adds the reader's own clock to what a pointer or a long press shows.
const full = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "long", timeStyle: "short" });

const localise = (root) => {
  for (const time of root.querySelectorAll("time[datetime*='T']")) {
    const moment = new Date(time.dateTime);
    if (!Number.isNaN(moment.getTime())) time.title = full.format(moment);
  }
};

localise(document);
document.addEventListener("htmx:load", ({ target }) => localise(target));
