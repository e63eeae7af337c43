// The body map: a tap on the figure ticks the checkbox of the same place in the list, and back.
// The list is what is sent; the order of taps goes along in one hidden field.

const form = document.querySelector("form.on-body");
const order = form.querySelector("[data-order]");
const boxes = new Map(
  [...form.querySelectorAll("[data-places] input[type=checkbox]")].map((box) => [box.value, box]),
);
const shapes = [...form.querySelectorAll("[data-place]")];
let marked = order.value.split(" ").filter((place) => boxes.has(place));

const nameOf = (place) => boxes.get(place).closest("label").textContent.trim();

function show() {
  order.value = marked.join(" ");
  for (const shape of shapes) {
    const place = shape.dataset.place;
    const number = marked.indexOf(place) + 1;
    if (shape.getAttribute("role") !== "button") continue; // a larger target below it
    shape.setAttribute("aria-pressed", String(number > 0));
    shape.classList.toggle("chosen", number > 0);
    shape.querySelector(".order text").textContent = number > 0 ? String(number) : "";
  }
  form.querySelector("[data-none]").hidden = marked.length > 0;
  form.querySelector("[data-some]").hidden = marked.length === 0;
  form.querySelector("[data-list]").replaceChildren(
    ...marked.map((place) => {
      const item = document.createElement("li");
      item.textContent = nameOf(place);
      return item;
    }),
  );
}

form.addEventListener("change", ({ target }) => {
  if (boxes.get(target.value) !== target) return;
  marked = marked.filter((place) => place !== target.value);
  if (target.checked) marked.push(target.value);
  show();
});

function toggle(place) {
  const box = boxes.get(place);
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const shape of shapes) {
  shape.addEventListener("click", () => toggle(shape.dataset.place));
  shape.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle(shape.dataset.place);
  });
}

form.querySelector("[data-restart]").addEventListener("click", () => {
  for (const place of [...marked]) toggle(place);
  form.querySelector("[role=button][data-place]").focus();
});

document.body.classList.add("scripted");
const list = form.querySelector("[data-places]");
if (!window.matchMedia("(min-width: 48rem)").matches) list.open = false;
show();
