// A run to look at closely: the recorded curves over one axis, zoomed by dragging, pinching or
// buttons. All words come from the page. Without this script the form below does the same.

const uPlot = window.uPlot;
const box = document.querySelector("[data-zoom]");
if (box && uPlot) start(box);

function start(root) {
  const words = JSON.parse(root.dataset.words);
  const marks = JSON.parse(root.dataset.marks);
  const curves = root.querySelector(".zoom-curves");
  const readout = root.querySelector(".zoom-readout");
  const state = { axis: "time", whole: [0, 1], shown: [0, 1], data: null, plots: [], asked: 0 };

  const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const fill = (sentence, values) =>
    sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  const length = value => value.toFixed(value < 100 ? 1 : 0);
  const clock = minutes => {
    const seconds = Math.round(minutes * 60);
    const pad = number => String(number).padStart(2, "0");
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    return h ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
  };
  const pace = speed => (speed > 1 ? clock(60 / speed) : words.standing);
  const isPace = channel => channel.name === "speed" && root.dataset.onFoot === "yes";
  const xs = channel => (state.axis === "distance" ? channel.along : channel.minutes);

  // What is shown

  async function load() {
    const asked = (state.asked += 1);
    const [low, high] = state.shown;
    const isWhole = low <= state.whole[0] && high >= state.whole[1];
    const query = new URLSearchParams({ points: Math.max(200, Math.round(curves.clientWidth * 2)) });
    if (!isWhole) {
      query.set("by", state.axis);
      query.set("from", String(low));
      query.set("to", String(high));
    }
    try {
      const answer = await fetch(`${root.dataset.source}?${query}`);
      if (!answer.ok) throw new Error(String(answer.status));
      const { data } = await answer.json();
      if (asked === state.asked) show(data);
    } catch {
      if (asked === state.asked) readout.textContent = words.failed;
    }
    if (asked === state.asked) curves.setAttribute("aria-busy", "false");
  }

  function show(data) {
    const isFirst = state.data === null;
    state.data = data;
    if (isFirst) {
      state.axis = data.along === null ? "time" : "distance";
      measure();
      state.shown = [...state.whole];
      pressed();
    }
    if (state.plots.length === data.channels.length && !isFirst) {
      state.plots.forEach((plot, index) => plot.setData(numbers(data.channels[index]), false));
      scale();
    } else {
      build();
    }
    told();
  }

  function measure() {
    state.whole = [0, state.axis === "distance" ? state.data.along : state.data.minutes];
  }

  function numbers(channel) {
    return [xs(channel), channel.values];
  }

  // Drawing

  function build() {
    for (const plot of state.plots) plot.destroy();
    curves.replaceChildren();
    state.plots = state.data.channels.map((channel, index) => {
      const name = document.createElement("p");
      name.className = "panel-name";
      const unit = isPace(channel) ? `${words.minutes}/${words.unit}` : channel.unit;
      name.textContent = `${titleOf(channel)}, ${unit}`;
      curves.append(name);
      const isLast = index === state.data.channels.length - 1;
      return new uPlot(options(channel, isLast), numbers(channel), curves);
    });
    scale();
  }

  const titleOf = channel => words[isPace(channel) ? "pace" : channel.name];

  function options(channel, isLast) {
    const ink = () => style("--ink-soft");
    const grid = { stroke: () => style("--line"), width: 1 };
    const axis = { stroke: ink, grid, ticks: { ...grid, size: 4 }, font: letters() };
    return {
      width: curves.clientWidth,
      height: isLast ? 140 : 110,
      legend: { show: false },
      padding: [8, 8, 6, 0],
      cursor: {
        sync: { key: "run" },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7, fill: () => style("--ink"), stroke: () => style("--paper"), width: 1 },
        y: false,
      },
      scales: { x: { time: false, auto: false, range: () => state.shown }, y: { range: rangeOf(channel) } },
      series: [
        {},
        {
          stroke: () => style("--accent"),
          width: 1.75,
          spanGaps: false,
          points: { show: false },
          fill: channel.name === "elevation" ? () => style("--past-soft") : undefined,
        },
      ],
      axes: [
        { ...axis, show: isLast, size: 30, space: 60, values: (_, all) => all.map(label) },
        {
          ...axis,
          size: 52,
          space: 28,
          splits: isPace(channel) ? paceSplits : undefined,
          values: (_, all) => all.map(one => (isPace(channel) ? clock(60 / one) : `${one}`)),
        },
      ],
      hooks: { draw: [drawMarks], setCursor: [tell], setSelect: [choose] },
    };
  }

  function letters() {
    const root = parseFloat(getComputedStyle(document.documentElement).fontSize);
    return `${parseFloat(style("--size-small")) * root}px ${style("--font")}`;
  }

  const label = (value, index, all) => {
    const unit = state.axis === "distance" ? words.unit : words.minutes;
    return `${Number(value.toFixed(2))}${index === all.length - 1 ? ` ${unit}` : ""}`;
  };

  function rangeOf(channel) {
    const least = { heart_rate: 15, elevation: 30, speed: 2, warmth: 10 }[channel.name] ?? 1;
    return (_, low, high) => {
      if (low === null) return [0, 1];
      const room = Math.max(least - (high - low), 0) / 2;
      const edge = (high - low) * 0.06;
      const floor = channel.name === "speed" ? Math.max(low, middleOf(channel) / SLOWEST) : low;
      return [floor - room - edge, high + room + edge];
    };
  }

  // A stop says no pace: slower than so many times the middle one is cut at the foot.
  const SLOWEST = 2;

  function middleOf(channel) {
    const known = channel.values.filter(one => one !== null).sort((one, other) => one - other);
    return known[Math.floor(known.length / 2)] ?? 0;
  }

  // Round paces, as minutes; the axis itself is of speed, so that faster stands higher.
  const STEPS = [1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10];

  function paceSplits(plot, _, low, high) {
    const [fastest, slowest] = [60 / high, 60 / Math.max(low, 1)];
    const step = STEPS.find(one => (slowest - fastest) / one <= 12) ?? 30;
    const kept = [];
    for (let pace = Math.ceil(fastest / step) * step; pace <= slowest; pace += step) {
      const place = plot.valToPos(60 / pace, "y");
      if (kept.every(one => Math.abs(plot.valToPos(one, "y") - place) >= 22)) kept.push(60 / pace);
    }
    return kept.reverse();
  }

  function drawMarks(plot) {
    const { ctx, bbox } = plot;
    for (const mark of marks) {
      const at = state.axis === "distance" ? mark.along : mark.minute;
      if (at === null || at < state.shown[0] || at > state.shown[1]) continue;
      const x = Math.round(plot.valToPos(at, "x", true));
      ctx.save();
      ctx.beginPath();
      ctx.strokeStyle = style(mark.kind === "note" ? "--accent" : "--ink");
      ctx.lineWidth = 2 * devicePixelRatio;
      const dash = { note: [6, 4], maybe: [2, 4], cramp: [] }[mark.kind];
      ctx.setLineDash(dash.map(one => one * devicePixelRatio));
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      ctx.restore();
      if (mark.kind !== "note" && plot === state.plots[0]) drawDisc(ctx, x, bbox.top, mark.kind);
    }
  }

  // The cramp: the same mark as in every picture, hollow where nobody has said.
  function drawDisc(ctx, x, top, kind) {
    const unit = devicePixelRatio, y = top + 11 * unit, arm = 4 * unit;
    const isSure = kind === "cramp";
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, 10 * unit, 0, 2 * Math.PI);
    ctx.fillStyle = style(isSure ? "--emergency" : "--paper");
    ctx.fill();
    ctx.lineWidth = 1.5 * unit;
    ctx.strokeStyle = style("--ink");
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - arm, y - arm);
    ctx.lineTo(x + arm, y + arm);
    ctx.moveTo(x + arm, y - arm);
    ctx.lineTo(x - arm, y + arm);
    ctx.lineCap = "round";
    ctx.lineWidth = 2.5 * unit;
    ctx.strokeStyle = style(isSure ? "--emergency-ink" : "--ink");
    ctx.stroke();
    ctx.restore();
  }

  function scale() {
    for (const plot of state.plots) plot.setScale("x", { min: state.shown[0], max: state.shown[1] });
  }

  // Words

  function told() {
    if (state.plots.some(plot => plot.cursor.left >= 0)) return;
    const [low, high] = state.shown;
    const name = state.axis === "distance" ? "shown" : "shown_time";
    const number = state.axis === "distance" ? length : clock;
    readout.textContent = fill(words[name], {
      from: number(low), to: number(high), unit: words.unit,
    });
  }

  function tell(plot) {
    if (plot !== state.plots[0]) return;
    if (plot.cursor.left < 0 || plot.cursor.left === undefined) return told();
    const at = plot.posToVal(plot.cursor.left, "x");
    const minute = across(at, "minutes"), along = across(at, "along");
    const parts = state.data.channels.map(channel => {
      const value = nearest(channel, at);
      if (value === null) return null;
      const shown = isPace(channel)
        ? (value > 1 ? `${pace(value)} /${words.unit}` : words.standing)
        : `${Math.round(value)} ${channel.unit}`;
      return `${titleOf(channel)} ${shown}`;
    });
    const known = parts.filter(Boolean);
    const here = along === null ? words.here_time : words.here;
    const place = fill(here, {
      along: along === null ? "" : length(along), unit: words.unit, minute: clock(minute),
    });
    readout.textContent = `${place} ${known.length ? known.join(". ") : words.nothing}.`;
  }

  // The minute, or the way, that belongs to a place on the axis.
  function across(at, wanted) {
    if ((wanted === "along") === (state.axis === "distance")) return at;
    const channel = state.data.channels[0];
    const from = xs(channel), to = channel[wanted];
    if (to === null) return null;
    const after = from.findIndex(one => one >= at);
    if (after < 0) return to[to.length - 1];
    if (after === 0) return to[0];
    const span = from[after] - from[after - 1];
    const share = span > 0 ? (at - from[after - 1]) / span : 0;
    return to[after - 1] + share * (to[after] - to[after - 1]);
  }

  function nearest(channel, at) {
    const along = xs(channel);
    let best = null, apart = (state.shown[1] - state.shown[0]) / 40;
    for (let index = 0; index < along.length; index += 1) {
      const distance = Math.abs(along[index] - at);
      if (channel.values[index] !== null && distance <= apart) {
        best = channel.values[index];
        apart = distance;
      }
    }
    return best;
  }

  // Moving

  function look(low, high) {
    const [first, last] = state.whole;
    const least = (last - first) / 400;
    const span = Math.min(Math.max(high - low, least), last - first);
    const begin = Math.min(Math.max((low + high) / 2 - span / 2, first), last - span);
    state.shown = [begin, begin + span];
    scale();
    told();
    curves.setAttribute("aria-busy", "true");
    clearTimeout(state.timer);
    state.timer = setTimeout(load, 120);
  }

  const moves = {
    in: ([low, high]) => look(low + (high - low) / 4, high - (high - low) / 4),
    out: ([low, high]) => look(low - (high - low) / 2, high + (high - low) / 2),
    left: ([low, high]) => look(low - (high - low) / 2, high - (high - low) / 2),
    right: ([low, high]) => look(low + (high - low) / 2, high + (high - low) / 2),
    whole: () => look(...state.whole),
  };

  function choose(plot) {
    const { left, width } = plot.select;
    if (width < 6) return;
    const [low, high] = [plot.posToVal(left, "x"), plot.posToVal(left + width, "x")];
    for (const one of state.plots) one.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    look(low, high);
  }

  root.querySelectorAll("[data-do]").forEach(button =>
    button.addEventListener("click", () => state.data && moves[button.dataset.do](state.shown)));

  root.querySelectorAll("[data-axis]").forEach(button =>
    button.addEventListener("click", () => {
      if (!state.data || button.dataset.axis === state.axis) return;
      const ends = state.shown.map(one =>
        across(one, button.dataset.axis === "distance" ? "along" : "minutes"));
      state.axis = button.dataset.axis;
      measure();
      state.shown = ends;
      pressed();
      build();
      look(...ends);
    }));

  function pressed() {
    root.querySelectorAll("[data-axis]").forEach(button =>
      button.setAttribute("aria-pressed", String(button.dataset.axis === state.axis)));
  }

  curves.addEventListener("keydown", event => {
    const keys = { "+": "in", "=": "in", "-": "out", Home: "whole" };
    if (!state.data || event.ctrlKey || event.metaKey || event.altKey) return;
    if (keys[event.key]) {
      event.preventDefault();
      moves[keys[event.key]](state.shown);
    } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      event.preventDefault();
      step(event.key === "ArrowRight" ? 1 : -1);
    } else if (event.key === "Escape") {
      point(-10);
    }
  });

  function step(direction) {
    const plot = state.plots[0], width = plot.over.clientWidth;
    const now = plot.cursor.left >= 0 ? plot.cursor.left : direction > 0 ? 0 : width;
    point(Math.min(Math.max(now + (direction * width) / 50, 0), width - 1));
  }

  function point(left) {
    for (const plot of state.plots) plot.setCursor({ left, top: left < 0 ? -10 : 10 }, true, false);
    if (left < 0) told();
  }

  // Fingers: one drags over a part, two pinch; up and down still scrolls the page.

  const fingers = new Map();
  let pinch = null, drag = null;
  const placeOf = event => event.clientX - state.plots[0].over.getBoundingClientRect().left;

  curves.addEventListener("pointerdown", event => {
    if (event.pointerType !== "touch" || !state.data) return;
    fingers.set(event.pointerId, placeOf(event));
    const [one, other] = [...fingers.values()];
    drag = fingers.size === 1 ? { from: one, to: one } : null;
    pinch = fingers.size === 2 ? { one, other, shown: [...state.shown] } : null;
    point(one);
  });

  curves.addEventListener("pointermove", event => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, placeOf(event));
    const [one, other] = [...fingers.values()];
    if (pinch && fingers.size === 2) {
      spread(one, other);
    } else if (drag) {
      drag.to = one;
      point(one);
      const part = { left: Math.min(drag.from, one), width: Math.abs(one - drag.from), top: 0 };
      for (const plot of state.plots) {
        plot.setSelect({ ...part, height: plot.over.clientHeight }, false);
      }
    }
  });

  function spread(one, other) {
    const width = state.plots[0].over.clientWidth;
    const [low, high] = pinch.shown;
    const value = place => low + (place / width) * (high - low);
    const [before, now] = [Math.abs(pinch.other - pinch.one), Math.abs(other - one)];
    if (now < 10) return;
    const span = ((high - low) * before) / now;
    const middle = value((pinch.one + pinch.other) / 2);
    const share = (one + other) / 2 / width;
    look(middle - share * span, middle + (1 - share) * span);
  }

  function lifted(event, isDone) {
    if (!fingers.delete(event.pointerId)) return;
    const part = drag;
    drag = null;
    pinch = null;
    if (!part) return;
    for (const plot of state.plots) plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (!isDone || Math.abs(part.to - part.from) < 24) return;
    const plot = state.plots[0];
    const ends = [part.from, part.to].map(one => plot.posToVal(one, "x"));
    look(Math.min(...ends), Math.max(...ends));
  }

  window.addEventListener("pointerup", event => lifted(event, true));
  window.addEventListener("pointercancel", event => lifted(event, false));

  // Around it

  new ResizeObserver(() => {
    for (const plot of state.plots) {
      if (plot.width !== curves.clientWidth) {
        plot.setSize({ width: curves.clientWidth, height: plot.height });
      }
    }
  }).observe(curves);
  const redraw = () => state.plots.forEach(plot => plot.redraw(false, true));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("(forced-colors: active)").addEventListener("change", redraw);
  root.hidden = false;
  pressed();
  load();
}
