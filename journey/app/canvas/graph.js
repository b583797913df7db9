// The graph canvas: shows a scene (journey/draw/scene.py), and lets it be walked by mouse and keyboard.

const ZOOMS = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.35, 1.6, 2, 2.5, 3]
const READABLE = 0.6 // below this scale letters are too small: the picture starts wider than the page instead
const TOOLS = 150 // pixels for the buttons beside the legend
const BAR = 16 // pixels for a scroll bar
const MANY = 250 // moves from which on nothing fades in and out, for that would stutter
const canvases = new WeakMap()
// What the reader did with each canvas, by its key: it may be put up anew when the page around it changes.
const kept = new Map()

export default function ({ data, parentElement, setTriggerValue }) {
  const place = parentElement.querySelector(".canvas")
  if (!place) return
  if (!canvases.has(place)) canvases.set(place, new Canvas(place, data.key))
  const canvas = canvases.get(place)
  canvas.picked = value => setTriggerValue("picked", value)
  canvas.show(data.scene)
  return () => {
    canvas.leave()
    canvases.delete(place)
  }
}

class Canvas {
  constructor(place, key) {
    this.place = place
    // zoom: none chosen is as much as can be read; pinned: what was opened last
    if (!kept.has(key)) kept.set(key, { zoom: null, left: 0, top: 0, pinned: null, density: null })
    this.kept = kept.get(key)
    this.view = html("div", "view", place)
    this.bar = html("div", "bar", this.view)
    this.sheet = html("div", "sheet", this.view)
    this.key = html("div", "key", place)
    this.tools = html("div", "tools", place)
    this.tip = new Tip(place)
    this.about = html("p", "unseen", place)
    this.about.id = "about"
    this.buttons()
    this.listen()
    this.watch = new ResizeObserver(() => {
      if (this.scene && Math.abs(place.clientWidth - this.room) > 1) this.draw()
    })
    this.watch.observe(place)
    document.fonts?.ready.then(() => this.scene && this.draw())
  }

  leave() {
    this.watch.disconnect()
  }

  show(scene) {
    if (!scene || this.scene?.id === scene.id) return
    const names = new Set(scene.cards.map(card => card.name))
    const { kept } = this
    if (kept.density !== scene.density) Object.assign(kept, { zoom: null, left: 0, top: 0, density: scene.density })
    if (kept.pinned && ![kept.pinned.name, kept.pinned.source, kept.pinned.target].every(n => !n || names.has(n)))
      kept.pinned = null
    this.scene = scene
    this.draw()
  }

  draw() {
    const started = performance.now()
    const { scene, place } = this
    this.room = place.clientWidth
    if (!this.room) return
    const held = this.focused(false)?.told.is // what has the keyboard, to give it back
    this.root = place.getRootNode()
    for (const [name, colour] of Object.entries(scene.theme)) place.style.setProperty("--" + name, colour)
    this.sheet.replaceChildren()
    const picture = new Picture(scene, this.sheet, this.room)
    Object.assign(this, { picture, svg: picture.svg, cards: picture.cards, moves: picture.moves, size: picture.size })
    this.svg.classList.toggle("many", scene.moves.length > MANY)
    this.legend()
    this.words()
    this.fit()
    this.view.scrollTo(this.kept.left, this.kept.top)
    this.from = null
    this.stop(this.cards[0])
    this.near(this.of(this.kept.pinned))
    const again = held && this.of(held)
    if (again) again.button.focus({ preventScroll: true })
    place.dataset.ms = (performance.now() - started).toFixed(1)
  }

  legend() {
    this.key.replaceChildren()
    const svg = make("svg", { "aria-hidden": "true", "font-family": this.scene.theme.font }, this.key)
    const high = new Legend(this.scene).draw(svg, this.room - TOOLS)
    const shape = { viewBox: `0 0 ${this.room} ${high}`, width: this.room, height: high }
    for (const name in shape) svg.setAttribute(name, shape[name])
  }

  // --- size and place ---

  fit() {
    const [wide, high] = this.size
    const limit = parseFloat(getComputedStyle(this.view).maxHeight) || Infinity
    let whole = Math.min(1, this.room / wide)
    if (high * whole > limit) whole = Math.min(1, (this.room - BAR) / wide)
    this.scale = this.kept.zoom ?? Math.max(whole, READABLE)
    this.sheet.style.width = `${wide * this.scale}px`
    this.sheet.style.height = `${high * this.scale}px`
    this.level.textContent = `${Math.round(this.scale * 100)}%`
    this.heads()
  }

  /** The names of the stages, which stay in sight where the view is scrolled. */
  heads() {
    const { scene, scale } = this
    const { pitch } = this.picture
    this.bar.replaceChildren()
    for (const stage of scene.stages) {
      const name = html("span", "", this.bar)
      name.textContent = stage.name
      name.style.left = `${(stage.from * pitch + 5) * scale}px`
      name.style.width = `${((stage.to - stage.from) * pitch - 10) * scale}px`
    }
    this.bar.style.width = this.sheet.style.width
  }

  zoomed(scale, at = null) {
    const { view } = this
    const [x, y] = at ?? [view.clientWidth / 2, view.clientHeight / 2]
    const before = this.scale
    const [left, top] = [(view.scrollLeft + x) / before, (view.scrollTop + y) / before]
    this.kept.zoom = Math.min(ZOOMS[ZOOMS.length - 1], Math.max(ZOOMS[0], scale))
    this.fit()
    view.scrollTo(left * this.scale - x, top * this.scale - y)
    this.hide()
  }

  stepped(way) {
    const next = way > 0 ? ZOOMS.find(z => z > this.scale + 0.01) : ZOOMS.findLast(z => z < this.scale - 0.01)
    this.zoomed(next ?? this.scale)
  }

  fitted() {
    const { view, size } = this
    const limit = parseFloat(getComputedStyle(view).maxHeight) || Infinity
    this.zoomed(Math.min(1, this.room / size[0], limit / size[1]))
  }

  buttons() {
    const button = (name, act) => {
      const node = html("button", name, this.tools)
      node.type = "button"
      node.onclick = act
      return node
    }
    this.out = button("out", () => this.stepped(-1))
    this.level = html("span", "level", this.tools)
    this.into = button("into", () => this.stepped(1))
    this.all = button("all", () => this.fitted())
    this.out.textContent = "−"
    this.into.textContent = "+"
  }

  words() {
    const { words, about } = this.scene
    this.about.textContent = `${about} ${words.how}`
    this.all.textContent = words.fit
    for (const [node, text] of [[this.out, words.smaller], [this.into, words.bigger], [this.all, words.fitted]]) {
      node.setAttribute("aria-label", text)
      node.title = text
    }
  }

  // --- focus: a card or move stays bright with all it touches ---

  near(node) {
    if (this.lit === node && node) return
    this.lit = node
    for (const one of this.svg.querySelectorAll(".near")) one.classList.remove("near", "leaves", "arrives")
    this.picture.hints.replaceChildren()
    this.svg.classList.toggle("focused", Boolean(node))
    if (!node) return
    const { scene } = this
    const moves = []
    node.classList.add("near")
    if (node.told.is.kind === "touchpoint") {
      const { out, into } = this.picture.joined[node.told.at]
      for (const at of out) this.moves[at].classList.add("near", "leaves")
      for (const at of into) this.moves[at].classList.add("near", "arrives")
      moves.push(...out, ...into)
    } else {
      node.classList.add("leaves")
      moves.push(node.told.at)
    }
    for (const at of moves) for (const end of ["from", "to"]) this.cards[scene.moves[at][end]].classList.add("near")
    this.picture.share(moves, this.picture.hints, scene.theme.ink)
  }

  tell(node, event = null) {
    if (!node) return this.hide()
    const { at, is } = node.told
    const lines = this.scene[is.kind === "touchpoint" ? "cards" : "moves"][at].tip
    const near = [...this.svg.querySelectorAll(".card.near .body, .shares.now text")]
    this.tip.show(lines, this.box(node, event), near)
  }

  /** What is told of: a card's box; of a move where the pointer is, or the middle of its line. */
  box(node, event) {
    const { at, is } = node.told
    if (is.kind === "touchpoint") return node.querySelector(".body").getBoundingClientRect()
    const origin = this.svg.getBoundingClientRect()
    const middle = along(this.picture.points(this.scene.moves[at]), 0.5)
    const x = event ? event.clientX : origin.left + middle[0] * this.scale
    const y = event ? event.clientY : origin.top + middle[1] * this.scale
    return { left: x - 4, right: x + 4, top: y - 4, bottom: y + 8 }
  }

  hide() {
    this.tip.hide()
  }

  /** What is drawn of a touchpoint or a move, by what it is called. */
  of(told) {
    if (!told) return null
    const card = name => this.scene.cards.findIndex(one => one.name === name)
    if (told.kind === "touchpoint") return this.cards[card(told.name)] ?? null
    const [from, to] = [card(told.source), card(told.target)]
    return this.moves[this.scene.moves.findIndex(move => move.from === from && move.to === to)] ?? null
  }

  open(node) {
    this.kept.pinned = node.told.is
    this.near(node)
    this.hide()
    this.picked(this.kept.pinned)
  }

  clear() {
    this.kept.pinned = null
    this.near(null)
    this.hide()
  }

  // --- listening ---

  listen() {
    const { view } = this
    const meant = event => event.target.closest?.(".card, .move")
    view.addEventListener("pointerover", event => {
      const node = meant(event)
      if (this.drag || !node) return
      this.near(node)
      this.tell(node, event)
    })
    view.addEventListener("pointerout", event => {
      if (!meant(event) || event.relatedTarget?.closest?.(".card, .move") === meant(event)) return
      this.near(this.focused() ?? this.of(this.kept.pinned))
      this.hide()
    })
    view.addEventListener("click", event => {
      if (this.dragged) return
      const node = meant(event)
      if (node) this.open(node)
      else this.clear()
    })
    view.addEventListener("focusin", event => {
      const node = meant(event)
      if (!node) return
      this.stop(node)
      if (!node.button.matches(":focus-visible")) return
      this.near(node)
      this.tell(node)
    })
    view.addEventListener("focusout", () => {
      this.hide()
      if (!this.drag) this.near(this.of(this.kept.pinned))
    })
    view.addEventListener("keydown", event => this.pressed(event))
    view.addEventListener("scroll", () => {
      this.bar.classList.toggle("shown", view.scrollTop > 4)
      Object.assign(this.kept, { left: view.scrollLeft, top: view.scrollTop })
    })
    view.addEventListener(
      "wheel",
      event => {
        if (!event.ctrlKey && !event.metaKey) return
        event.preventDefault()
        const box = view.getBoundingClientRect()
        this.zoomed(this.scale * Math.exp(-event.deltaY / 300), [event.clientX - box.left, event.clientY - box.top])
      },
      { passive: false },
    )
    this.pan()
  }

  /** The view is moved by dragging its ground. */
  pan() {
    const { view } = this
    view.addEventListener("pointerdown", event => {
      this.dragged = false
      if (event.button || event.pointerType !== "mouse" || event.target.closest?.(".card, .move")) return
      this.drag = [event.clientX, event.clientY, view.scrollLeft, view.scrollTop]
    })
    view.addEventListener("pointermove", event => {
      if (!this.drag) return
      const [x, y, left, top] = this.drag
      if (!this.dragged && Math.hypot(event.clientX - x, event.clientY - y) < 4) return
      if (!this.dragged) view.setPointerCapture(event.pointerId)
      this.dragged = true
      view.scrollTo(left + x - event.clientX, top + y - event.clientY)
    })
    for (const name of ["pointerup", "pointercancel"]) view.addEventListener(name, () => (this.drag = null))
  }

  // --- the keyboard: one stop for Tab, arrows from there on ---

  /** What has the keyboard; what was only clicked does not count, unless asked for. */
  focused(seen = true) {
    const node = this.root?.activeElement?.closest(".card, .move")
    return node && (!seen || node.button.matches(":focus-visible")) ? node : null
  }

  stop(node) {
    this.stopped?.button.setAttribute("tabindex", -1)
    this.stopped = node
    node?.button.setAttribute("tabindex", 0)
  }

  to(node) {
    if (!node) return
    node.button.focus({ preventScroll: true })
    const box = node.querySelector(".body, .line").getBoundingClientRect()
    const view = this.view.getBoundingClientRect()
    const off = (low, high, from, to) => (low < from + 12 ? low - from - 12 : high > to - 12 ? high - to + 12 : 0)
    const across = off(box.left, box.right, view.left, view.right)
    this.view.scrollBy(across, off(box.top, box.bottom, view.top + 30, view.bottom))
    if (box.top < 0 || box.bottom > window.innerHeight) node.scrollIntoView({ block: "center", inline: "nearest" })
    this.tell(node)
  }

  pressed(event) {
    const node = event.target.closest?.(".card, .move")
    if (!node || event.ctrlKey || event.metaKey || event.altKey) return
    const keys = {
      Enter: () => this.open(node),
      " ": () => this.open(node),
      Escape: () => this.escaped(node),
      "+": () => this.stepped(1),
      "=": () => this.stepped(1),
      "-": () => this.stepped(-1),
      0: () => this.fitted(),
    }
    const walk = node.told.is.kind === "touchpoint" ? this.onCard(node, event) : this.onMove(node, event)
    const act = keys[event.key] ?? walk
    if (!act) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }

  escaped(node) {
    if (node.told.is.kind === "touchpoint") this.clear()
    else this.to(this.from ?? this.cards[this.scene.moves[node.told.at].from])
  }

  onCard(node, event) {
    const { cards } = this.scene
    const here = cards[node.told.at]
    const at = (column, row) => cards.findIndex(card => card.column === column && card.row === row)
    /** The card of a neighbouring column that stands nearest in height. */
    const across = way => {
      const near = cards.filter(card => card.column === here.column + way)
      near.sort((a, b) => Math.abs(a.y - here.y) - Math.abs(b.y - here.y))
      return near.length ? cards.indexOf(near[0]) : -1
    }
    const moves = { ArrowRight: () => across(1), ArrowLeft: () => across(-1) }
    const rows = { ArrowDown: () => at(here.column, here.row + 1), ArrowUp: () => at(here.column, here.row - 1) }
    const ends = { Home: () => 0, End: () => cards.length - 1 }
    const found = { ...moves, ...rows, ...ends }[event.key]
    if (found) return () => this.to(this.cards[found()])
    if (event.key === "e" || event.key === "E")
      return () => {
        const { out, into } = this.picture.joined[node.told.at]
        this.from = node
        this.to(this.moves[[...out, ...into][0]])
      }
    return null
  }

  onMove(node, event) {
    const { moves } = this.scene
    const move = moves[node.told.at]
    const home = this.from && this.picture.joined[this.from.told.at] ? this.from.told.at : move.from
    const { out, into } = this.picture.joined[home]
    const all = [...out, ...into]
    const next = way => this.to(this.moves[all[(all.indexOf(node.told.at) + way + all.length) % all.length]])
    return {
      ArrowDown: () => next(1),
      ArrowUp: () => next(-1),
      e: () => next(1),
      E: () => next(-1),
      ArrowRight: () => this.to(this.cards[move.to]),
      ArrowLeft: () => this.to(this.cards[move.from]),
    }[event.key]
  }
}
