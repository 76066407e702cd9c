// Quick exit: the button, or Escape pressed three times within two seconds. The page with a person on it is
// replaced, so that the browser's way back does not lead to it. Without this file the button does the same by
// an ordinary form, and the pages before stay empty because nothing of the desk is kept (no-store).
"use strict";
(function () {
  const form = document.getElementById("leave");
  if (!form) return;
  function leave() {
    const away = form.dataset.away;
    document.documentElement.hidden = true;
    const sent = new FormData(form);
    fetch(form.action, { method: "POST", body: sent, keepalive: true, redirect: "manual" }).finally(
      () => location.replace(away)
    );
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  let pressed = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat) return;
    pressed = pressed.filter((at) => event.timeStamp - at < 2000).concat(event.timeStamp);
    if (pressed.length >= 3) leave();
  });
})();
