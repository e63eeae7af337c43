// The rules of uncramp for a browser: the same data as Python, read the same way.
// holds is evidence/rules.py, screen is screening.py, steps is relief.py, advise is roadside.py with
// wording/now.py. Every rule is true, false or null ("we were not told").
// Old phones run this: no modules, nothing newer than ES5.
function roadsideRules(data) {
  "use strict";

  function within(list, item) {
    return list.indexOf(item) >= 0;
  }

  // The options chosen for a question; null when it was not answered.
  function chosen(answers, question) {
    var answer = answers[question];
    if (typeof answer === "string") return [answer];
    return answer && answer.length ? answer : null;
  }
  function answered(answers, question) {
    var options = chosen(answers, question);
    return options !== null && !within(options, "dont_remember");
  }

  function holds(rule, answers) {
    var names = Object.keys(rule), operator = names[0], operand = rule[operator], known;
    if (names.length === 1) switch (operator) {
      case "has":
        known = chosen(answers, operand[0]);
        if (known && within(known, operand[1])) return true;
        return answered(answers, operand[0]) ? false : null;
      case "at_least":
      case "below":
        known = answers[operand[0]];
        if (typeof known !== "number") return null;
        return operator === "at_least" === (known >= limit(operand[1]));
      case "known":
        return typeof answers[operand] === "number" || answered(answers, operand);
      case "all":
      case "any":
        return together(operand, answers, operator === "any");
      case "not":
        known = holds(operand, answers);
        return known === null ? null : !known;
    }
    throw new Error("malformed rule");
  }
  // A number, or the key of an evidence parameter.
  function limit(given) {
    return typeof given === "string" ? data.numbers[given] : given;
  }
  // As Kleene did: one decisive part settles it, whatever is missing.
  function together(parts, answers, decisive) {
    var values = parts.map(function (part) { return holds(part, answers); });
    return within(values, decisive) ? decisive : within(values, null) ? null : !decisive;
  }

  var levels = Object.keys(data.urgencies); // most urgent first

  // What raised a stored flag is not told again, so it keeps the most urgent level it can have.
  function urgencyOf(entry, answers, stored) {
    var steps = (entry.urgency_rules || []).filter(function (step) {
      return stored || holds(step.when, answers);
    }).map(function (step) { return step.urgency; });
    if (!stored) return steps.concat(entry.urgency)[0];
    return levels.filter(function (level) { return within(steps.concat(entry.urgency), level); })[0];
  }

  function screen(answers, openStops, openLocks) {
    var raised = [], stops = [], locks = [], sorted = [];
    data.stops.forEach(function (entry) {
      if (holds(entry.when, answers)) raised.push(entry.id);
    });
    data.locks.forEach(function (entry) {
      var stored = !holds(entry.when, answers);
      if (stored && !within(openLocks, entry.id)) return;
      locks.push({ id: entry.id, name: entry.name, blocks: entry.blocks, stored: stored });
      entry.escalates.forEach(function (step) {
        if (holds(step.when, answers)) raised.push(step.stop);
      });
    });
    data.stops.forEach(function (entry) {
      var stored = !within(raised, entry.id), level = urgencyOf(entry, answers, stored);
      if (!stored || within(openStops, entry.id)) stops.push({
        id: entry.id, urgency: level, name: entry.name, because: entry.because,
        do: [data.urgencies[level]].concat(entry.do), do_not: entry.do_not, stored: stored
      });
    });
    levels.forEach(function (level) {
      sorted = sorted.concat(stops.filter(function (stop) { return stop.urgency === level; }));
    });
    return {
      stops: sorted,
      locks: locks,
      unanswered: data.screening.filter(function (which) { return !answered(answers, which); })
    };
  }

  function dangersAnswered(found) {
    return !data.dangers.some(function (which) { return within(found.unanswered, which); });
  }

  // Topics on which nothing may be advised.
  function blocked(found) {
    if (found.stops.length || !dangersAnswered(found)) return data.topics;
    return found.locks.reduce(function (topics, lock) {
      return topics.concat(lock.blocks);
    }, found.unanswered.length ? data.whole_screen : []);
  }

  // The stretch card becomes one piece a muscle; all else is one piece.
  function textsOf(step, answers) {
    var cards = (chosen(answers, "muscles") || []).filter(function (which) {
      return which !== "dont_remember";
    }).map(function (which) { return data.muscles[which]; });
    return step.id === "stretch_card" && cards.length ? cards : [step.text];
  }

  function steps(answers, found) {
    var out = [], forbidden = blocked(found);
    if (!found.stops.length) data.steps.forEach(function (step) {
      if (step.when && !holds(step.when, answers)) return;
      if (step.topics.some(function (topic) { return within(forbidden, topic); })) return;
      textsOf(step, answers).forEach(function (words) {
        out.push({ id: step.id, topics: step.topics, text: words, dispute: step.dispute || null });
      });
    });
    return out;
  }

  // The data of `uncramp now`, but for the sources; `next_question` is its id.
  function advise(answers, openStops, openLocks) {
    var found = screen(answers, openStops, openLocks), open = found.unanswered.length > 0;
    var twitching = answers.pattern === "twitching";
    var left = data.first.concat(twitching ? data.before_salt : []).filter(function (which) {
      return !found.stops.length && !(which in answers);
    });
    return {
      screen: open ? "incomplete" : "complete",
      dangers_answered: dangersAnswered(found),
      unanswered: found.unanswered,
      stop: found.stops.length ? { flags: found.stops } : null,
      locks: found.locks,
      now: steps(answers, found),
      salt_waits: twitching && open && !found.stops.length && !found.locks.some(function (lock) {
        return within(lock.blocks, "salt");
      }),
      safety_net: data.safety_net,
      next_question: left[0] || null
    };
  }

  return { advise: advise, holds: holds };
}
