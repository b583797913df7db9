// The journey map: lanes of a board as HTML, its figures as SVG. It lays out and paints; every number is the board's.

const maps = new WeakMap()

export default function (component) {
  const { data, parentElement, setStateValue, setTriggerValue } = component
  const place = parentElement.querySelector(".map-mount")
  if (!place) return
  const map = maps.get(place) ?? new JourneyMap(place)
  maps.set(place, map)
  map.keep = (view) => setStateValue("view", view)
  map.tell = (name) => setTriggerValue("open", { kind: "touchpoint", name })
  map.show(data)
  return () => {
    map.stop()
    maps.delete(place)
  }
}

class JourneyMap {
  constructor(place) {
    this.root = el("section", { class: "map journey-figure" })
    place.replaceChildren(this.root)
    this.frame()
    // A saved picture holds what can be scrolled to as well.
    Object.defineProperties(this.root, {
      scrollWidth: { get: () => Math.max(this.root.clientWidth, this.label + (this.columns?.width ?? 0) + 2) },
      scrollHeight: {
        get: () => this.root.clientHeight + this.scroll.scrollHeight - this.scroll.clientHeight + 28,
      },
    })
    this.watch = new ResizeObserver(() => this.resized())
    this.watch.observe(this.root)
    this.root.onfullscreenchange = () => this.sticky()
    this.outside = (event) => {
      if (!event.composedPath().includes(this.menuBox)) this.toggleMenu(false)
    }
    document.addEventListener("pointerdown", this.outside)
  }

  stop() {
    this.watch.disconnect()
    document.removeEventListener("pointerdown", this.outside)
    clearTimeout(this.later)
  }

  show({ board, view }) {
    if (board.stamp === this.board?.stamp) return
    this.board = board
    this.view ??= { density: board.density, hidden: [], order: [], ...view }
    for (const [name, paint] of Object.entries(board.paints)) this.root.style.setProperty(`--${name}`, paint)
    this.root.setAttribute("aria-label", board.alt)
    this.table.setAttribute("aria-label", board.alt)
    this.legend.setAttribute("aria-label", board.words.legend)
    this.draw()
  }

  resized() {
    const room = Math.round(this.bar.clientWidth)
    if (this.board && room && room !== this.room) this.draw()
  }

  change(part) {
    this.view = { ...this.view, ...part }
    this.draw()
    clearTimeout(this.later)
    this.later = setTimeout(() => this.keep(this.view), 400)
  }

  // The lanes in the reader's order; new ones stand where they usually do.
  get order() {
    const usual = this.board.lanes.map((lane) => lane.id)
    const kept = this.view.order.filter((id) => usual.includes(id))
    const full = [...kept]
    usual.forEach((id, at) => {
      if (!kept.includes(id)) full.splice(at, 0, id)
    })
    return full
  }

  get lanes() {
    const known = Object.fromEntries(this.board.lanes.map((lane) => [lane.id, lane]))
    return this.order.map((id) => known[id]).filter((lane) => !this.view.hidden.includes(lane.id))
  }

  get compact() {
    return this.view.density === "compact"
  }

  // --- the whole ------------------------------------------------------------------------------------------

  draw() {
    performance.mark("map-start")
    const { board } = this
    this.room = Math.round(this.bar.clientWidth)
    this.label = this.room < NARROW ? 108 : 132
    this.columns = columns(board, this.view.density, Math.max(320, this.room - this.label - 2))
    const kept = [this.scroll.scrollLeft, this.scroll.scrollTop]
    const focus = this.focused()
    this.marks = board.cards.map(() => [])
    this.rows = []
    this.root.dataset.density = this.view.density
    this.root.style.setProperty("--label", `${this.label}px`)
    this.bar.replaceChildren(this.personas(), this.controls())
    const wide = this.columns.width > this.room - this.label
    this.scroll.classList.toggle("wide", wide)
    this.table.style.width = `${this.label + this.columns.width}px`
    this.table.setAttribute("aria-colcount", 1 + (this.compact ? board.stages.length : board.cards.length))
    const nameless = !this.compact && this.view.hidden.includes("touchpoints")
    this.table.replaceChildren(this.head(), ...(nameless ? [this.names()] : []), ...this.lanes.map((lane) => this.lane(lane)))
    this.table.append((this.beam = el("div", { class: "beam", "aria-hidden": "true" })))
    if (!this.lanes.length) this.table.append(el("p", { class: "nothing", text: board.words.none }))
    this.legend.replaceChildren(...board.legend.map(legendMark))
    this.scroll.scrollLeft = kept[0]
    this.scroll.scrollTop = kept[1]
    this.rove(focus)
    this.sticky()
    performance.measure("journey-map", "map-start")
  }

  frame() {
    this.bar = el("div", { class: "bar" })
    this.table = el("div", { class: "table", role: "table" })
    this.scroll = el("div", { class: "scroll" }, this.table)
    this.legend = el("ul", { class: "legend" })
    this.tip = el("div", { class: "tip", role: "tooltip", hidden: true })
    this.said = el("div", { class: "unseen", "aria-live": "polite" })
    this.root.replaceChildren(this.bar, this.scroll, this.legend, this.tip, this.said)
    this.table.onkeydown = (event) => this.key(event)
    this.table.onclick = (event) => this.pressed(event.target)
    this.table.onpointerover = (event) => this.point(this.itemOf(event.target))
    this.table.onpointerleave = () => this.point(null)
    this.table.addEventListener("focusin", (event) => this.point(this.itemOf(event.target)))
    this.table.addEventListener("focusout", () => this.point(null))
  }

  // Where the map is not wider than the page, the stages stick to the page's own top.
  sticky() {
    const head = document.querySelector("[data-testid=stHeader]")
    const inner = this.scroll.classList.contains("wide") || this.root.matches(":fullscreen")
    const top = inner ? 0 : (head?.getBoundingClientRect().height ?? 0)
    this.root.style.setProperty("--top", `${top}px`)
    this.root.style.setProperty("--head", `${this.table.firstChild?.offsetHeight ?? 0}px`)
  }

  personas() {
    const list = el("div", { class: "personas" })
    for (const one of this.board.personas) {
      list.append(
        el(
          "div",
          { class: `persona ${one.style}` },
          el("span", { class: "face" }, icon("person", 20)),
          el(
            "div",
            {},
            el("div", { class: "who" }, el("span", { class: "swatch" }), el("strong", { text: one.name })),
            el("div", { class: "about" }, ...one.facts.map((fact) => el("span", { text: fact }))),
          ),
        ),
      )
    }
    return list
  }

  controls() {
    const { words } = this.board
    const steps = el("div", { class: "steps", role: "group", "aria-label": words.density })
    for (const density of ["compact", "normal", "detailed"]) {
      steps.append(
        el("button", {
          type: "button",
          text: words[density],
          "aria-pressed": String(this.view.density === density),
          onclick: () => {
            this.change({ density })
            this.bar.querySelector(".steps [aria-pressed=true]").focus()
          },
        }),
      )
    }
    const full = el("button", { type: "button", class: "round", "aria-label": words.full, title: words.full }, icon("full"))
    full.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen())
    return el("div", { class: "controls" }, steps, this.menu(), full)
  }

  // --- pointing, keys, opening ----------------------------------------------------------------------------

  itemOf(node) {
    return node.closest?.("[data-at]") ?? null
  }

  point(one) {
    if (one === this.pointed) return
    this.pointed = one
    this.root.querySelectorAll(".lit").forEach((mark) => mark.classList.remove("lit"))
    this.tellTip(one, one?.about)
    if (!one) {
      this.beam.hidden = true
      return
    }
    const at = Number(one.dataset.at)
    this.marks[at].forEach((mark) => mark.classList.add("lit"))
    const { x, width } = this.columns.points[at]
    this.beam.hidden = this.compact
    this.beam.style.cssText = `left:${this.label + x}px;width:${width}px`
  }

  tellTip(one, about) {
    this.tip.hidden = !one
    if (!one) return
    this.tip.replaceChildren(...about.map((text, i) => el("div", { text, class: i ? "" : "first" })))
    const anchor = (one.querySelector?.(".dot, .square, .part, .gap") ?? one).getBoundingClientRect()
    const room = this.root.getBoundingClientRect()
    const [wide, high] = [this.tip.offsetWidth, this.tip.offsetHeight]
    const left = Math.min(Math.max(4, anchor.left - room.left + anchor.width / 2 - wide / 2), room.width - wide - 4)
    const over = anchor.top - high - 10
    const top = over > 60 ? over : anchor.bottom + 10
    this.tip.style.cssText = `left:${left}px;top:${top - room.top}px`
  }

  // One stop for the Tab key; the arrows walk from there.
  rove(focus, now = false) {
    const [row, at] = focus ?? []
    const rows = this.rows.filter((items) => items.length)
    const held = this.rows[row]?.find((item) => Number(item.dataset.at) === at) ?? rows[0]?.[0]
    if (!held) return
    held.setAttribute("tabindex", "0")
    this.tabstop = held
    if (focus && (now || this.hadFocus)) held.focus()
  }

  focused() {
    const active = this.root.getRootNode().activeElement
    this.hadFocus = !!active?.dataset?.at
    if (!this.hadFocus || !this.rows) return null
    return [this.rows.findIndex((items) => items.includes(active)), Number(active.dataset.at)]
  }

  key(event) {
    const one = this.itemOf(event.target)
    if (!one) return
    if (event.key === "Enter" || event.key === " ") this.pressed(one)
    else if (event.key === "Escape") this.point(null)
    else if (!this.walk(one, event.key)) return
    event.preventDefault()
  }

  walk(one, key) {
    const rows = this.rows.filter((items) => items.length)
    const row = rows.findIndex((items) => items.includes(one))
    const at = Number(one.dataset.at)
    const line = rows[row]
    const place = line.indexOf(one)
    const near = (items) => items?.reduce((best, item) => (Math.abs(item.dataset.at - at) < Math.abs(best.dataset.at - at) ? item : best))
    const to = {
      ArrowRight: () => line[place + 1],
      ArrowLeft: () => line[place - 1],
      ArrowDown: () => near(rows[row + 1]),
      ArrowUp: () => near(rows[row - 1]),
      Home: () => line[0],
      End: () => line.at(-1),
    }[key]
    if (!to) return false
    const next = to()
    if (next) {
      this.tabstop.setAttribute("tabindex", "-1")
      next.setAttribute("tabindex", "0")
      this.tabstop = next
      next.focus()
    }
    return true
  }

  pressed(node) {
    const one = this.itemOf(node)
    if (!one) return
    if (document.fullscreenElement) document.exitFullscreen()
    this.tell(this.board.cards[Number(one.dataset.at)].name)
  }
}

Object.assign(JourneyMap.prototype, MENU, ROWS, FIGURES)
