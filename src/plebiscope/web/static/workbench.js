"use strict";
(() => {
  // Files may be dropped anywhere on the field; without this the field's own button does the same.
  const prepare = (zone) => {
    const field = zone.querySelector("input[type=file]");
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const kind of ["dragleave", "drop"]) {
      zone.addEventListener(kind, () => zone.classList.remove("over"));
    }
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
    });
  };
  document.querySelectorAll("[data-drop]").forEach(prepare);

  // A box drawn over the fingerprint chooses stations, as typing the limits does.
  let box = null;
  const place = (event, drawing) => {
    const svg = drawing.querySelector("svg");
    const frame = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / frame.width;
    const side = Number(drawing.dataset.side);
    const within = (value) => Math.min(100, Math.max(0, 100 * value / side));
    return [
      within((event.clientX - frame.left) * scale - Number(drawing.dataset.edge)),
      within(side - ((event.clientY - frame.top) * scale - Number(drawing.dataset.top))),
    ];
  };
  document.addEventListener("pointerdown", (event) => {
    const drawing = event.target.closest("[data-brush]");
    if (!drawing || event.button) return;
    event.preventDefault();
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.setAttribute("class", "box");
    drawing.querySelector("svg > g").append(rect);
    box = { drawing, rect, from: place(event, drawing) };
    drawing.setPointerCapture(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (!box) return;
    const [x, y] = place(event, box.drawing);
    const unit = Number(box.drawing.dataset.side) / 100;
    const set = (name, value) => box.rect.setAttribute(name, value * unit);
    set("x", Math.min(x, box.from[0]));
    set("width", Math.abs(x - box.from[0]));
    set("y", 100 - Math.max(y, box.from[1]));
    set("height", Math.abs(y - box.from[1]));
  });
  document.addEventListener("pointerup", (event) => {
    if (!box) return;
    const [x, y] = place(event, box.drawing);
    const [x0, y0] = box.from;
    box.rect.remove();
    box = null;
    const whole = Math.abs(x - x0) < 1 && Math.abs(y - y0) < 1;
    const limits = whole ? [0, 100, 0, 100] : [Math.min(x, x0), Math.max(x, x0), Math.min(y, y0), Math.max(y, y0)];
    ["t0", "t1", "s0", "s1"].forEach((name, at) => { document.getElementById(name).value = Math.round(10 * limits[at]) / 10; });
    document.getElementById("choice").requestSubmit();
  });

  // Statements are judged by keyboard: one is current, its letters press its buttons.
  const cards = () => [...document.querySelectorAll("[data-statement]")];
  const current = () => document.activeElement.closest("[data-statement]");
  const light = () => {
    const here = current();
    document.querySelectorAll(".marked").forEach((mark) => {
      mark.classList.toggle("now", Boolean(here) && mark.dataset.keys.split(" ").some((key) => `s-${key}` === here.id));
    });
  };
  document.addEventListener("focusin", light);
  // Keys of a single letter can be switched off: whoever speaks to the machine, or slips, types them unmeant.
  const letters = document.getElementById("letters");
  if (letters) {
    letters.checked = localStorage.getItem("letters") !== "off";
    letters.addEventListener("change", () => localStorage.setItem("letters", letters.checked ? "on" : "off"));
  }
  document.addEventListener("keydown", (event) => {
    if (!document.querySelector("[data-judging]") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!letters.checked || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    const key = event.key.toLowerCase();
    const list = cards();
    const at = list.indexOf(current());
    if (key === "j" || key === "k") {
      const next = list[key === "j" ? Math.min(at + 1, list.length - 1) : Math.max(at - 1, 0)];
      if (next) { next.focus(); next.scrollIntoView({ block: "center" }); event.preventDefault(); }
    } else if (at >= 0) {
      const button = list[at].querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (button) { button.click(); event.preventDefault(); }
    }
  });
  // The card that was decided on is put in anew: whoever was on it stays on it.
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const card = event.target.id && document.getElementById(event.target.id);
    if (card && card.matches("[data-statement]")) card.focus();
    // A run is over, and the button that was pressed or waited at is gone: its end is where one goes on.
    const over = card && card.querySelector("[data-over]");
    if (over && document.activeElement === document.body) over.focus();
  });
  // Words marked in a report are filled in where a missed statement is added.
  const words = document.querySelector("[data-selection]");
  if (words) words.addEventListener("input", () => { document.querySelector("[data-start]").value = ""; });
  document.addEventListener("selectionchange", () => {
    const chosen = document.getSelection();
    const field = document.querySelector("[data-selection]");
    if (!field || chosen.isCollapsed || !chosen.anchorNode.parentElement.closest(".report")) return;
    field.value = chosen.toString().trim();
    const start = document.querySelector("[data-start]");
    const before = document.createRange();
    before.setStart(chosen.anchorNode.parentElement.closest(".report"), 0);
    before.setEnd(chosen.getRangeAt(0).startContainer, chosen.getRangeAt(0).startOffset);
    start.value = [...before.toString()].length;
  });

  // How much of an upload has been sent.
  document.body.addEventListener("htmx:xhr:progress", (event) => {
    const bar = document.getElementById("sending");
    if (bar && event.detail.lengthComputable) bar.value = 100 * event.detail.loaded / event.detail.total;
  });
})();
