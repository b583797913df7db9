// What the map is drawn with: small makers of elements, icons, columns, the curve's geometry, the legend's marks.
// Texts come from the data: they are set as text, never as markup.

const NS = "http://www.w3.org/2000/svg"

// An element: attributes, or text under "text", listeners under "onclick" …, then its children.
function el(tag, about = {}, ...children) {
  return made(document.createElement(tag), about, children)
}

function svg(tag, about = {}, ...children) {
  return made(document.createElementNS(NS, tag), about, children)
}

function made(one, about, children) {
  for (const [name, value] of Object.entries(about)) {
    if (value === null || value === undefined || value === false) continue
    if (name === "text") one.textContent = value
    else if (name.startsWith("on")) one[name] = value
    else one.setAttribute(name, value === true ? "" : value)
  }
  one.append(...children.filter(Boolean))
  return one
}

// Strokes on a field of 16 × 16.
const ICONS = {
  web: "M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7M1.7 8h12.6M8 1.7c-3.6 3.6-3.6 9 0 12.6M8 1.7c3.6 3.6 3.6 9 0 12.6",
  app: "M5 1.5h6a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-11a1 1 0 0 1 1-1M7 12.3h2",
  phone: "M3.2 1.9h2.5l1.2 3.2-1.6 1.2a8.6 8.6 0 0 0 4.4 4.4l1.2-1.6 3.2 1.2v2.5c0 .7-.6 1.3-1.3 1.3C6.6 14.1 1.9 9.4 1.9 3.2c0-.7.6-1.3 1.3-1.3",
  store: "M2 6.5 3.2 2h9.6L14 6.5M2 6.5a2 2 0 0 0 4 0 2 2 0 0 0 4 0 2 2 0 0 0 4 0M3 8.5V14h10V8.5M6.5 14v-3.5h3V14",
  mail: "M1.8 3.5h12.4v9H1.8zM1.8 4l6.2 4.7L14.2 4",
  post: "M3.5 1.5h6L12.5 4.5v10h-9zM9.5 1.5v3h3M5.5 8h5M5.5 10.5h5",
  chat: "M8 2.2c3.7 0 6.3 2.2 6.3 5.3S11.7 12.8 8 12.8c-.8 0-1.6-.1-2.3-.3L2.5 14l.7-2.8C2.3 10.2 1.7 8.9 1.7 7.5 1.7 4.4 4.3 2.2 8 2.2M5.2 7.5h.1M8 7.5h.1M10.8 7.5h.1",
  social: "M5.8 8.2a2.5 2.5 0 1 0 0-.1M12.6 3.3a1.7 1.7 0 1 0 0 .1M12.6 12.6a1.7 1.7 0 1 0 0 .1M7.9 6.9l3.3-2.5M7.9 9.3l3.3 2.4",
  star: "M8 1.6l2 4.2 4.5.6-3.3 3.2.8 4.6L8 12l-4 2.2.8-4.6L1.5 6.4 6 5.8z",
  pin: "M2 2.5h12v8.5H8.5L5 14v-3H2z",
  person: "M8 8.3a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 14.2c.3-3 2.5-4.6 5.5-4.6s5.2 1.6 5.5 4.6",
  lanes: "M2 3.5h12M2 8h12M2 12.5h12",
  up: "M8 13V3M3.5 7.5L8 3l4.5 4.5",
  down: "M8 3v10M3.5 8.5L8 13l4.5-4.5",
  full: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  bad: "M8 3.5v6M8 12v.6",
  good: "M3.2 8.5l3.2 3.2 6.4-7",
  glad: "M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7M5.2 9.2c.6 1.7 5 1.7 5.6 0M5.8 6.2v.3M10.2 6.2v.3",
  even: "M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7M5.4 10h5.2M5.8 6.2v.3M10.2 6.2v.3",
  sad: "M8 1.7a6.3 6.3 0 1 0 0 12.6A6.3 6.3 0 0 0 8 1.7M5.2 10.9c.6-1.7 5-1.7 5.6 0M5.8 6.2v.3M10.2 6.2v.3",
  chance: "M5.8 11.5c0-1.5-1.9-2.4-1.9-5A4.1 4.1 0 0 1 8 2.4a4.1 4.1 0 0 1 4.1 4.1c0 2.6-1.9 3.5-1.9 5zM6.4 13.8h3.2",
}

function icon(name, size = 14) {
  const filled = name === "star"
  return svg(
    "svg",
    { class: `icon ${filled ? "filled" : ""}`, viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  )
}

// A channel's icon, or the first letter of its name on a badge.
function channel(kind, name, size = 14) {
  if (ICONS[kind]) return icon(kind, size)
  return el("span", { class: "letter", text: [...name.trim()][0]?.toLocaleUpperCase() ?? "?", "aria-hidden": "true" })
}

// Where a fact comes from: a full, a half, an empty disc.
function source(kind, size = 9) {
  const disc = svg("svg", { class: "source", viewBox: "0 0 10 10", width: size, height: size, "aria-hidden": "true" })
  disc.append(svg("circle", { cx: 5, cy: 5, r: 4 }))
  if (kind === "measured") disc.append(svg("circle", { cx: 5, cy: 5, r: 4, class: "full" }))
  if (kind === "said") disc.append(svg("path", { d: "M5 1a4 4 0 0 1 0 8z", class: "full" }))
  return disc
}

// --- columns ----------------------------------------------------------------------------------------------

const BASE = { normal: 132, detailed: 212 }
const WIDEST = 560
const NARROW = 900

// Where only stages have room: how much is left to each, and to a touchpoint on the curve.
function least(room) {
  return room < NARROW ? [110, 20] : [152, 24]
}

// Where stages and touchpoints stand: x, width and middle of each in a room of that width.
function columns(board, density, room) {
  const sizes = board.stages.map((stage) => stage.size)
  const widths = density === "compact" ? shared(sizes, room) : even(sizes, BASE[density], room)
  let x = 0
  const stages = widths.map((width) => ({ x: (x += width) - width, width }))
  const seen = sizes.map(() => 0)
  const points = board.cards.map(({ stage }) => {
    const width = widths[stage] / sizes[stage]
    const left = stages[stage].x + width * seen[stage]++
    return { x: left, width, middle: left + width / 2 }
  })
  return { stages, points, width: x }
}

function even(sizes, base, room) {
  const n = sizes.reduce((sum, size) => sum + size, 0)
  const width = Math.min(WIDEST, Math.max(base, Math.floor(room / n)))
  return sizes.map((size) => size * width)
}

// Stages as wide as their touchpoints are many, but none under the least; what is left over is shared.
function shared(sizes, room) {
  const held = sizes.map(() => false)
  const [stage, touchpoint] = least(room)
  for (;;) {
    const taken = held.filter(Boolean).length * stage
    const rest = sizes.filter((_, at) => !held[at]).reduce((sum, size) => sum + size, 0)
    const each = rest ? Math.max(touchpoint, (room - taken) / rest) : 0
    const narrow = sizes.findIndex((size, at) => !held[at] && size * each < stage)
    if (narrow < 0) return sizes.map((size, at) => (held[at] ? stage : size * each))
    held[narrow] = true
  }
}

// --- the curve --------------------------------------------------------------------------------------------

// Tangents of a curve through points that never overshoots them (Fritsch and Carlson 1980).
function tangents(points) {
  const n = points.length
  const slope = points.slice(1).map(([x, y], i) => (y - points[i][1]) / (x - points[i][0]))
  return points.map((_, i) => {
    if (n < 2) return 0
    if (i === 0) return slope[0]
    if (i === n - 1) return slope[n - 2]
    const [a, b] = [slope[i - 1], slope[i]]
    return a * b <= 0 ? 0 : (2 * a * b) / (a + b)
  })
}

function bend([x0, y0], [x1, y1], m0, m1) {
  const third = (x1 - x0) / 3
  return `C${x0 + third} ${y0 + m0 * third} ${x1 - third} ${y1 - m1 * third} ${x1} ${y1}`
}

// The path from point to point: those for which `joined(i)` holds between i and i + 1.
function through(points, joined) {
  const m = tangents(points)
  let path = ""
  let open = false
  for (let i = 0; i + 1 < points.length; i++) {
    if (!joined(i)) {
      open = false
      continue
    }
    if (!open) path += `M${points[i][0]} ${points[i][1]}`
    path += bend(points[i], points[i + 1], m[i], m[i + 1])
    open = true
  }
  return path
}

// The area between two curves over the same x.
function between(top, bottom) {
  const m = tangents(top)
  const b = tangents(bottom)
  let path = `M${top[0][0]} ${top[0][1]}`
  for (let i = 0; i + 1 < top.length; i++) path += bend(top[i], top[i + 1], m[i], m[i + 1])
  const last = bottom.length - 1
  path += `L${bottom[last][0]} ${bottom[last][1]}`
  for (let i = last; i > 0; i--) path += bend(bottom[i], bottom[i - 1], b[i], b[i - 1])
  return `${path}Z`
}

// Runs of points without a gap between them.
function runs(points) {
  const found = []
  for (const point of points) {
    const last = found.at(-1)
    if (last && last.at(-1).at + 1 === point.at) last.push(point)
    else found.push([point])
  }
  return found
}

const RADIUS = [4.5, 5, 6.5, 8.5]

// A dot: round from the middle of the scale upwards, pointed below it; hollow where few answered.
function dot(x, y, { value, size, paint }, few) {
  const r = RADIUS[size]
  const look = { class: few ? "dot few" : "dot", style: few ? `stroke:${paint}` : `fill:${paint}` }
  if (value >= 0) return svg("circle", { cx: x, cy: y, r, ...look })
  const d = r * 1.25
  return svg("path", { d: `M${x} ${y - d}L${x + d} ${y}L${x} ${y + d}L${x - d} ${y}Z`, ...look })
}

// --- small pieces -------------------------------------------------------------------------------------------

function empty(lane) {
  return el("span", { class: "empty", text: lane.empty || "–" })
}

// The scale of the curve: a face and a number at its ends and in the middle.
function axis(y) {
  const ticks = [[2, "glad", "+2"], [0, "even", "0"], [-2, "sad", "−2"]]
  const marks = ticks.map(([level, face, text]) => el("span", { style: `top:${y(level)}px` }, icon(face, 13), text))
  return el("div", { class: "axis", "aria-hidden": "true" }, ...marks)
}

function shortened(text, most = 26) {
  return text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text
}

function rest(n) {
  return el("span", { class: "empty", text: `+${n}` })
}

function facts(pairs) {
  const rows = pairs.map(([label, value]) => el("div", {}, el("span", { text: label }), el("b", { text: value })))
  return el("div", { class: "facts" }, ...rows)
}

function chips(pairs) {
  const list = pairs.map(([kind, name]) => el("span", { class: "chip" }, channel(kind, name, 13), el("span", { text: name })))
  return el("div", { class: "chips" }, ...list)
}

function legendMark({ mark, text, paint }) {
  const look = el("span", { class: `key key-${mark}`, "aria-hidden": "true" })
  if (mark === "scale") look.style.background = `linear-gradient(90deg, ${paint})`
  if (mark === "part") look.style.background = paint
  if (mark === "star") look.append(icon("star", 14))
  if (["measured", "said", "assumed"].includes(mark)) look.append(source(mark, 11))
  if (["up", "down", "sizes", "band", "gap", "second", "to-be", "target"].includes(mark)) look.append(sample(mark, paint))
  return el("li", { class: `about-${mark}` }, mark !== "note" && look, el("span", { text }))
}

// A mark of the curve, as it looks there.
function sample(mark, paint) {
  const wide = { sizes: 66, up: 16, down: 16, gap: 16 }[mark] ?? 30
  const board = svg("svg", { width: wide, height: 18, viewBox: `0 0 ${wide} 18`, class: `drawing curve ${mark === "second" || mark === "to-be" ? mark : "first"}` })
  const grey = { value: 1, paint: "var(--muted)" }
  const parts = {
    up: () => [dot(8, 9, { value: 1, size: 2, paint })],
    down: () => [dot(8, 9, { value: -1, size: 2, paint })],
    sizes: () => [0, 1, 2, 3].map((size) => dot(8 + size * 16, 9, { ...grey, size }, !size)),
    band: () => [svg("path", { class: "band", d: "M1 3h28v12H1z" }), svg("path", { class: "thread", d: "M1 9h28" }), svg("path", { class: "whisker", d: "M15 3v12M11.5 3h7M11.5 15h7" })],
    gap: () => [svg("path", { class: "gap", d: "M4 5l8 8M12 5l-8 8" })],
    second: () => [svg("path", { class: "thread", d: "M1 9h28" }), svg("rect", { class: "square", x: 11, y: 5, width: 8, height: 8 })],
    "to-be": () => [svg("path", { class: "thread", d: "M1 9h28" }), svg("rect", { class: "square", x: 11, y: 5, width: 8, height: 8 })],
    target: () => [svg("line", { class: "target", x1: 1, x2: 29, y1: 9, y2: 9 })],
  }
  board.append(...parts[mark]())
  return board
}
