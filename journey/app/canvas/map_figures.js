// The map's figures as SVG: the emotion curve, effort and friction.
// Methods of the map: `this` is it.

const HEIGHTS = { compact: [168, 58, 74], normal: [196, 64, 84], detailed: [236, 84, 112] } // curve, bars, stacks

const FIGURES = {
  canvas(height, label) {
    const { width, stages } = this.columns
    const board = svg("svg", { class: "drawing", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label })
    stages.slice(1).forEach(({ x }) => board.append(svg("line", { class: "border", x1: x, x2: x, y1: 0, y2: height })))
    return board
  },

  figure(lane, board) {
    const span = this.compact ? this.board.stages.length : this.board.cards.length
    const cell = el("div", { class: "whole", role: "cell", "aria-colspan": span }, board)
    return this.row(lane, cell)
  },

  hit(at, height, about, ...parts) {
    const { x, width } = this.columns.points[at]
    const area = svg("rect", { class: "hit", x, y: 0, width, height })
    return this.item(svg("g", { class: "mark" }, area, ...parts), at, about)
  },

  curveLane(lane) {
    if (!lane.curves.length) return this.gap(lane)
    const height = HEIGHTS[this.view.density][0]
    const board = this.canvas(height, lane.title)
    const row = this.figure(lane, board)
    const y = (value) => 34 + ((2 - value) / 4) * (height - 48)
    const { width } = this.columns
    for (const level of [-2, -1, 0, 1, 2])
      board.append(svg("line", { class: level ? "level" : "zero", x1: 0, x2: width, y1: y(level), y2: y(level) }))
    if (lane.target) board.append(svg("line", { class: "target", x1: 0, x2: width, y1: y(lane.target[0]), y2: y(lane.target[0]) }))
    row.querySelector(".label").append(axis(y))
    if (lane.target) {
      const told = el("div", { class: "wanted", "aria-hidden": "true", style: `top:${y(lane.target[0])}px` })
      told.append(el("span", { text: lane.target[1] }))
      row.querySelector(".whole").append(told)
    }
    const taken = []
    ;[...lane.curves].reverse().forEach((curve) => this.curve(board, curve, y, height, taken))
    return row
  },

  curve(board, { points, style, name }, y, height, taken) {
    const known = points.filter((point) => point.value !== null)
    const at = (point, value) => [this.columns.points[point.at].middle, y(value)]
    const line = known.map((point) => at(point, point.value))
    const joined = (i) => known[i].at + 1 === known[i + 1].at
    const group = svg("g", { class: `curve ${style}` })
    if (style === "first") {
      for (const run of runs(known)) group.append(svg("path", { class: "area", d: this.area(run, at, y) }))
    }
    for (const run of runs(known.filter((point) => point.low !== null))) {
      if (run.length < 2) continue
      const d = between(run.map((point) => at(point, point.high)), run.map((point) => at(point, point.low)))
      group.append(svg("path", { class: "band", d }))
    }
    group.append(svg("path", { class: "bridge", d: through(line, (i) => !joined(i)) }))
    group.append(svg("path", { class: "thread", d: through(line, joined) }))
    board.append(group)
    points.forEach((point) => {
      if (point.value === null && style !== "first") return
      group.append(this.dot(point, style, y, height))
    })
    for (const point of known) {
      const r = style === "first" ? RADIUS[point.size] : 5
      taken.push({ x: this.columns.points[point.at].middle - r, top: y(point.value) - r, wide: 2 * r, high: 2 * r })
    }
    if (style === "first") this.calls(group, known, y, height, taken)
    if (name) {
      group.setAttribute("role", "group")
      group.setAttribute("aria-label", name)
    }
  },

  area(run, at, y) {
    const line = run.map((point) => at(point, point.value))
    return `${through(line, () => true) || `M${line[0]}`}L${line.at(-1)[0]} ${y(0)}L${line[0][0]} ${y(0)}Z`
  },

  dot(point, style, y, height) {
    const { middle } = this.columns.points[point.at]
    if (point.value === null) {
      const [x, mid] = [middle, y(0)]
      return this.hit(point.at, height, point.about, svg("path", { class: "gap", d: `M${x - 4} ${mid - 4}l8 8M${x + 4} ${mid - 4}l-8 8` }))
    }
    const top = y(point.value)
    const parts = []
    if (point.low !== null) {
      const [high, low] = [y(point.high), y(point.low)]
      const d = `M${middle} ${high}V${low}M${middle - 3.5} ${high}h7M${middle - 3.5} ${low}h7`
      parts.push(svg("path", { class: "whisker", d }))
    }
    if (style === "first") parts.push(dot(middle, top, point, point.size === 0))
    else parts.push(svg("rect", { class: "square", x: middle - 4, y: top - 4, width: 8, height: 8 }))
    parts.push(svg("circle", { class: "ring", cx: middle, cy: top, r: 13 }))
    return this.hit(point.at, height, point.about, ...parts)
  },

  // The extremes are written beside the curve, the most extreme first, as long as there is room; n under the others.
  calls(group, known, y, height, taken) {
    const box = (x, top, wide, high) => ({ x, top, wide, high })
    const free = (one) =>
      one.top >= 0 && one.top + one.high <= height &&
      taken.every((other) => one.x + one.wide < other.x || other.x + other.wide < one.x || one.top + one.high < other.top || other.top + other.high < one.top)
    const write = (point, lines, sides) => {
      const wide = Math.max(...lines.map((text, i) => text.length * (i ? 5.4 : 6.3))) + 4
      const high = lines.length * 13
      const { middle } = this.columns.points[point.at]
      const x = Math.min(Math.max(2, middle - wide / 2), this.columns.width - wide - 2)
      const over = Math.min(y(point.high ?? point.value), y(point.value) - RADIUS[point.size]) - 4 - high
      const under = Math.max(y(point.low ?? point.value), y(point.value) + RADIUS[point.size]) + 4
      for (const side of sides) {
        const one = box(x, side === "over" ? over : under, wide, high)
        if (!free(one)) continue
        taken.push(one)
        const text = svg("text", { class: "call", "text-anchor": "middle" })
        lines.forEach((part, i) =>
          text.append(svg("tspan", { x: x + wide / 2, y: one.top + 11 + 13 * i, class: i || lines.length < 2 ? "small" : "large", text: part })),
        )
        group.append(text)
        return
      }
    }
    const called = known.filter((point) => point.call).sort((a, b) => a.call - b.call)
    for (const point of called) {
      const sides = point.call && point.value < this.middleOf(known, point) ? ["under", "over"] : ["over", "under"]
      write(point, [`${point.label} ${shortened(this.board.cards[point.at].name)}`, `n = ${point.n}`], sides)
    }
    if (this.compact) return
    for (const point of known) {
      if (point.call) continue
      write(point, [this.view.density === "detailed" ? `${point.label} · n = ${point.n}` : `n = ${point.n}`], ["under", "over"])
    }
  },

  // What the dots beside a dot stand at: it is a valley if it lies lower.
  middleOf(known, point) {
    const at = known.indexOf(point)
    const beside = [known[at - 1], known[at + 1]].filter(Boolean)
    return beside.reduce((sum, one) => sum + one.value, 0) / (beside.length || 1)
  },

  barsLane(lane, which) {
    if (!lane.bars.length) return this.gap(lane)
    const height = HEIGHTS[this.view.density][which]
    const board = this.canvas(height, lane.title)
    const row = this.figure(lane, board)
    const y = (share) => height - 3 - share * (height - 20)
    const seen = new Set(lane.bars.map((bar) => bar.at))
    this.columns.points.forEach(({ middle }, at) => {
      if (!seen.has(at)) board.append(svg("path", { class: "gap", d: `M${middle - 4} ${height - 4}h8` }))
    })
    if (lane.target) board.append(svg("line", { class: "target", x1: 0, x2: this.columns.width, y1: y(lane.target[0]), y2: y(lane.target[0]) }))
    for (const bar of lane.bars) board.append(...this.bars(bar, y, height))
    return row
  },

  bars(bar, y, height) {
    const { x, width, middle } = this.columns.points[bar.at]
    const wide = Math.min(width - 4, 44)
    const parts = []
    let share = 0
    for (const [part, paint] of bar.parts) {
      const top = y(share + part)
      parts.push(svg("rect", { class: "part", x: middle - wide / 2, y: top, width: wide, height: Math.max(0, y(share) - top), style: `fill:${paint}` }))
      share += part
    }
    const [high, low] = [y(bar.high), y(bar.low)]
    parts.push(svg("path", { class: "whisker", d: `M${middle} ${high}V${low}M${middle - 3} ${high}h6M${middle - 3} ${low}h6` }))
    if (bar.other !== null) {
      const theirs = y(bar.other)
      parts.push(svg("path", { class: "theirs", d: `M${middle - wide / 2 - 2} ${theirs}h${wide + 4}` }))
    }
    const top = Math.min(high, y(share), y(bar.other ?? 0)) - 4
    const value = svg("text", { class: bar.strong ? "value strong" : "value", x: middle, y: top, "text-anchor": "middle", text: bar.label })
    parts.push(svg("rect", { class: "ring", x: x + 1, y: 1, width: width - 2, height: height - 2, rx: 4 }))
    return [this.hit(bar.at, height, bar.about, ...parts), value]
  },
}
