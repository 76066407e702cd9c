// Single keys for who works without a mouse. No key sends anything: they move the focus, and Enter does the rest.
// Without this file all of it is reached by Tab.
"use strict";
(() => {
  const dialog = document.getElementById("keys");
  if (!dialog || !dialog.showModal) return;
  const STORED = "single-keys";
  const opener = document.getElementById("keys-opener");
  const choice = document.getElementById("keys-on");

  const stored = () => {
    try {
      return localStorage.getItem(STORED);
    } catch {
      return null; // a browser that keeps nothing: the keys are on
    }
  };
  choice.checked = stored() !== "off";
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, choice.checked ? "on" : "off");
    } catch {
      // for this page alone, then
    }
  });
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
  document.getElementById("keys-close").addEventListener("click", () => dialog.close());

  const typing = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
  const seen = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  const focus = (one) => {
    one.focus();
    one.scrollIntoView({ block: "center" });
  };

  const move = (step) => {
    const rows = seen("main .card a.whole, main tbody th a");
    const at = rows.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
    if (rows[next]) focus(rows[next]);
    return rows.length > 0;
  };

  const act = (key, inList) => {
    if (key === "?") return dialog.showModal(), true;
    if (key === "j" || (inList && key === "ArrowDown")) return move(1);
    if (key === "k" || (inList && key === "ArrowUp")) return move(-1);
    if (key === "/") {
      const [search] = seen("main input[type=search]");
      if (search) focus(search);
      return Boolean(search);
    }
    if (!/^[a-z]$/.test(key)) return false;
    const [found] = seen(`main [data-key="${key}"] :is(select, button, textarea, a)`);
    if (found) focus(found);
    return Boolean(found);
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (!choice.checked || dialog.open || typing(event.target)) return;
    const inList = event.target.matches("main .card a.whole, main tbody th a");
    if (act(event.key, inList)) event.preventDefault();
  });
})();
