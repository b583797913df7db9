// Saves the figure of a panel as SVG or PNG, in the browser: nothing is sent anywhere.

const NS = "http://www.w3.org/2000/svg"

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".save")
  root.replaceChildren(...["PNG", "SVG"].map((kind) => button(kind, data, parentElement)))
}

function button(kind, data, parentElement) {
  const one = document.createElement("button")
  one.type = "button"
  one.textContent = kind
  one.onclick = async () => {
    try {
      const picture = await drawn(panelOf(parentElement, data.panel))
      await (kind === "SVG" ? asSvg : asPng)(picture, data.name)
    } catch (error) {
      console.error(error)
      one.textContent = data.failed
    }
  }
  return one
}

function panelOf(parentElement, name) {
  const host = parentElement.getRootNode().host ?? parentElement
  return host.closest(`.st-key-${CSS.escape(name)}`) ?? document.querySelector(`.st-key-${CSS.escape(name)}`)
}

// Every element beneath, also those in shadow roots.
function* within(node) {
  for (const child of node.querySelectorAll("*")) {
    yield child
    if (child.shadowRoot) yield* within(child.shadowRoot)
  }
}

async function drawn(panel) {
  const all = [...within(panel)]
  const plot = all.find((one) => one.classList.contains("js-plotly-plot"))
  const figure = plot ?? all.find((one) => one.classList.contains("journey-figure"))
  const box = figure.getBoundingClientRect()
  const width = Math.max(box.width, figure.scrollWidth || 0)
  const height = Math.max(box.height, figure.scrollHeight || 0)
  const svg = document.createElementNS(NS, "svg")
  svg.setAttribute("xmlns", NS)
  svg.setAttribute("width", width)
  svg.setAttribute("height", height)
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
  const look = getComputedStyle(figure)
  svg.append(await fonts(look.fontFamily), ground(width, height))
  if (plot) {
    // Plotly paints in layers, one above the other.
    for (const layer of plot.querySelectorAll("svg.main-svg")) svg.append(layer.cloneNode(true))
  } else if (figure instanceof SVGElement) {
    const copy = figure.cloneNode(true)
    copy.setAttribute("width", width)
    copy.setAttribute("height", height)
    svg.append(...styles(figure), copy)
  } else {
    svg.append(page(figure, width, height))
  }
  return { svg, width, height }
}

function ground(width, height) {
  const rect = document.createElementNS(NS, "rect")
  const app = document.querySelector("[data-testid=stApp]") ?? document.body
  for (const [name, value] of Object.entries({ width, height, fill: getComputedStyle(app).backgroundColor }))
    rect.setAttribute(name, value)
  return rect
}

// The styles of a canvas stand in its shadow root; its colours are variables of the page.
function styles(figure) {
  const root = figure.getRootNode()
  const style = document.createElementNS(NS, "style")
  const look = getComputedStyle(figure)
  const sheets = [...(root.styleSheets ?? []), ...(root.adoptedStyleSheets ?? [])]
  const text = sheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n")
  style.textContent = text.replace(/var\((--[\w-]+)(?:,[^()]*)?\)/g, (all, name) => look.getPropertyValue(name) || all)
  return root === document ? [] : [style]
}

function page(figure, width, height) {
  const frame = document.createElementNS(NS, "foreignObject")
  frame.setAttribute("width", width)
  frame.setAttribute("height", height)
  const body = document.createElement("div")
  body.setAttribute("xmlns", "http://www.w3.org/1999/xhtml")
  const look = getComputedStyle(figure)
  body.style.cssText = `width:${width}px;font:${look.font};color:${look.color}`
  const copy = figure.cloneNode(true)
  copy.style.cssText += ";overflow:visible;max-height:none;max-width:none"
  body.append(...styles(figure), copy)
  frame.append(body)
  return frame
}

// The page's font goes into the file, so that the text wraps there as it does here.
async function fonts(family) {
  const style = document.createElementNS(NS, "style")
  const first = family.split(",")[0].replaceAll(/["']/g, "").trim()
  for (const sheet of document.styleSheets) {
    for (const rule of rulesOf(sheet)) {
      if (!(rule instanceof CSSFontFaceRule) || !rule.style.getPropertyValue("font-family").includes(first)) continue
      if (rule.style.getPropertyValue("font-style") === "italic") continue
      const address = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue("src"))?.[1]
      if (!address) continue
      const bytes = await (await fetch(new URL(address, sheet.href ?? location.href))).blob()
      const weight = rule.style.getPropertyValue("font-weight") || "400"
      const data = await dataUrl(bytes)
      style.textContent += `@font-face{font-family:"${first}";font-weight:${weight};src:url(${data})}\n`
      return style
    }
  }
  return style
}

function rulesOf(sheet) {
  try {
    return [...sheet.cssRules]
  } catch {
    return []
  }
}

function dataUrl(blob) {
  return new Promise((done) => {
    const reader = new FileReader()
    reader.onload = () => done(reader.result)
    reader.readAsDataURL(blob)
  })
}

async function asSvg({ svg }, name) {
  give(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }), `${name}.svg`)
}

async function asPng({ svg, width, height }, name) {
  const sharp = Math.max(1, Math.min(2, 8000 / Math.max(width, height)))
  const image = new Image()
  const text = new XMLSerializer().serializeToString(svg)
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = width * sharp
  canvas.height = height * sharp
  const pen = canvas.getContext("2d")
  pen.scale(sharp, sharp)
  pen.drawImage(image, 0, 0, width, height)
  give(await new Promise((done) => canvas.toBlob(done, "image/png")), `${name}.png`)
}

function give(blob, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
