import { el, millis, number, percent, svg } from './dom.js';

export const COLOURS = 8;

/** The colour of an instance, by its place among those shown. */
export const tint = place => (place < 0 ? 'other' : `c${place % COLOURS}`);

const NANOS_PER_MILLI = 1e6;

const SIZE = 180;
const OUTER = 84;
const INNER = 56;

function point(radius, part) {
  const angle = part * 2 * Math.PI - Math.PI / 2;
  return `${(SIZE / 2 + radius * Math.cos(angle)).toFixed(2)} ${(SIZE / 2 + radius * Math.sin(angle)).toFixed(2)}`;
}

function arc(from, to, classes) {
  const large = to - from > 0.5 ? 1 : 0;
  if (to - from >= 1) {
    return svg('circle', { cx: SIZE / 2, cy: SIZE / 2, r: (OUTER + INNER) / 2, 'stroke-width': OUTER - INNER, class: `whole ${classes}` });
  }
  const path = `M${point(OUTER, from)} A${OUTER} ${OUTER} 0 ${large} 1 ${point(OUTER, to)} ` +
    `L${point(INNER, to)} A${INNER} ${INNER} 0 ${large} 0 ${point(INNER, from)} Z`;
  return svg('path', { d: path, class: classes });
}

/** Runs of the same owner, as [owner, first, end). */
function runs(owners) {
  const found = [];
  owners.forEach((owner, i) => {
    const last = found[found.length - 1];
    if (last && last[0] === owner) last[2] = i + 1;
    else found.push([owner, i, i + 1]);
  });
  return found;
}

/** The hash ring: whose arcs keys fall on. Arcs of instances that cannot be used are pale. */
function ring(upstream) {
  const { owners, instances } = upstream;
  const arcs = runs(owners).map(([owner, from, to]) => {
    const down = owner >= 0 && instances[owner].now.health !== 'up';
    return arc(from / owners.length, to / owners.length, `${tint(owner)}${down ? ' pale' : ''}`);
  });
  const told = instances
    .filter(one => one.ringShare !== null)
    .map(one => `${one.now.id} ${percent(one.ringShare)}`).join(', ');
  return el('figure.picture', {},
    svg('svg', { viewBox: `0 0 ${SIZE} ${SIZE}`, width: 150, height: 150, role: 'img', 'aria-label': `Hash ring: ${told}` }, ...arcs),
    el('figcaption', {}, 'who owns which arc of the ring'));
}

/** A bar per instance; the shortest is the one that the next request goes to. */
function bars(upstream, valueOf, format, caption) {
  const values = upstream.instances.map(one => (one.now.health === 'up' ? valueOf(one) : null));
  const known = values.filter(value => value !== null);
  const most = Math.max(...known, 0);
  const least = Math.min(...known);
  const rows = upstream.instances.map((one, i) => {
    const fill = el(`span.fill.${tint(i)}`);
    fill.style.width = `${most > 0 && values[i] !== null ? (values[i] / most) * 100 : 0}%`;
    const next = values[i] !== null && values[i] === least && known.length > 1;
    return el('li', {},
      el('span.track', {}, fill),
      el('span.value', {}, values[i] === null ? '–' : format(values[i]), next ? el('span.next', {}, ' next') : ''));
  });
  return el('figure.picture', {}, el('ul.bars', {}, ...rows), el('figcaption', {}, caption));
}

function strip(name, parts, instances) {
  const pieces = parts.map((part, i) => {
    const piece = el(`span.piece.${tint(i)}`);
    piece.style.flexGrow = part ?? 0;
    piece.hidden = !part;
    return piece;
  });
  const told = instances.map((one, i) => `${one.now.id} ${percent(parts[i])}`).join(', ');
  return el('div', {}, el('span.strip-name', {}, name),
    el('div.strip', { role: 'img', 'aria-label': `${name}: ${told}` }, ...pieces));
}

/** What the weights say beside what the picks were. */
function strips(upstream, caption) {
  const { instances } = upstream;
  return el('figure.picture', {},
    strip('by weight', instances.map(one => one.idealShare), instances),
    strip('picked', instances.map(one => one.share), instances),
    el('figcaption', {}, caption));
}

const inFlightByWeight = one => (one.now.effectiveWeight > 0 ? one.now.inFlight / one.now.effectiveWeight : null);

/** What the algorithm looks at, as a picture. */
export function picture(upstream) {
  switch (upstream.algorithm) {
    case 'consistent-hashing':
    case 'ip-hash':
      return upstream.owners ? ring(upstream) : strips(upstream, 'picks without a ring: no instance is usable');
    case 'least-connections':
      return bars(upstream, inFlightByWeight, number, 'in flight ÷ weight: the least is picked');
    case 'least-response-time':
      return bars(upstream, one => (one.now.score === null ? null : one.now.score / NANOS_PER_MILLI), millis, 'estimate × (in flight + 1) ÷ weight: the least is picked');
    case 'weighted-round-robin':
      return strips(upstream, 'turns go by weight');
    default:
      return strips(upstream, 'each in its turn');
  }
}

/**
 * Curves from the routes on the left to a point and on to the instances on the right, as wide as
 * what flows there.
 *
 * @param left and right [{at, part, tone}], at in pixels from the top
 */
export function flow(width, height, left, right) {
  const middle = { x: width / 2, y: height / 2 };
  const curve = (x1, y1, x2, y2) => {
    const bend = (x1 + x2) / 2;
    return `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
  };
  const stroke = part => (1.5 + (part ?? 0) * 9).toFixed(1);
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, 'aria-hidden': 'true' },
    ...left.map(one => svg('path', { d: curve(0, one.at, middle.x, middle.y), 'stroke-width': stroke(one.part), class: `link ${one.tone}` })),
    ...right.map(one => svg('path', { d: curve(middle.x, middle.y, width, one.at), 'stroke-width': stroke(one.part), class: `link ${one.tone}` })),
    svg('circle', { cx: middle.x, cy: middle.y, r: 5, class: 'node' }));
}
