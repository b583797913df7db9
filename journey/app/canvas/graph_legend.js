// The legend of the graph: what its colours, widths and signs mean.

class Legend {
  constructor(scene) {
    this.scene = scene
  }

  /** Draws the legend into `parent`, at most `room` wide; returns how high it is. */
  draw(parent, room) {
    const { legend, theme } = this.scene
    const text = (x, y, value, more = {}) =>
      make("text", { x, y, "font-size": 12, fill: theme.muted, ...more }, parent, value)
    const long = (value, size = 12, weight = 400) => width(value, size, weight, theme.font)
    // The colours, with numbers.
    let left = 6
    text(left, 14, legend.title, { fill: theme.ink, "font-weight": 600 })
    if (legend.ticks.length) {
      const ramp = 200
      const start = left + long(legend.ends[0]) + 8
      text(left, 32, legend.ends[0])
      text(start + ramp + 8, 32, legend.ends[1])
      legend.ramp.forEach((colour, i) => {
        const step = ramp / legend.ramp.length
        make("rect", { x: start + i * step, y: 23, width: step + 0.5, height: 9, fill: colour }, parent)
      })
      let taken = -Infinity
      legend.ticks.forEach(([at, value]) => {
        const [middle, half] = [start + at * ramp, long(value, 11) / 2]
        make("path", { d: `M${middle} 32v4`, stroke: theme.muted }, parent)
        if (middle - half < taken + 5) return
        text(middle, 47, value, { "text-anchor": "middle", "font-size": 11 })
        taken = middle + half
      })
      left = start + ramp + 8 + long(legend.ends[1])
    }
    left = Math.max(left, 6 + long(legend.title, 12, 600)) + 36
    return Math.max(56, this.flow(parent, this.samples(parent, text, long), left, room))
  }

  /** Samples of every line and sign with what they mean: each a drawing at x, y and a width. */
  samples(parent, text, long) {
    const { legend, theme } = this.scene
    const stroke = (d, more) => make("path", { d, fill: "none", stroke: theme.edge, ...more }, parent)
    const found = legend.widths.map(one => [
      36 + long(one.text),
      (x, y) => {
        stroke(`M${x} ${y}h26`, { "stroke-width": one.width })
        text(x + 33, y + 4, one.text)
      },
    ])
    const sample = (value, room, draw) =>
      found.push([room + long(value), (x, y) => { draw(x, y); text(x + room, y + 4, value) }])
    const dashed = { stroke: legend.plain ? theme.back : theme.muted }
    for (const mark of legend.marks ?? [])
      sample(mark.text, 44, (x, y) => {
        stroke(`M${x} ${y}h36`, { stroke: mark.colour, "stroke-width": 3, "stroke-dasharray": mark.dash || null })
        const halo = { stroke: theme.ground, "stroke-width": 3.5, "paint-order": "stroke", "font-weight": 700 }
        text(x + 18, y + 4, mark.sign, { "text-anchor": "middle", fill: theme.ink, ...halo })
      })
    if (legend.back && this.scene.moves.some(move => move.kind === "back"))
      sample(legend.back, 34, (x, y) =>
        stroke(`M${x} ${y}h27`, { ...dashed, "stroke-width": 3, "stroke-dasharray": "6 4" }),
      )
    sample(legend.share, 31, (x, y) => text(x, y + 4, legend.percent, { "font-weight": 600, "font-size": 11.5 }))
    if (legend.ticks.length) {
      sample(legend.interval, 36, (x, y) => {
        make("rect", { x, y: y - 1, width: 29, height: 2, rx: 1, fill: theme.line }, parent)
        make("rect", { x: x + 10, y: y - 2.5, width: 12, height: 5, rx: 2.5, fill: legend.ramp[15] }, parent)
      })
      sample(legend.few, 30, (x, y) => {
        const ring = { x: x + 1, y: y - 7, width: 22, height: 14, rx: 7, fill: theme.card, stroke: legend.ramp[15] }
        make("rect", { ...ring, "stroke-width": 2.5 }, parent)
      })
    }
    for (const icon of ["start", "end", "loop"])
      if (this.scene.cards.some(card => card.facts.some(fact => fact.icon === icon)))
        sample(legend[icon], 15, (x, y) => sign(icon, x, y - 5, theme.muted, parent))
    const box = (x, y, dash) => {
      const look = { stroke: theme.line, fill: theme.band, "stroke-dasharray": dash }
      make("rect", { x, y: y - 7, width: 22, height: 14, rx: 4, ...look }, parent)
    }
    if (this.scene.cards.some(card => card.rare)) sample(legend.rare, 29, (x, y) => box(x, y, null))
    if (legend.aside) sample(legend.aside, 29, (x, y) => box(x, y, "4 3"))
    if (this.scene.cards.some(card => !card.here)) sample(legend.none, 29, (x, y) => box(x, y, "4 3"))
    return found
  }

  flow(parent, samples, left, room) {
    const first = room - left > 560 ? left : 6
    let [x, y] = [first, first === left ? 12 : 68]
    for (const [size, draw] of samples) {
      if (x > first && x + size > room - 4) [x, y] = [first, y + 21]
      draw(x, y)
      x += size + 24
    }
    return y + 14
  }
}
