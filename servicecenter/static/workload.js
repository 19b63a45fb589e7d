// Dragging a job only opens its form, filled in with where it was dropped: the form, which works without this script
// too, asks for what the step needs and takes it.
"use strict";
(() => {
  const table = document.querySelector("[data-workload]");
  if (!table) return;
  const cards = document.querySelectorAll(".workload-card");
  let dragged = null;
  cards.forEach((card) => {
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      card.classList.add("is-dragged");
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.dataset.case);
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("is-dragged");
      dragged = null;
    });
  });
  const placeOf = (event) => event.target.closest("[data-drop]");
  table.addEventListener("dragover", (event) => {
    const place = placeOf(event);
    if (!place || !dragged || place.contains(dragged)) return;
    event.preventDefault();
    table.querySelectorAll(".is-over").forEach((each) => each.classList.toggle("is-over", each === place));
    place.classList.add("is-over");
  });
  table.addEventListener("dragleave", (event) => {
    const place = placeOf(event);
    if (place && !place.contains(event.relatedTarget)) place.classList.remove("is-over");
  });
  table.addEventListener("drop", (event) => {
    const place = placeOf(event);
    if (!place || !dragged) return;
    event.preventDefault();
    place.classList.remove("is-over");
    open(dragged.querySelector(".workload-move"), place.closest("tr").dataset.technician, place.dataset.day);
  });
  function open(link, technician, day) {
    const before = link.href;
    const url = new URL(before);
    url.searchParams.set("technician", technician);
    if (day) url.searchParams.set("day", day);
    link.href = url.href;
    link.click();
    link.href = before;
  }
})();
