// Paints a sheet (journey/draw/sheet.py) as SVG as wide as its place, and lets its marks be read and opened by mouse and
// keyboard. Texts come from the data: they are only ever set as textContent or as attributes.

const SPACE = "http://www.w3.org/2000/svg"
const WAYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
const sheets = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".sheet")
  if (!place) return
  if (!sheets.has(place)) sheets.set(place, new Sheet(place))
  const sheet = sheets.get(place)
  sheet.picked = name => setTriggerValue("picked", name)
  sheet.show(data)
  return () => {
    sheet.leave()
    sheets.delete(place)
  }
}

const make = (tag, attributes, parent) => {
  const node = document.createElementNS(SPACE, tag)
  for (const name in attributes)
    if (attributes[name] !== null && attributes[name] !== undefined) node.setAttribute(name, attributes[name])
  parent.appendChild(node)
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

function cut(text, room) {
  if (pen.measureText(text).width <= room) return text
  let [low, high] = [0, text.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (pen.measureText(text.slice(0, middle).trimEnd() + "…").width <= room) low = middle
    else high = middle - 1
  }
  return low ? text.slice(0, low).trimEnd() + "…" : ""
}

/** The text on at most `lines` lines, broken between words. */
function broken(text, room, lines) {
  const fits = part => pen.measureText(part).width <= room
  if (lines < 2 || fits(text)) return [cut(text, room)]
  const words = text.split(/\s+/)
  let first = words.shift()
  while (words.length && fits(first + " " + words[0])) first += " " + words.shift()
  return words.length && fits(first) ? [first, cut(words.join(" "), room)] : [cut(text, room)]
}

// --- the sheet --------------------------------------------------------------------------------------------------

class Sheet {
  constructor(place) {
    this.place = place
    this.view = html("div", "view", place)
    this.tip = html("div", "tip", place)
    this.tip.setAttribute("aria-hidden", "true")
    this.watch = new ResizeObserver(() => {
      if (this.data && Math.abs(place.clientWidth - this.room) > 1) this.draw()
    })
    this.watch.observe(place)
    document.fonts?.ready.then(() => this.data && this.draw())
  }

  leave() {
    this.watch.disconnect()
  }

  show(data) {
    const told = JSON.stringify(data)
    if (!data || told === this.told) return
    this.told = told
    this.data = data
    this.draw()
  }

  draw() {
    const { data, place } = this
    this.room = place.clientWidth
    if (!this.room) return
    const held = place.getRootNode().activeElement?.dataset?.mark
    this.width = Math.max(this.room, data.least)
    for (const name of ["card", "ink", "line"]) place.style.setProperty("--" + name, data.theme[name])
    this.view.replaceChildren()
    this.hide()
    const size = { width: this.width, height: data.height, viewBox: `0 0 ${this.width} ${data.height}` }
    this.svg = make("svg", { class: "journey-figure", role: "group", "font-family": data.theme.font, ...size }, this.view)
    this.svg.setAttribute("aria-label", data.label)
    this.parts = {}
    this.marks = []
    for (const shape of data.shapes) this.paint(shape)
    this.ring = make("rect", { class: "ring", fill: "none", stroke: data.theme.accent, "stroke-width": 2.5, rx: 4 }, this.svg)
    this.ring.setAttribute("visibility", "hidden")
    this.marks.forEach((mark, at) => mark.setAttribute("tabindex", at ? -1 : 0))
    this.marks.find(mark => mark.dataset.mark === held)?.focus({ preventScroll: true })
  }

  x([share, px]) {
    return share * this.width + px
  }

  paint(shape) {
    const look = {
      fill: shape.fill ?? "none",
      "fill-opacity": shape.opacity,
      stroke: shape.stroke,
      "stroke-width": shape.thick,
      "stroke-opacity": shape.see,
      "stroke-dasharray": shape.dash,
    }
    const node = this[shape.kind](shape, look)
    if (!shape.mark) return node.setAttribute("pointer-events", "none")
    node.classList.add("part")
    if (!this.parts[shape.mark]) this.parts[shape.mark] = []
    this.parts[shape.mark].push(node)
    if (shape.kind === "text" || shape.mute) node.setAttribute("pointer-events", "none")
    else this.tells(node, shape.mark)
  }

  /** A shape that tells of its mark; the mark's first one takes the keyboard, too. */
  tells(node, name) {
    const mark = this.data.marks[name]
    if (!mark) return
    node.addEventListener("pointerenter", event => this.over(name, event))
    node.addEventListener("pointermove", event => this.follow(event))
    node.addEventListener("pointerleave", () => this.hide())
    node.classList.add("mark")
    if (mark.opens) {
      node.classList.add("opens")
      node.addEventListener("click", () => this.open(name))
    }
    if (this.marks.some(other => other.dataset.mark === name)) return
    node.dataset.mark = name
    node.setAttribute("role", mark.opens ? "button" : "img")
    node.setAttribute("aria-label", mark.label)
    node.addEventListener("focus", () => this.focus(node, name))
    node.addEventListener("blur", () => this.hide())
    node.addEventListener("keydown", event => this.press(event, node, name))
    this.marks.push(node)
  }

  // --- shapes ---

  rect(shape, look) {
    const width = Math.max(0, this.x(shape.w))
    const rx = Math.min(shape.r ?? 0, width / 2, shape.h / 2)
    return make("rect", { x: this.x(shape.x), y: shape.y, width, height: shape.h, rx, ...look }, this.svg)
  }

  ribbon(shape, look) {
    const [x0, a0, a1] = [this.x(shape.from[0]), shape.from[1], shape.from[2]]
    const [x1, b0, b1] = [this.x(shape.to[0]), shape.to[1], shape.to[2]]
    const middle = (x0 + x1) / 2
    const d = `M${x0} ${a0}C${middle} ${a0} ${middle} ${b0} ${x1} ${b0}L${x1} ${b1}C${middle} ${b1} ${middle} ${a1} ${x0} ${a1}Z`
    return make("path", { d, ...look }, this.svg)
  }

  polygon(shape, look) {
    const points = shape.points.map(([x, y]) => `${this.x(x)},${y}`).join(" ")
    return make("polygon", { points, ...look }, this.svg)
  }

  line(shape, look) {
    const [[x1, y1], [x2, y2]] = [shape.from, shape.to]
    return make("line", { x1: this.x(x1), y1, x2: this.x(x2), y2, "stroke-linecap": "round", ...look }, this.svg)
  }

  dot(shape, look) {
    return make("circle", { cx: this.x(shape.x), cy: shape.y, r: shape.r, ...look }, this.svg)
  }

  /** Names behind their colours, on as many lines as they need. */
  key(shape, look) {
    const group = make("g", {}, this.svg)
    pen.font = `400 ${shape.size}px ${this.data.theme.font}`
    const start = this.x(shape.x)
    let [x, y] = [start, shape.y]
    for (const [name, colour] of shape.names) {
      const wide = 18 + pen.measureText(name).width
      if (x > start && x + wide > this.width) [x, y] = [start, y + 19]
      make("rect", { x, y: y - 6, width: 12, height: 12, rx: 3, fill: colour }, group)
      make("text", { x: x + 18, y: y + 4, "font-size": shape.size, ...look }, group).textContent = name
      x += wide + 18
    }
    return group
  }

  text(shape, look) {
    pen.font = `${shape.weight} ${shape.size}px ${this.data.theme.font}`
    const room = shape.room ? this.x(shape.room) : Infinity
    const lines = shape.room ? broken(shape.text, room, shape.lines ?? 1) : [shape.text]
    const node = make(
      "text",
      { x: this.x(shape.x), "font-size": shape.size, "font-weight": shape.weight, "text-anchor": shape.anchor, ...look },
      this.svg,
    )
    if (shape.halo) {
      // Letters stay readable over what lies beneath.
      node.setAttribute("paint-order", "stroke")
      node.setAttribute("stroke", shape.halo)
      node.setAttribute("stroke-width", 3)
      node.setAttribute("stroke-linejoin", "round")
    }
    const step = shape.size * 1.15
    lines.forEach((line, at) => {
      const span = make("tspan", { x: this.x(shape.x), y: shape.y + (at - (lines.length - 1) / 2) * step }, node)
      span.textContent = line
    })
    return node
  }

  // --- reading and opening ---

  light(name) {
    const near = new Set([name, ...this.data.marks[name].near])
    for (const other in this.parts) for (const node of this.parts[other]) node.classList.toggle("near", near.has(other))
    this.svg.classList.add("lit")
  }

  over(name, event) {
    this.light(name)
    this.say(name)
    this.follow(event)
  }

  say(name) {
    this.tip.replaceChildren()
    this.data.marks[name].tip.forEach((line, at) => (html(at ? "span" : "b", "", this.tip).textContent = line))
    this.tip.classList.add("shown")
  }

  follow(event) {
    const box = this.place.getBoundingClientRect()
    this.put(event.clientX - box.left + 14, event.clientY - box.top + 14)
  }

  /** The tip there, or as near as keeps it on the sheet. */
  put(x, y) {
    const { offsetWidth, offsetHeight } = this.tip
    if (x + offsetWidth > this.room) x = Math.max(0, x - offsetWidth - 28)
    if (y + offsetHeight > this.place.clientHeight) y = Math.max(0, y - offsetHeight - 28)
    this.tip.style.left = `${x}px`
    this.tip.style.top = `${y}px`
  }

  hide() {
    this.svg?.classList.remove("lit")
    this.tip.classList.remove("shown")
    this.ring?.setAttribute("visibility", "hidden")
  }

  focus(node, name) {
    if (!node.matches(":focus-visible")) return
    this.light(name)
    this.say(name)
    const box = node.getBBox()
    const around = { x: box.x - 3, y: box.y - 3, width: box.width + 6, height: box.height + 6, visibility: "visible" }
    for (const key in around) this.ring.setAttribute(key, around[key])
    this.put(box.x + box.width + 10 - this.view.scrollLeft, box.y + box.height / 2)
  }

  press(event, node, name) {
    if ((event.key === "Enter" || event.key === " ") && this.data.marks[name].opens) this.open(name)
    else if (event.key === "Escape") this.hide()
    else if (WAYS[event.key]) this.go(node, WAYS[event.key])
    else return
    event.preventDefault()
  }

  /** The nearest mark in a direction. */
  go(node, [right, down]) {
    const middle = one => {
      const box = one.getBBox()
      return [box.x + box.width / 2, box.y + box.height / 2]
    }
    const [x, y] = middle(node)
    let [best, least] = [null, Infinity]
    for (const other of this.marks) {
      const [dx, dy] = [middle(other)[0] - x, middle(other)[1] - y]
      const [ahead, aside] = [dx * right + dy * down, Math.abs(dx * down) + Math.abs(dy * right)]
      if (other !== node && ahead > 1 && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside]
    }
    if (!best) return
    node.setAttribute("tabindex", -1)
    best.setAttribute("tabindex", 0)
    best.focus()
  }

  open(name) {
    this.picked(name)
  }
}
