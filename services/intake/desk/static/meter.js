// Reads the meter anew at each tick. Without this file the button below it does.
"use strict";
(() => {
  const form = document.getElementById("share-form");
  const meter = document.getElementById("meter");
  const button = document.getElementById("meter-button");
  if (!form || !meter || !window.fetch) return;
  // Gone and not only hidden: Enter presses the first button of a form.
  const place = button.parentNode;
  button.remove();
  let waiting = 0;
  let newest = 0;

  const read = async () => {
    const mine = ++newest;
    const ticked = new URLSearchParams();
    for (const box of form.querySelectorAll("input[name=released]:checked")) ticked.append("released", box.value);
    try {
      const answer = await fetch(`${form.dataset.meter}?${ticked}`, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (mine === newest) meter.innerHTML = text;
    } catch {
      // What stands there would be wrong now: the button, and the page behind it, say what the matter is.
      if (mine === newest) {
        meter.replaceChildren();
        place.append(button);
      }
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.name !== "released") return;
    clearTimeout(waiting);
    waiting = setTimeout(read, 250);
  });
})();
