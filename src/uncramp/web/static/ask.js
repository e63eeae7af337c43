// Small help on the pages of the interview; everything works without it.

// "None of these" and "I don't remember" stand alone: ticking one unticks the rest, and back.
for (const form of document.querySelectorAll("form.ask")) {
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "checkbox" || !target.checked) return;
    const boxes = form.querySelectorAll("input[type=checkbox]");
    for (const box of boxes) {
      const clashes = target.hasAttribute("data-alone") || box.hasAttribute("data-alone");
      if (box !== target && box.checked && clashes) {
        box.checked = false;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
  });
}

// Who fills in a field that belongs to a choice has made that choice.
for (const field of document.querySelectorAll("[data-chooses]")) {
  field.addEventListener("input", () => {
    document.getElementById(field.dataset.chooses).checked = true;
  });
}

document.querySelector(".error-summary")?.focus();
