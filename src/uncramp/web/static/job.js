// Long work under way: shows how far it is, and the next page when it is over.
const box = document.querySelector("[data-job]");
const bar = document.getElementById("job-bar");
const words = document.getElementById("job-words");
const EVERY_MS = 500;
const LATER_MS = 3000;

async function look() {
  let state;
  try {
    const answer = await fetch(box.dataset.job, { headers: { Accept: "application/json" } });
    if (!answer.ok) {
      location.reload();
      return;
    }
    state = await answer.json();
  } catch {
    setTimeout(look, LATER_MS);
    return;
  }
  if (state.is_over) {
    location.reload();
    return;
  }
  if (state.percent === null) bar.removeAttribute("value");
  else bar.value = state.percent;
  if (words.textContent !== state.words) words.textContent = state.words;
  setTimeout(look, EVERY_MS);
}

if (box) setTimeout(look, EVERY_MS);
