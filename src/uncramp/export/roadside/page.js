// The roadside page: one screen at a time, made of what `roadsideRules` says.
// `#where`, `#do` and so on are the screens: the phone's own back button works, no answer is lost.
(function () {
  "use strict";
  var plain = document.getElementById("plain"), app = document.getElementById("app");
  var live = document.getElementById("live");
  var walker = document.createTreeWalker(plain, 4, null, false), told = [], last = 0;
  while (walker.nextNode()) if (walker.currentNode.data.trim()) told.push(walker.currentNode.data.trim());
  // What the page says without scripts is not sent twice: "~2" is the sentence two further on there.
  var data = JSON.parse(document.getElementById("data").textContent, function (key, value) {
    return typeof value === "string" && value[0] === "~" ? told[last += +value.slice(1)] : value;
  });
  var say = data.say, own = data.own, dangers = data.rules.dangers, beforeSalt = data.rules.before_salt;
  var rules = roadsideRules(data.rules);
  var answers = {}, helping = false, trail = [], scrolls = {}, shown = [], saved = "";

  // ---- small tools

  function el(tag, look, inside) {
    var made = document.createElement(tag);
    if (look) made.className = look;
    if (typeof inside === "string") made.textContent = inside;
    else (inside || []).forEach(function (child) { if (child) made.appendChild(child); });
    return made;
  }
  function p(words, look) {
    return el("p", look, words);
  }
  function button(look, words, tap, pressed) {
    var made = el("button", look, [el("i"), el("span", "", words)]);
    made.type = "button";
    made.onclick = tap;
    if (pressed !== undefined) made.setAttribute("aria-pressed", pressed);
    return made;
  }
  function act(words, tap) {
    return button("act", words, tap);
  }
  function focusable(made) {
    made.tabIndex = -1;
    return made;
  }
  function heading(words) {
    return focusable(el("h1", "", words));
  }
  function watch(advised) {
    return el("section", "", [el("h2", "", say.watch), p(advised.safety_net)]);
  }
  function list(tag, look, words) {
    return el(tag, look, words.map(function (one) { return el("li", "", one); }));
  }
  function shape(level) {
    var made = document.getElementById(level).cloneNode(true);
    made.removeAttribute("id");
    return made;
  }

  // ---- answers

  function asked(which) {
    return data.rules.questions.filter(function (one) { return one.id === which; })[0];
  }
  function named(which) {
    return (answers[which] || []).filter(function (one) { return one !== "none" && one !== "dont_remember"; });
  }
  function advice() {
    return rules.advise(answers, own.stops, own.locks);
  }
  // A button for every option of a question but its two ways out.
  function choices(look, which, then) {
    return asked(which).options.map(function (one) {
      return button(look, one[1], function () {
        var options = named(which), at = options.indexOf(one[0]);
        if (at < 0) options.push(one[0]);
        else options.splice(at, 1);
        if (options.length) answers[which] = options;
        else delete answers[which];
        then(at < 0);
      }, named(which).indexOf(one[0]) >= 0);
    });
  }
  // What was tapped stays; the rest of these questions is none, or not known.
  function close(names, option) {
    names.forEach(function (which) {
      var options = named(which);
      answers[which] = option === "none" && options.length ? options : options.concat(option);
    });
    onward();
  }
  function onward() {
    var advised = advice();
    go(advised.stop ? "stop" : !advised.dangers_answered ? "unsure" : !answers.muscles ? "where" :
      advised.salt_waits && advised.next_question || "do");
  }

  // ---- parts of screens

  function signs(which, level, lead) {
    var before = advice().stop, question = asked(which);
    return el("section", "", [
      focusable(el(level, "", helping && question.bystander || question.text)),
      lead && p(lead),
      el("ul", "rows", choices("row", which, function () {
        if (!before && advice().stop) go("stop");
        else draw(true);
      }).map(function (one) { return el("li", "", [one]); }))
    ]);
  }
  // At the thumb: none of these, or not known.
  function bar(names) {
    var some = names.some(function (which) { return named(which).length; }), many = names.length > 1;
    var none = button("main", some ? (many ? say.none_else : say.next) : say.none,
      function () { close(names, "none"); });
    return el("div", "bar", [some && many ? p(say.noted) : null, none,
      act(say.dont_know, function () { close(names, "dont_remember"); })]);
  }
  function steps(advised, before) {
    return el("ol", "steps", advised.now.map(function (step) {
      var fresh = before.length && before.indexOf(step.text) < 0;
      return focusable(el("li", step.id + (fresh ? " fresh" : ""), [
        p(step.text), step.dispute && p(step.dispute, "soft")
      ]));
    }));
  }
  function ends(more) {
    return el("section", "", more.concat(
      act(say.look_again, function () { go(""); }),
      act(say.start_over, function () { answers = {}; shown = []; go(""); })
    ));
  }
  function links() {
    return own.links.map(function (one) {
      var made = el("a", "act", one[0]);
      made.href = one[1];
      return made;
    });
  }
  function status() {
    return el("footer", "", [p(saved, "saved"), p(own.knows), p(say.not_a_device)].concat(links()));
  }

  // ---- screens

  var screens = {
    "": function () {
      return [heading(say.signs), p(say.signs_hint)].concat(
        dangers.map(function (which) { return signs(which, "h2"); }), status(), bar(dangers));
    },
    where: function () {
      return [
        heading(say.where),
        el("div", "tiles", choices("tile", "muscles", function (chosen) {
          if (chosen) onward();
          else draw(true);
        })),
        answers.muscles ? button("main", say.show_steps, onward) : null,
        act(say.dont_know, function () { answers.muscles = ["dont_remember"]; onward(); })
      ];
    },
    do: function (advised) {
      var before = shown, names = advised.locks.map(function (one) { return one.name.toLowerCase(); });
      shown = advised.now.map(function (step) { return step.text; });
      return [
        heading(say.steps),
        steps(advised, before),
        names.length ? p(say.salt_locked.replace("{names}", names.join(", ")), "note") : null,
        advised.salt_waits ? p(say.salt_waits, "note") : null,
        advised.salt_waits ? act(say.health, function () {
          beforeSalt.forEach(function (which) {
            if ((answers[which] || []).indexOf("dont_remember") >= 0) delete answers[which];
          });
          onward();
        }) : null,
        el("h2", "", asked("pattern").text),
        el("section", "", asked("pattern").options.map(function (one) {
          return button("tile", one[1], function () {
            answers.pattern = one[0];
            onward();
          }, answers.pattern === one[0]);
        })),
        watch(advised),
        ends([act(say.add, function () { go("where"); })]),
        status()
      ];
    },
    unsure: function (advised) {
      return [heading(say.unsure), p(say.unsure_why), steps(advised, []), watch(advised), ends([])];
    },
    stop: function (advised) {
      var level = "", parts = [];
      advised.stop.flags.forEach(function (flag) {
        if (flag.urgency !== level) parts.push(el("div", "level " + flag.urgency, [
          el("p", "", [shape(flag.urgency), el("span", "", data.levels[flag.urgency])]),
          level ? el("h2", "", flag.do[0]) : heading(flag.do[0])
        ]));
        level = flag.urgency;
        parts.push(el("section", "flag", [
          p(say.may_be), el("h2", "", flag.name), list("ol", "steps", flag.do.slice(1)),
          el("h3", "", say.do_not), list("ul", "not", flag.do_not), p(flag.because),
          flag.stored && p(own.still_open[flag.id], "note")
        ]));
      });
      if (advised.stop.flags[0].urgency !== "emergency_now") parts.push(watch(advised));
      return parts.concat(own.stops.length ? links() : []);
    }
  };
  beforeSalt.forEach(function (which) {
    screens[which] = function () { return [signs(which, "h1", say.salt_waits), bar([which])]; };
  });

  // The screen these answers allow: a stop and the danger questions come before all else.
  function allowed(to, advised) {
    var asking = !to || beforeSalt.indexOf(to) >= 0;
    if (advised.stop) return own.stops.length || !asking ? "stop" : to;
    if (!advised.dangers_answered) {
      return to === "unsure" && dangers.every(function (which) { return answers[which]; }) ? to : "";
    }
    return asking || to === "where" ? to : answers.muscles ? "do" : "where";
  }

  // ---- from screen to screen

  function place() {
    return location.hash.slice(1);
  }
  function go(to) {
    scrolls[place()] = window.pageYOffset;
    if (place() === to) draw();
    else location.hash = to;
  }
  function buttons() {
    return [].slice.call(app.querySelectorAll("button"));
  }
  function draw(inPlace, back) {
    var advised = advice(), to = allowed(place(), advised), height = window.pageYOffset;
    var held = buttons().indexOf(document.activeElement), fresh, noted;
    var home = !to || (to === "stop" && own.stops.length);
    var top = el("header", "top " + (to === "stop" ? advised.stop.flags[0].urgency : ""), [
      home ? el("b", "", say.title) : button("back", say.back, function () { history.back(); }),
      to === "stop" ? null : button("helping", say.helping, function () { helping = !helping; draw(true); }, helping)
    ]);
    var main = el("main", to, screens[to](advised));
    app.textContent = "";
    app.appendChild(top);
    app.appendChild(main);
    fresh = app.querySelector(".fresh");
    noted = app.querySelector(".bar p");
    live.textContent = noted ? noted.textContent : "";
    if (inPlace) {
      if (held >= 0 && buttons()[held]) buttons()[held].focus();
      window.scrollTo(0, height);
    } else if (back || trail.length > 1) {
      (fresh || app.querySelector("h1")).focus();
      if (!fresh) window.scrollTo(0, back ? scrolls[to] || 0 : 0);
    }
    if (navigator.wakeLock && /^(do|stop)$/.test(to)) navigator.wakeLock.request("screen").then(null, String);
    if (own.shown) own.shown(to, answers, advised, draw);
  }
  window.onhashchange = function () {
    var back = trail[trail.length - 2] === place();
    if (back) trail.pop();
    else trail.push(place());
    draw(false, back);
  };

  // ---- the phone: stay bright, and be there with no signal

  function tellSaved(since) {
    var line = app.querySelector(".saved");
    saved = (since ? say.saved_yes.replace("{date}", since.toISOString().slice(0, 10)) : say.saved_no)
      .replace("{version}", data.version);
    if (line) line.textContent = saved;
  }
  function lookWhetherSaved() {
    caches.match("./").then(function (found) {
      if (found) tellSaved(new Date(found.headers.get("date") || Date.now()));
    });
  }
  function addToHead(rel, to) {
    var made = document.head.appendChild(document.createElement("link"));
    made.rel = rel;
    made.href = to;
  }

  if (own.save) ownPage(own);
  document.body.removeChild(plain);
  trail.push(place());
  draw();
  tellSaved(location.protocol === "file:" ? new Date(document.lastModified) : null);
  window.uncramp = rules;
  if (!own.save && /^http/.test(location.protocol) && window.isSecureContext && window.caches && navigator.serviceWorker) {
    addToHead("manifest", "manifest.webmanifest");
    addToHead("icon", "icon-192.png");
    addToHead("apple-touch-icon", "icon-192.png");
    lookWhetherSaved();
    navigator.serviceWorker.register("sw.js").then(function () {
      return navigator.serviceWorker.ready;
    }).then(lookWhetherSaved).then(null, String); // String: nothing to be done about it
  }
})();
