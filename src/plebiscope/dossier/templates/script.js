"use strict";
(() => {
  const live = document.getElementById("live");
  const say = (text) => { live.textContent = text; };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Copy a sentence together with the line that says where it comes from.
  const copy = async (text) => {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed: the old way */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };
  for (const button of all("button.copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(button.dataset.copy);
      const label = button.textContent;
      button.textContent = done ? "Copied" : "Could not copy";
      say(done ? "Sentence copied with its source." : "The sentence could not be copied.");
      button.focus();
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }

  // Save a picture with its title, its caption and the line that says where it comes from.
  const SVG = "http://www.w3.org/2000/svg";
  const lines = (text, width) => {
    const found = [""];
    for (const word of text.split(/\s+/)) {
      const last = found.length - 1;
      if (found[last] && found[last].length + word.length + 1 > width) found.push(word);
      else found[last] += (found[last] ? " " : "") + word;
    }
    return found;
  };
  const framed = (figure) => {
    const drawing = figure.querySelector("svg");
    const edge = 20;
    const inner = Number(drawing.getAttribute("width"));
    const wide = Math.max(inner, 420) + 2 * edge;
    const title = lines(figure.querySelector(".plot-title").textContent.trim(), wide / 8.6);
    const caption = figure.querySelector("figcaption");
    const source = lines(caption.querySelector(".source").textContent.trim(), wide / 6.2);
    const told = lines(caption.firstChild.textContent.trim(), wide / 6.9);
    const top = edge + 22 * title.length;
    const below = top + Number(drawing.getAttribute("height")) + 8;
    const high = below + 17 * told.length + 6 + 15 * source.length + edge;
    const frame = document.createElementNS(SVG, "svg");
    const set = (node, values) => { for (const key in values) node.setAttribute(key, values[key]); return node; };
    set(frame, { xmlns: SVG, width: wide, height: high, viewBox: `0 0 ${wide} ${high}`, "font-family": drawing.getAttribute("font-family") });
    const ground = document.createElementNS(SVG, "rect");
    frame.append(set(ground, { width: wide, height: high, fill: "#ffffff" }));
    const write = (texts, y, step, values) => texts.forEach((text, index) => {
      const node = document.createElementNS(SVG, "text");
      node.textContent = text;
      frame.append(set(node, { x: edge, y: y + step * index, ...values }));
    });
    write(title, edge + 12, 22, { "font-size": 16, "font-weight": "bold", fill: "#1d1f21" });
    frame.append(set(drawing.cloneNode(true), { x: edge, y: top, role: "presentation" }));
    write(told, below + 12, 17, { "font-size": 12.5, fill: "#1d1f21" });
    write(source, below + 17 * told.length + 18, 15, { "font-size": 11, fill: "#54585d" });
    return { text: new XMLSerializer().serializeToString(frame), wide, high };
  };
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  for (const tools of all(".tools")) tools.hidden = false;
  for (const button of all("button[data-save]")) {
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const { text, wide, high } = framed(figure);
      const name = `plebiscope-${figure.id}`;
      const svg = new Blob([text], { type: "image/svg+xml" });
      if (button.dataset.save === "svg") { save(svg, `${name}.svg`); return; }
      const image = new Image();
      image.onload = () => {
        const canvas = document.createElement("canvas");
        canvas.width = 2 * wide;
        canvas.height = 2 * high;
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        canvas.toBlob((blob) => save(blob, `${name}.png`));
      };
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    });
  }

  // Sort and filter the stations to inspect.
  const table = document.getElementById("inspect");
  if (table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
    const number = (text) => Number(text.replaceAll(",", "").replace("−", "-").replace("–", "NaN"));
    all("th[data-sort]", table).forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const place = head.cellIndex;
        const value = (row) => row.cells[place].textContent;
        const order = head.dataset.sort === "number"
          ? (a, b) => (number(value(a)) || 0) - (number(value(b)) || 0)
          : (a, b) => collator.compare(value(a), value(b));
        rows.sort((a, b) => (rising ? order(a, b) : order(b, a)));
        body.append(...rows);
      });
    });
    const filter = document.getElementById("filter");
    const shown = document.getElementById("shown");
    filter.parentElement.hidden = false;
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      let count = 0;
      for (const row of rows) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
        count += row.hidden ? 0 : 1;
      }
      shown.textContent = wanted ? `${count} of ${rows.length}` : "";
      say(`${count} rows shown`);
    });
  }

  addEventListener("beforeprint", () => { for (const part of all("details")) part.open = true; });
})();
