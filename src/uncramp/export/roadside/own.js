// A runner's own page: sends each advice that was given to be kept, and then knows its warnings.
function ownPage(own) {
  "use strict";
  var SECOND_THOUGHT_MS = 8000; // a wrong tap can be taken back before it is kept
  var sent = "", waiting = null, later = null;

  function remember(list, flags) {
    flags.forEach(function (one) { if (list.indexOf(one.id) < 0) list.push(one.id); });
  }
  function send(answers, now, draw) {
    var body = JSON.stringify({ answers: answers });
    later = null;
    if (body === sent) return;
    sent = body;
    remember(own.locks, now.locks);
    if (now.stop) remember(own.stops, now.stop.flags);
    try {
      fetch(own.save, { method: "POST", keepalive: true, credentials: "same-origin",
        headers: { "Content-Type": "application/json" }, body: body }).then(null, function () {});
    } catch (error) { waiting = null; }
    if (now.stop) draw(true);
  }
  function atOnce() {
    clearTimeout(waiting);
    if (later) later();
  }

  // On the first screen the way home stands where "back" is on all others.
  function showHome() {
    var title = document.querySelector("header b"), link = document.createElement("a"), words;
    if (!title) return;
    link.href = own.home[1];
    link.className = "back act";
    link.appendChild(document.createElement("i"));
    words = link.appendChild(document.createElement("span"));
    words.textContent = own.home[0];
    title.parentNode.replaceChild(link, title);
  }

  // The page says which screen it shows; a stop is kept when it was not taken back at once.
  own.shown = function (to, answers, now, draw) {
    showHome();
    clearTimeout(waiting);
    later = null;
    if (!/^(do|unsure|stop)$/.test(to) || !Object.keys(answers).length) return;
    later = function () { send(answers, now, draw); };
    if (to === "stop" && !own.stops.length) waiting = setTimeout(atOnce, SECOND_THOUGHT_MS);
    else atOnce();
  };
  window.addEventListener("pagehide", atOnce);
  document.addEventListener("visibilitychange", function () { if (document.hidden) atOnce(); });
}
