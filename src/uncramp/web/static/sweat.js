// Says what the weigh-in comes to while it is typed; the server works it out, as without a script.
const form = document.querySelector("form.weigh-in");
const hint = document.getElementById("hint");
const PAUSE_MS = 400;
let waiting = 0;
let newest = 0;

async function ask() {
  const asked = ++newest;
  const values = new URLSearchParams(new FormData(form));
  const answer = await fetch(form.dataset.hint, { method: "POST", body: values }).catch(() => null);
  if (!answer?.ok || asked !== newest) return;
  const { words, doubts, code, is_doubtful: isDoubtful } = await answer.json();
  const lines = words ? [words, ...doubts] : [];
  hint.replaceChildren(...lines.map((said, index) => {
    const line = document.createElement("p");
    line.className = index ? "" : "lead";
    line.textContent = said;
    return line;
  }));
  hint.classList.toggle("doubtful", isDoubtful);
  noteDoubt(code);
}

// What was said beside the form while typing need not be said again on a page of its own.
function noteDoubt(code) {
  let note = form.elements.namedItem("doubted");
  if (!note) {
    note = Object.assign(document.createElement("input"), { type: "hidden", name: "doubted" });
    form.append(note);
  }
  note.value = code;
}

// The day and the minutes belong to a weigh-in without a run.
function showParts() {
  document.querySelector(".no-run").hidden = form.elements.namedItem("run").value !== "";
}

if (form) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE_MS);
    showParts();
  });
  showParts();
  document.querySelector(".error-summary")?.focus();
}
