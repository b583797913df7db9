// The words beside what is hovered or has the keyboard.

class Tip {
  constructor(place) {
    this.place = place
    this.box = html("div", "tip", place)
    // What it says stands in the label of what it is about.
    this.box.setAttribute("aria-hidden", "true")
  }

  /** Shows lines beside what is told of, where they cover least of `near`. */
  show(lines, { left, right, top, bottom }, near) {
    this.box.replaceChildren()
    for (const line of lines) html("div", "", this.box).textContent = line
    this.box.classList.add("shown")
    const [wide, high] = [this.box.offsetWidth, this.box.offsetHeight]
    const [middle, centre] = [(left + right - wide) / 2, (top + bottom - high) / 2]
    const sides = []
    for (const x of [left, right - wide, middle]) sides.push([x, bottom + 10], [x, top - high - 16])
    for (const y of [top, bottom - high, centre]) sides.push([right + 14, y], [left - wide - 14, y])
    const boxes = near.map(node => node.getBoundingClientRect())
    const costs = sides.map(([x, y]) => this.cost(x, y, wide, high, boxes))
    const [x, y] = sides[costs.indexOf(Math.min(...costs))]
    const outer = this.place.getBoundingClientRect()
    const inside = Math.max(0, Math.min(x - outer.left, outer.width - wide))
    this.box.style.transform = `translate(${inside}px, ${y - outer.top}px)`
  }

  /** What it would cover there; standing out of the page is worst. */
  cost(x, y, wide, high, boxes) {
    const over = (low, high, from, to) => Math.max(0, Math.min(high, to) - Math.max(low, from))
    const { left, right } = this.place.getBoundingClientRect()
    const out = wide - over(x, x + wide, left, right) + high - over(y, y + high, 8, window.innerHeight - 8)
    const met = box => over(x, x + wide, box.left, box.right) * over(y, y + high, box.top, box.bottom)
    return boxes.reduce((sum, box) => sum + met(box), out * 1e4)
  }

  hide() {
    this.box.classList.remove("shown")
  }
}
