// Elements are made of names, properties and text; nothing is ever parsed from a string.

/** An element: el('p.hint', {id: 'a'}, 'text', child). */
export function el(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split('.');
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** An element of a drawing. */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Sets a text only where it is another one, so that a selection stays. */
export function text(element, value) {
  const now = String(value);
  if (element.textContent !== now) element.textContent = now;
}

export function attribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/**
 * Keeps one child per item, by key and in the items' order. What is there stays, so that focus and
 * selection do.
 *
 * @param make gives {node, update}; update gets the item
 */
export class Keyed {
  constructor(container, make) {
    this.container = container;
    this.make = make;
    this.parts = new Map();
  }

  show(items, keyOf) {
    const wanted = new Set(items.map(keyOf));
    for (const [key, part] of this.parts) {
      if (!wanted.has(key)) {
        part.node.remove();
        part.end?.();
        this.parts.delete(key);
      }
    }
    let before = null;
    for (const item of items) {
      const key = keyOf(item);
      let part = this.parts.get(key);
      if (!part) {
        part = this.make(item);
        this.parts.set(key, part);
      }
      const place = before ? before.nextSibling : this.container.firstChild;
      if (part.node !== place) this.container.insertBefore(part.node, place);
      before = part.node;
      part.update(item);
    }
  }
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** A rate or count: 0, 3.2, 28, 12,400. */
export function number(value) {
  if (value === null || value === undefined) return '–';
  return value >= 9.95 || Number.isInteger(value) ? whole.format(value) : tenths.format(value);
}

/** Milliseconds as people say them: 0.4 ms, 12 ms, 1.3 s. */
export function millis(value) {
  if (value === null || value === undefined) return '–';
  if (value >= 1000) return `${tenths.format(value / 1000)} s`;
  return `${value > 0 && value < 9.95 ? tenths.format(value) : whole.format(value)} ms`;
}

export function percent(part) {
  return part === null || part === undefined ? '–' : `${whole.format(part * 100)} %`;
}

export function seconds(value) {
  if (value < 90) return `${whole.format(Math.ceil(value))} s`;
  if (value < 5400) return `${whole.format(value / 60)} min`;
  return value < 172800 ? `${whole.format(value / 3600)} h` : `${whole.format(value / 86400)} days`;
}

export function plural(count, one, many = `${one}s`) {
  return `${whole.format(count)} ${count === 1 ? one : many}`;
}
