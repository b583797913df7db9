// The map's rows: its head, cards, notes and facts; a cell for each stage, or for each touchpoint.
// Methods of the map: `this` is it.

const ROWS = {
  row(lane, cells, more = "") {
    const label = el(
      "div",
      { class: "label", role: "rowheader" },
      el("div", { class: "title", text: lane.title }),
      lane.hint && el("div", { class: "hint", text: lane.hint }),
    )
    return el("div", { class: `row is-${lane.kind} ${more}`, role: "row", "data-lane": lane.id }, label, cells)
  },

  // A cell for each stage where only those have room, else one for each touchpoint.
  grid(fill, role = "cell") {
    const { stages, points } = this.columns
    const widths = this.compact ? stages : points
    const grid = el("div", { class: "cells", role: "presentation" })
    grid.style.gridTemplateColumns = widths.map(({ width }) => `${width}px`).join(" ")
    widths.forEach((_, at) => {
      const first = this.compact || !at || this.board.cards[at].stage !== this.board.cards[at - 1].stage
      grid.append(el("div", { class: first ? "cell first" : "cell", role }, ...fill(at)))
    })
    return grid
  },

  head() {
    const { board } = this
    const cells = el("div", { class: "cells", role: "presentation" })
    cells.style.gridTemplateColumns = this.columns.stages.map(({ width }) => `${width}px`).join(" ")
    board.stages.forEach((stage) => {
      const facts = stage.facts.map((fact) => el("div", { class: "fact", text: fact.replaceAll(" = ", "\u00a0=\u00a0") }))
      const inner = el("div", { class: "inner" }, el("div", { class: "name", text: shortened(stage.name, 80) }), ...facts)
      const chevron = el("div", { class: "chevron", style: `background:${stage.paint}` }, inner)
      chevron.onpointerenter = () => this.tellTip(chevron, stage.about)
      chevron.onpointerleave = () => this.tellTip(null)
      const span = this.compact ? 1 : stage.size
      cells.append(el("div", { class: "cell", role: "columnheader", "aria-colspan": span }, chevron))
    })
    const corner = el("div", { class: "label corner", role: "columnheader" }, el("span", { class: "unseen", text: board.words.stage }))
    return el("div", { class: "row head", role: "row" }, corner, cells)
  },

  // Columns keep their names where the cards are hidden.
  names() {
    const lane = this.board.lanes.find((one) => one.id === "touchpoints")
    const grid = this.grid((at) => [el("div", { class: "title", text: shortened(this.board.cards[at].name, 80) })], "columnheader")
    return this.row({ ...lane, hint: "" }, grid, "pinned")
  },

  lane(lane) {
    const kinds = {
      cards: () => this.cardsLane(lane),
      notes: () => this.notesLane(lane),
      facts: () => this.cellsLane(lane, facts),
      channels: () => this.cellsLane(lane, chips),
      curve: () => this.curveLane(lane),
      bars: () => this.barsLane(lane, 1),
      stacks: () => this.barsLane(lane, 2),
      line: () => this.lineLane(lane),
    }
    const items = []
    this.rows.push(items)
    this.items = items
    return kinds[lane.kind]()
  },

  lineLane(lane) {
    const label = el("div", { class: "label", role: "rowheader" }, el("div", { class: "title", text: lane.title }))
    return el("div", { class: "row is-line", role: "row", "data-lane": lane.id }, label, el("div", { class: "rule", role: "cell", style: `width:${this.columns.width}px` }))
  },

  // Something that can be pointed at, walked to with the arrow keys, and opened.
  item(one, at, about) {
    one.setAttribute("role", "button")
    one.setAttribute("tabindex", "-1")
    // What can be read on it is its name; a mark without words is named by all that is known of it.
    one.setAttribute(one instanceof SVGElement ? "aria-label" : "aria-description", about.join(", "))
    one.dataset.at = at
    one.about = about
    this.items.push(one)
    this.marks[at].push(one)
    return one
  },

  cardsLane(lane) {
    const { cards } = this.board
    const sticky = this.compact ? "" : "pinned"
    if (!this.compact) return this.row(lane, this.grid((at) => [this.card(cards[at], at)]), sticky)
    const grid = this.grid((stage) => {
      const here = cards.map((card, at) => [card, at]).filter(([card]) => card.stage === stage)
      const side = this.side(stage)
      const slim = this.columns.stages[stage].width / side < 128
      const stack = el("div", { class: slim ? "stack slim" : "stack" }, ...here.map(([card, at]) => this.card(card, at)))
      stack.style.gridTemplateRows = `repeat(${Math.ceil(here.length / side)}, auto)`
      stack.style.gridTemplateColumns = `repeat(${side}, minmax(0, 1fr))`
      return [stack]
    })
    return this.row(lane, grid)
  },

  // How many things find room side by side in a stage.
  side(stage) {
    return Math.max(1, Math.floor(this.columns.stages[stage].width / least(this.room)[0] / 0.9))
  },

  card(card, at) {
    const { words } = this.board
    const pill = el("span", { class: card.few ? "pill few" : "pill", text: card.score })
    pill.style.cssText = `background:${card.paint};color:${card.ink}`
    const scores = el("span", { class: "scores" }, pill)
    if (card.second) {
      const twin = el("span", { class: "pill twin", text: card.second[2] })
      twin.style.cssText = `background:${card.second[0]};color:${card.second[1]}`
      scores.append(twin)
    }
    scores.append(el("span", { class: "n", text: card.n }))
    const most = this.compact ? 2 : 3
    const badges = el("span", { class: "badges" }, ...card.channels.slice(0, most).map(([kind, name]) => channel(kind, name, 13)))
    if (card.channels.length > most) badges.append(el("span", { class: "rest", text: `+${card.channels.length - most}` }))
    const marks = el("span", { class: "marks" })
    if (card.pins.length) marks.append(el("span", { class: "pins" }, icon("pin", 12), el("span", { text: card.pins.length })))
    marks.append(source(card.source))
    const star = card.star && el("span", { class: "star", title: words.star }, icon("star", 13))
    const name = el("span", { class: "name" }, star, el("span", { text: shortened(card.name, 80) }))
    const cases = el("span", { class: "cases", text: this.compact ? card.count : card.cases })
    const base = el("span", { class: "base" }, badges, this.compact && cases, marks)
    const one = el("div", { class: "card" }, name, scores, !this.compact && cases, base)
    one.style.setProperty("--paint", card.paint)
    if (this.view.density === "detailed") one.append(...card.pins.map((text) => el("span", { class: "remark", text })))
    return this.item(one, at, [...card.about, ...card.pins])
  },

  // A lane of which nothing is known says so once.
  gap(lane) {
    const span = this.compact ? this.board.stages.length : this.board.cards.length
    return this.row(lane, el("div", { class: "whole gaps", role: "cell", "aria-colspan": span }, empty(lane)))
  },

  notesLane(lane) {
    if (!lane.notes.length) return this.gap(lane)
    const grid = this.grid((at) => {
      if (this.compact) return this.stageNotes(lane, at)
      const here = lane.notes.filter((note) => note.at === at)
      const shown = this.view.density === "detailed" ? here : here.slice(0, lane.most + 1)
      if (!here.length) return [empty(lane)]
      return [...shown.map((note) => this.note(note, false)), here.length > shown.length && rest(here.length - shown.length)]
    })
    return this.row(lane, grid)
  },

  stageNotes(lane, stage) {
    const here = lane.notes.filter((note) => this.board.cards[note.at].stage === stage)
    if (!here.length) return [empty(lane)]
    const side = this.side(stage)
    const heavy = [...here].sort((a, b) => b.weight - a.weight)
    const shown = heavy.filter((note, at) => at < lane.most * side && (note.weight > 0 || !at)).sort((a, b) => a.at - b.at)
    const left = here.length - shown.length
    const more = left && el("button", { type: "button", class: "more", text: `+${left} ${this.board.words.more}` })
    if (more) {
      more.setAttribute("aria-label", `${this.board.stages[stage].name}, ${lane.title}: +${left} ${this.board.words.more}`)
      more.onclick = () => this.zoom(stage)
    }
    const list = el("div", { class: "notes" }, ...shown.map((note) => this.note(note, true)))
    list.style.gridTemplateColumns = `repeat(${Math.min(side, shown.length)}, minmax(0, 1fr))`
    return [list, more]
  },

  // From a stage's summary to its touchpoints.
  zoom(stage) {
    this.change({ density: "normal" })
    this.scroll.scrollLeft = this.columns.stages[stage].x
    this.rove([0, this.board.cards.findIndex((card) => card.stage === stage)], true)
  },

  note(note, named) {
    const name = this.board.cards[note.at].name
    const one = el("div", { class: `note ${note.tone}` })
    if (ICONS[note.tone]) one.append(icon(note.tone, 12))
    const body = el("span", { class: "body" })
    if (named && note.tone !== "quote") body.append(el("b", { text: name }), " ")
    body.append(el("span", { text: note.tone === "quote" ? `“${note.text}”` : note.text }))
    if (named && note.tone === "quote") body.append(el("span", { class: "by", text: ` ${name}` }))
    if (note.more && this.view.density === "detailed") body.append(el("span", { class: "evidence", text: note.more }))
    if (note.size !== null) {
      const track = el("span", { class: "track" }, el("span", {}))
      track.firstChild.style.width = `${Math.max(2, note.size * 100)}%`
      body.append(track)
    }
    one.append(body)
    if (!["bad", "good", "chance"].includes(note.tone)) return one
    return this.item(one, note.at, [name, note.text, note.more].filter(Boolean))
  },

  cellsLane(lane, fill) {
    const cells = this.compact ? lane.stages : lane.cells
    return this.row(
      lane,
      this.grid((at) => {
        const cell = cells.find((one) => one.at === at)
        return cell?.pairs.length ? [fill(cell.pairs)] : [empty(lane)]
      }),
    )
  },
}
