// What the graph is drawn with: SVG elements, text that fits its room, curves with arrows.
// Texts come from the data: they are only ever set as textContent or as attributes.

const SPACE = "http://www.w3.org/2000/svg"
const SIGNS = {
  start: "M1 1V9M3 5H9.5M6.7 2.2L9.5 5L6.7 7.8",
  end: "M0.5 5H7M4.2 2.2L7 5L4.2 7.8M9 1V9",
  loop: "M8.6 3.4A4 4 0 1 0 9 5.6M9.2 0.8V3.7H6.3",
}

const make = (tag, attributes = {}, parent = null, text = null) => {
  const node = document.createElementNS(SPACE, tag)
  for (const name in attributes) if (attributes[name] !== null) node.setAttribute(name, attributes[name])
  if (text !== null) node.textContent = text
  if (parent) parent.appendChild(node)
  return node
}

const html = (tag, name, parent) => {
  const node = document.createElement(tag)
  node.className = name
  parent.appendChild(node)
  return node
}

// --- text that fits ---------------------------------------------------------------------------------------------

const pen = document.createElement("canvas").getContext("2d")

const width = (text, size, weight, font) => {
  pen.font = `${weight} ${size}px ${font}`
  return pen.measureText(text).width
}

/** The text cut with “…” so that it is no wider than `room`. */
function cut(text, room, size, weight, font) {
  if (width(text, size, weight, font) <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (width(text.slice(0, middle).trimEnd() + "…", size, weight, font) <= room) low = middle
    else high = middle - 1
  }
  return text.slice(0, low).trimEnd() + "…"
}

/** The text on at most `lines` lines, broken between words where it can be. */
function wrap(text, room, lines, size, weight, font) {
  const fits = part => width(part, size, weight, font) <= room
  if (lines < 2 || fits(text)) return [cut(text, room, size, weight, font)]
  const words = text.split(/(?<=-)|\s+/)
  let line = words.shift()
  while (words.length) {
    const longer = line + (line.endsWith("-") ? "" : " ") + words[0]
    if (!fits(longer)) break
    line = longer
    words.shift()
  }
  if (!words.length || !fits(line)) return [cut(text, room, size, weight, font)]
  return [line, cut(words.join(" ").replace(/- /g, "-"), room, size, weight, font)]
}

// --- curves -----------------------------------------------------------------------------------------------------

/** The point at t in 0–1 along a run of cubic curves. */
function along(points, t) {
  const curves = (points.length - 1) / 3
  const at = Math.min(curves - 1, Math.floor(t * curves))
  const [s, u] = [t * curves - at, 1 - (t * curves - at)]
  const [a, b, c, d] = points.slice(3 * at, 3 * at + 4)
  const mix = i => u * u * u * a[i] + 3 * u * u * s * b[i] + 3 * u * s * s * c[i] + s * s * s * d[i]
  return [mix(0), mix(1)]
}

const written = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`

function curve(points) {
  let path = "M" + written(points[0])
  for (let i = 1; i < points.length; i += 3) path += "C" + points.slice(i, i + 3).map(written).join(" ")
  return path
}

/** The line without the room its arrow takes, and the arrow. */
function arrow(points, thick) {
  const [length, half] = [5.5 + thick * 0.8, 3.6 + thick * 0.62]
  const tip = points[points.length - 1]
  let from = points[points.length - 2]
  if (Math.hypot(tip[0] - from[0], tip[1] - from[1]) < 0.5) from = points[points.length - 4]
  const size = Math.hypot(tip[0] - from[0], tip[1] - from[1]) || 1
  const [x, y] = [(tip[0] - from[0]) / size, (tip[1] - from[1]) / size]
  const base = [tip[0] - x * length, tip[1] - y * length]
  const line = points.slice()
  line[line.length - 1] = [base[0] + x, base[1] + y]
  const head = [tip, [base[0] - y * half, base[1] + x * half], [base[0] + y * half, base[1] - x * half]]
  return [curve(line), "M" + head.map(written).join("L") + "Z"]
}

/** The sign for cases that start, end or turn in place. */
function sign(icon, x, y, colour, parent) {
  const round = { "stroke-linecap": "round", "stroke-linejoin": "round" }
  const look = { fill: "none", stroke: colour, "stroke-width": 1.4, ...round }
  make("path", { d: SIGNS[icon], transform: `translate(${x} ${y})`, ...look }, parent)
}
