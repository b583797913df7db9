// The graph as SVG: bands of stages, lines of moves, cards of touchpoints; all a copy needs to look the same.

const ALONG = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82] // where a share may stand on its line, best first

class Picture {
  /** Draws a scene into `sheet`, for a page that is `room` pixels wide. */
  constructor(scene, sheet, room) {
    this.scene = scene
    this.pitch = Math.min(scene.wide, Math.max(scene.narrow, room / scene.columns))
    this.size = [scene.columns * this.pitch, scene.height]
    this.svg = this.ground(sheet)
    this.moves = scene.moves.map((move, at) => this.move(move, at))
    this.labels = make("g", { class: "shares", "pointer-events": "none" }, this.svg)
    this.cards = scene.cards.map((card, at) => this.card(card, at))
    this.hints = make("g", { class: "shares now", "pointer-events": "none" }, this.svg)
    const common = scene.moves.flatMap((move, at) => (move.common ? [at] : []))
    this.share(common, this.labels, scene.theme.muted)
    this.joined = this.around()
    this.end()
  }

  ground(sheet) {
    const { scene } = this
    const svg = make(
      "svg",
      {
        class: "journey-figure",
        role: "application",
        "aria-roledescription": scene.words.graph,
        "aria-label": scene.label,
        "aria-describedby": "about",
        "font-family": scene.theme.font,
      },
      sheet,
    )
    make("rect", { width: "100%", height: "100%", fill: scene.theme.ground }, svg)
    const back = make("g", { "pointer-events": "none" }, svg)
    for (const stage of scene.stages) {
      const [left, right] = [stage.from * this.pitch + 5, stage.to * this.pitch - 5]
      make(
        "rect",
        { x: left, y: 0, width: right - left, height: scene.height, rx: 10, fill: scene.theme.band },
        back,
      )
      const text = cut(stage.name, right - left - 16, 14, 650, scene.theme.font)
      const middle = { "text-anchor": "middle", "font-size": 14, "font-weight": 650, fill: scene.theme.ink }
      make("text", { x: (left + right) / 2, y: 25, ...middle }, back, text)
    }
    return svg
  }

  points(move) {
    const points = []
    for (let i = 0; i < move.d.length; i += 2) points.push([move.d[i] * this.pitch, move.d[i + 1]])
    return points
  }

  move(move, at) {
    const button = { role: "button", tabindex: -1, "aria-label": move.label }
    const group = make("g", { class: `move ${move.kind}`, ...button }, this.svg)
    const points = this.points(move)
    const [line, head] = arrow(points, move.width)
    const whole = curve(points)
    make("path", { class: "ring", d: whole, fill: "none", visibility: "hidden" }, group)
    const back = move.kind === "back" ? `${Math.max(5, move.width * 1.3)} ${Math.max(4, move.width * 0.8)}` : null
    const dash = move.dash === undefined ? back : move.dash || null // what is laid over decides itself
    const stroke = { stroke: move.colour, "stroke-width": move.width, "stroke-dasharray": dash }
    make("path", { class: "line", d: line, fill: "none", ...stroke }, group)
    make("path", { class: "head", d: head, fill: move.colour }, group)
    const reach = { "stroke-width": Math.max(14, move.width + 8), "pointer-events": "stroke" }
    make("path", { class: "hit", d: whole, fill: "none", stroke: "transparent", ...reach }, group)
    const [source, target] = [move.from, move.to].map(end => this.scene.cards[end].name)
    group.told = { at, is: { kind: "transition", source, target } }
    group.button = group
    return group
  }

  box(card) {
    const { pitch, scene } = this
    const wide = 2 * scene.half * pitch
    return { x: card.x * pitch - wide / 2, y: card.y - scene.card / 2, wide, high: scene.card }
  }

  card(card, at) {
    const { scene } = this
    const { theme } = scene
    const small = scene.density === "small"
    const { x, y, wide, high } = this.box(card)
    const whole = make("g", { class: "card" }, this.svg)
    whole.told = { at, is: { kind: "touchpoint", name: card.name } }
    // What stands on the card is said by the button over it, in one sentence.
    const group = make("g", { "aria-hidden": "true" }, whole)
    const round = small ? 6 : 9
    const outer = { x: x - 3, y: y - 3, width: wide + 6, height: high + 6, rx: round + 3 }
    make("rect", { class: "ring", ...outer, fill: "none", visibility: "hidden" }, group)
    const plain = !card.here || card.rare
    const edge = { stroke: theme.line, "stroke-dasharray": card.here && !card.aside ? null : "4 3" }
    const body = { x, y, width: wide, height: high, rx: round, fill: plain ? theme.band : theme.card, ...edge }
    make("rect", { class: "body", ...body }, group)
    if (card.here) {
      const bend = `A${round} ${round} 0 0 0 `
      const strip = `M${x + round} ${y}${bend}${x} ${y + round}V${y + high - round}${bend}${x + round} ${y + high}Z`
      make("path", { d: strip, fill: card.fill ?? theme.line }, group)
    }
    const left = x + round + 6
    const room = x + wide - left - (small ? 7 : 9)
    const ink = { fill: plain ? theme.muted : theme.ink, "font-weight": 600, "font-size": small ? 12 : 13 }
    const lines = wrap(card.name, room, small ? 1 : 2, small ? 12 : 13, 600, theme.font)
    const facts = small ? [] : this.facts(card)
    const long = this.long(facts) > room
    const top = small ? y + 19.5 : lines.length > 1 || long ? y + 22 : y + 28
    lines.forEach((line, i) => make("text", { x: left, y: top + 15 * i, ...ink }, group, line))
    if (!small) {
      const last = y + (lines.length > 1 || long ? 52 : 47)
      // Beneath a name of one line there is room for two lines of facts.
      if (long && lines.length < 2) this.row([facts.shift()], left, last - 15, room, group)
      this.row(facts, left, last, room, group)
    }
    if (card.low !== undefined) this.interval(card, left, room, y + high - (small ? 4.5 : 7), small, group)
    if (card.here && scene.legend.ticks.length) this.badge(card, x + wide + (small ? 3 : 5), y + 1, small, group)
    const button = { role: "button", tabindex: -1, "aria-label": card.label, fill: "transparent" }
    whole.button = make("rect", { class: "button", x, y: y - 10, width: wide + 5, height: high + 10, ...button }, whole)
    return whole
  }

  /** The value on the card's corner; a ring where it rests on few observations. */
  badge(card, right, middle, small, group) {
    const { theme } = this.scene
    const [size, high] = small ? [10.5, 17] : [12, 23]
    const wide = Math.max(high * 1.2, width(card.value, size, 700, theme.font) + (small ? 10 : 13))
    const known = card.fill !== undefined
    const solid = known && !card.few
    const inset = known && card.few ? 1.25 : 0
    make(
      "rect",
      {
        x: right - wide + inset,
        y: middle - high / 2 + inset,
        width: wide - 2 * inset,
        height: high - 2 * inset,
        rx: high / 2 - inset,
        fill: solid ? card.fill : known ? theme.card : theme.band,
        stroke: solid ? theme.band : known ? card.fill : theme.line,
        "stroke-width": known && card.few ? 2.5 : 1.5,
      },
      group,
    )
    const ink = solid ? card.ink : known ? theme.ink : theme.muted
    const text = { "text-anchor": "middle", "font-size": size, "font-weight": 700, fill: ink }
    make("text", { x: right - wide / 2, y: middle + size * 0.36, ...text }, group, card.value)
  }

  /** What stands under a card's name; what matters most first, for it has the first claim on the room. */
  facts(card) {
    if (!card.here) return [{ text: this.scene.words.none }]
    const known = ["end", "start", "loop"].map(icon => card.facts.find(fact => fact.icon === icon))
    return [{ text: card.cases }, ...known.filter(Boolean)]
  }

  long(facts) {
    const { font } = this.scene.theme
    return facts.reduce((sum, fact) => sum + (fact.icon ? 13 : 0) + width(fact.text, 11.5, 400, font) + 8, -8)
  }

  /** As many facts beside each other as there is room for; all of them are told on hover. */
  row(facts, x, y, room, group) {
    const { theme } = this.scene
    let at = x
    for (const fact of facts) {
      const wide = this.long([fact])
      if (at > x && at + wide > x + room) break
      if (fact.icon) sign(fact.icon, at, y - 8.5, theme.muted, group)
      const text = cut(fact.text, room, 11.5, 400, theme.font)
      make("text", { x: at + (fact.icon ? 13 : 0), y, "font-size": 11.5, fill: theme.muted }, group, text)
      at += wide + 8
    }
  }

  /** The interval as a thick part of the scale, which runs along the bottom of the card. */
  interval(card, x, wide, y, small, group) {
    const { theme } = this.scene
    const [thin, thick] = small ? [1.5, 3.5] : [2, 5]
    make("rect", { x, y: y - thin / 2, width: wide, height: thin, rx: thin / 2, fill: theme.line }, group)
    const length = Math.max(thick, (card.high - card.low) * wide)
    const start = Math.min(x + wide - length, Math.max(x, x + ((card.low + card.high) / 2) * wide - length / 2))
    make("rect", { x: start, y: y - thick / 2, width: length, height: thick, rx: thick / 2, fill: card.fill }, group)
  }

  /** Shares beside lines, where no card and no other share is in the way. */
  share(moves, parent, ink) {
    const { scene } = this
    const placed = [...parent.children].map(node => node.box)
    const cards = scene.cards.map(card => this.box(card))
    const meets = (a, b) => a.x < b.x + b.wide && b.x < a.x + a.wide && a.y < b.y + b.high && b.y < a.y + a.high
    for (const at of moves) {
      const move = scene.moves[at]
      if (!move.share) continue
      const points = this.points(move)
      const wide = width(move.share, 11.5, 600, scene.theme.font)
      const inside = x => Math.max(2, Math.min(this.size[0] - wide - 6, x - wide / 2 - 2))
      const box = ([x, y]) => ({ x: inside(x), y: y - 7, wide: wide + 4, high: 14 })
      const boxes = ALONG.map(t => box(along(points, t)))
      const free = boxes.find(box => !cards.some(card => meets(box, card)) && !placed.some(one => meets(box, one)))
      if (!free) continue
      placed.push(free)
      const halo = { stroke: scene.theme.band, "stroke-width": 3.5, "stroke-linejoin": "round" }
      const look = { "font-size": 11.5, "font-weight": 600, fill: ink, "paint-order": "stroke", ...halo }
      const text = { "text-anchor": "middle", ...look }
      make("text", { x: free.x + free.wide / 2, y: free.y + 11, ...text }, parent, move.share).box = free
    }
  }

  /** Moves by the card they leave and arrive at, the commonest first. */
  around() {
    const joined = this.scene.cards.map(() => ({ out: [], into: [] }))
    for (let at = this.scene.moves.length - 1; at >= 0; at--) {
      const move = this.scene.moves[at]
      joined[move.from].out.push(at)
      if (move.from !== move.to) joined[move.to].into.push(at)
    }
    return joined
  }

  /** The legend, for those who take the picture along: on the page the canvas shows one of its own. */
  end() {
    const [wide, high] = this.size
    const taken = make("g", { transform: `translate(0 ${high + 8})`, "aria-hidden": "true" }, this.svg)
    const total = high + 8 + new Legend(this.scene).draw(taken, wide)
    const shape = { viewBox: `0 0 ${wide} ${total}`, width: wide, height: total }
    for (const name in shape) this.svg.setAttribute(name, shape[name])
  }
}
