// Measures a report that stands in a frame: each finding is a line, none means that all is well.
// Expectations: nothing scrolls sideways, every text can be read against its ground, every time
// stands beside its phase, every cell of the tables is seen with its name.

/** What is wrong with the page in the frame, given its width and "light" or "dark". */
function findings(frame, width, scheme) {
  const view = frame.contentWindow;
  const page = frame.contentDocument;
  const found = [];
  const told = new Set();
  const tell = (what, element) => {
    const text = element ? ": <" + element.tagName.toLowerCase() + " class='"
        + (element.getAttribute("class") || "") + "'> " + element.textContent.trim().slice(0, 40) : "";
    if (!told.has(what + text)) {
      told.add(what + text);
      found.push(what + text);
    }
  };
  const box = element => element.getBoundingClientRect();
  const seen = element => box(element).width > 0 && box(element).height > 0;
  const all = query => [...page.querySelectorAll(query)];

  if (page.documentElement.clientWidth !== width) {
    tell("the page is " + page.documentElement.clientWidth + " wide, not " + width);
  }
  if (view.matchMedia("(prefers-color-scheme: dark)").matches !== (scheme === "dark")) {
    tell("the browser does not prefer " + scheme);
  }
  if (page.documentElement.scrollWidth > width) {
    tell("the page scrolls sideways: " + page.documentElement.scrollWidth);
  }
  for (const element of all("body *")) {
    if (!seen(element)) continue;
    if (box(element).right > width + 0.5 || box(element).left < -0.5) tell("beyond the edge", element);
    if (element.scrollWidth > element.clientWidth + 1 && view.getComputedStyle(element).overflowX !== "visible") {
      tell("scrolls or is cut off", element);
    }
  }
  times(all, box, tell);
  cells(all, box, seen, tell, view);
  texts(all, seen, tell, view, scheme);
  skips(all, tell, view);
  return found;
}

function times(all, box, tell) {
  const rows = all(".time");
  if (rows.length === 0) tell("no times");
  rows.forEach((row, i) => {
    const [what, time] = [box(row.querySelector("span")), box(row.querySelector("b"))];
    const middle = (time.top + time.bottom) / 2;
    if (middle < what.top || middle > what.bottom) tell("the time is not beside its phase", row);
    if (what.right > time.left) tell("the phase runs into its time", row);
    if (i > 0 && box(rows[i - 1]).bottom > box(row).top + 0.5) tell("the phase runs into the one above", row);
  });
}

/** Each cell is under or beside its column's name, and none covers another. */
function cells(all, box, seen, tell, view) {
  const names = ["thinking change [95 %]", "accuracy change [95 %]", "accuracy [95 %]"];
  for (const name of names) {
    const some = all("td").filter(cell => cell.dataset.name === name && cell.textContent !== "");
    if (some.length === 0 || !some.every(seen)) tell("column not seen: " + name);
    for (const cell of some) {
      const shown = view.getComputedStyle(cell, "::before").content.includes(name);
      const heads = [...cell.closest("table").querySelectorAll("thead th")].filter(seen);
      const head = heads.find(th => th.textContent === name);
      if (!shown && !(head && Math.abs(box(head).left - box(cell).left) < 1)) tell("cell without its name", cell);
    }
  }
  for (const row of all("tr")) {
    const parts = [...row.children].filter(seen).map(box);
    for (let a = 0; a < parts.length; a++) {
      for (let b = a + 1; b < parts.length; b++) {
        const [p, q] = [parts[a], parts[b]];
        if (Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1
            && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1) tell("cells overlap", row);
      }
    }
  }
}

/** Contrast as WCAG 2.2 has it: 4.5 for text. */
function texts(all, seen, tell, view, scheme) {
  const parse = colour => {
    const n = colour.match(/[\d.]+/g).map(Number);
    return n.length > 3 ? n : [...n, 1];
  };
  const over = (top, ground) => top.slice(0, 3).map((c, i) => c * top[3] + ground[i] * (1 - top[3]));
  const ground = element => {
    const own = parse(view.getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    const below = element.parentElement ? ground(element.parentElement) : [255, 255, 255];
    return over(own, below);
  };
  const light = rgb => rgb.slice(0, 3)
      .map(c => c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = light(ground(all("body")[0]));
  if (scheme === "dark" ? paper > 0.1 : paper < 0.9) tell("the paper is not " + scheme);
  for (const element of all("body *")) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim() !== "");
    if (!own || !seen(element)) continue;
    const style = view.getComputedStyle(element);
    const below = ground(element);
    const ink = over(parse(element.namespaceURI.endsWith("svg") ? style.fill : style.color), below);
    const [a, b] = [light(ink), light(below)].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) tell("contrast " + contrast.toFixed(2), element);
    const scale = element.closest("svg") ? element.getScreenCTM().a : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < 9.5) tell("letters of " + size.toFixed(1) + " px", element);
  }
}

/** A step of nothing but marks has no shade; one of words and surprise has. */
function skips(all, tell, view) {
  const shade = step => Number(view.getComputedStyle(step).getPropertyValue("--shade"));
  const steps = all(".step");
  const bare = steps.filter(step => [...step.childNodes].every(n => n.nodeType !== 3 || n.data.trim() === ""));
  if (bare.length === 0 || bare.some(step => shade(step) !== 0)) tell("a step of only marks is shaded, or there is none");
  if (!steps.some(step => shade(step) > 0)) tell("no step is shaded");
}
