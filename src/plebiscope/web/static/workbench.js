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

  // How much of an upload has been sent.
  document.body.addEventListener("htmx:xhr:progress", (event) => {
    const bar = document.getElementById("sending");
    if (bar && event.detail.lengthComputable) bar.value = 100 * event.detail.loaded / event.detail.total;
  });
})();
