// Shows the plan of another day while it is typed; the server works it out, as without a script.
const form = document.querySelector(".if-form");
const PAUSE_MS = 250;
let waiting = 0;
let newest = 0;

async function ask() {
  const asked = ++newest;
  const shown = document.getElementById("if-result");
  const address = new URL(form.action);
  address.hash = "";
  address.search = new URLSearchParams(new FormData(form));
  shown.firstElementChild?.classList.add("waiting");
  const answer = await fetch(address).catch(() => null);
  if (!answer || asked !== newest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("if-result");
  if (found && asked === newest) shown.replaceChildren(...found.childNodes);
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    ask();
  });
}
document.querySelector(".error-summary")?.focus();
