// Sends the form of a page that says how far something is, so that nobody has to press for the next part.
"use strict";
const next = document.querySelector("form[data-continue]");
if (next !== null) {
  window.setTimeout(() => next.submit(), 200);
}
