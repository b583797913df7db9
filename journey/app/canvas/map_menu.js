// The map's menu of lanes: shown or hidden by a box, moved by buttons or by dragging.
// Methods of the map: `this` is it.

const MENU = {
  menu() {
    const { words } = this.board
    this.menuButton = el(
      "button",
      { type: "button", "aria-expanded": "false", onclick: () => this.toggleMenu() },
      icon("lanes"),
      el("span", { text: words.lanes }),
    )
    const known = Object.fromEntries(this.board.lanes.map((lane) => [lane.id, lane]))
    const list = el("ul", {})
    this.order.forEach((id, at) => list.append(this.menuLine(known[id], at)))
    const foot = el(
      "div",
      { class: "foot" },
      el("button", { type: "button", text: words.all, onclick: () => this.arrange({ hidden: [] }) }),
      el("button", { type: "button", text: words.reset, onclick: () => this.arrange({ hidden: [], order: [] }) }),
    )
    this.menuList = el("div", { class: "menu", hidden: !this.menuOpen }, list, foot)
    this.menuButton.setAttribute("aria-expanded", String(!!this.menuOpen))
    this.menuBox = el("div", { class: "menubox" }, this.menuButton, this.menuList)
    this.menuBox.onkeydown = (event) => {
      if (event.key !== "Escape" || !this.menuOpen) return
      event.stopPropagation()
      this.toggleMenu(false)
      this.menuButton.focus()
    }
    return this.menuBox
  },

  menuLine(lane, at) {
    const { words } = this.board
    const box = el("input", { type: "checkbox", checked: !this.view.hidden.includes(lane.id) })
    box.onchange = () => {
      const rest = this.view.hidden.filter((id) => id !== lane.id)
      this.arrange({ hidden: box.checked ? rest : [...rest, lane.id] }, [lane.id, "input"])
    }
    const line = el("li", { draggable: "true", "data-lane": lane.id }, el("label", {}, box, el("span", { text: lane.title })))
    for (const [way, step] of [["up", -1], ["down", 1]]) {
      const to = at + step
      const button = el(
        "button",
        {
          type: "button",
          class: way,
          "aria-label": `${words[way]}: ${lane.title}`,
          "aria-disabled": to < 0 || to >= this.order.length ? "true" : null,
          onclick: () => this.move(lane, to, way),
        },
        icon(way, 13),
      )
      line.append(button)
    }
    line.ondragstart = (event) => {
      event.dataTransfer.effectAllowed = "move"
      event.dataTransfer.setData("text/plain", lane.id)
    }
    line.ondragover = (event) => event.preventDefault()
    line.ondrop = (event) => {
      event.preventDefault()
      const moved = this.board.lanes.find((one) => one.id === event.dataTransfer.getData("text/plain"))
      if (moved) this.move(moved, this.order.indexOf(lane.id), "up")
    }
    return line
  },

  move(lane, to, way) {
    const order = this.order.filter((id) => id !== lane.id)
    if (to < 0 || to > order.length) return
    order.splice(to, 0, lane.id)
    this.arrange({ order }, [lane.id, `.${way}`])
    this.said.textContent = `${lane.title}: ${this.board.words.moved} ${to + 1}`
  },

  arrange(part, [id, what] = []) {
    const down = this.menuList.scrollTop
    this.change(part)
    this.menuList.scrollTop = down
    this.menuList.querySelector(id ? `[data-lane="${id}"] ${what}` : ".foot button").focus()
  },

  toggleMenu(open = !this.menuOpen) {
    if (open === !!this.menuOpen || !this.menuList) return
    this.menuOpen = open
    this.menuList.hidden = !open
    this.menuButton.setAttribute("aria-expanded", String(open))
  },
}
