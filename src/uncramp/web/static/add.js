// The form for files: drop them, see how far they are, call it off. Without this it is a plain form.
const form = document.getElementById("upload");
const MB = 1e6;

if (form) {
  const picker = document.getElementById("files");
  const folder = document.getElementById("folder");
  const error = document.getElementById("files-error");
  const sending = form.querySelector(".sending");
  const pick = form.querySelector(".pick");
  const bar = document.getElementById("sending-bar");
  const words = document.getElementById("sending-words");
  let request = null;

  form.classList.add("lively");
  form.querySelector(".drop-words").hidden = false;

  const complain = (said) => {
    error.textContent = said;
    error.hidden = !said;
    form.classList.toggle("wrong", Boolean(said));
  };

  const rest = () => {
    request = null;
    sending.hidden = true;
    pick.hidden = false;
    picker.value = "";
    folder.value = "";
  };

  const show = (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    const [pattern, unit] =
      event.total < MB ? [form.dataset.sentKb, 1000] : [form.dataset.sent, MB];
    const count = (bytes) => String(Math.floor(bytes / unit));
    words.textContent =
      event.loaded < event.total
        ? pattern.replace("##", count(event.total)).replace("#", count(event.loaded))
        : form.dataset.reading;
  };

  const answered = () => {
    const { status, responseURL, responseText } = request;
    if (status === 200) {
      location.assign(responseURL);
      return;
    }
    const page = new DOMParser().parseFromString(responseText, "text/html");
    const said = page.querySelector("#files-error:not([hidden])") ?? page.querySelector("h1");
    rest();
    complain(said?.textContent.trim() || form.dataset.failed);
  };

  const send = (files) => {
    if (!files.length || request) return;
    complain("");
    if (files.length > Number(form.dataset.most)) {
      complain(form.dataset.tooMany);
      return;
    }
    const size = files.reduce((sum, one) => sum + one.file.size, 0);
    if (size > Number(form.dataset.limit)) {
      complain(form.dataset.tooLarge);
      return;
    }
    const body = new FormData();
    for (const one of files) body.append("files", one.file, one.name);
    request = new XMLHttpRequest();
    request.upload.addEventListener("progress", show);
    request.addEventListener("load", answered);
    request.addEventListener("error", () => {
      rest();
      complain(form.dataset.failed);
    });
    request.addEventListener("abort", rest);
    request.open("POST", form.action);
    request.send(body);
    bar.value = 0;
    words.textContent = "";
    pick.hidden = true;
    sending.hidden = false;
    document.getElementById("sending-cancel").focus();
  };

  const chosen = (input) =>
    Array.from(input.files, (file) => ({ file, name: file.webkitRelativePath || file.name }));

  // Everything below a folder that was dropped; folders are read a hundred names at a time.
  const below = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((take, fail) => entry.file(take, fail));
      return [{ file, name: path + file.name }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((take, fail) => reader.readEntries(take, fail));
      if (!some.length) return found;
      for (const one of some) found.push(...(await below(one, `${path}${entry.name}/`)));
    }
  };

  const dropped = async (transfer) => {
    const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
    if (!entries.length) return Array.from(transfer.files, (file) => ({ file, name: file.name }));
    const found = [];
    for (const entry of entries) found.push(...(await below(entry, "")));
    return found;
  };

  for (const input of [picker, folder])
    input.addEventListener("change", () => send(chosen(input)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send([...chosen(picker), ...chosen(folder)]);
  });
  document.getElementById("sending-cancel").addEventListener("click", () => request?.abort());

  let depth = 0;
  const hover = (change) => {
    depth = Math.max(0, depth + change);
    form.classList.toggle("over", depth > 0);
  };
  form.addEventListener("dragenter", () => hover(1));
  form.addEventListener("dragleave", () => hover(-1));
  for (const kind of ["dragover", "drop"])
    window.addEventListener(kind, (event) => event.preventDefault());
  form.addEventListener("drop", async (event) => {
    depth = 0;
    hover(0);
    try {
      send(await dropped(event.dataTransfer));
    } catch {
      complain(form.dataset.failed);
    }
  });
}
