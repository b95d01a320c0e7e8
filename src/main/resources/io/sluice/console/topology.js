import { Keyed, attribute, el, millis, number, percent, plural, seconds, text } from './dom.js';
import { flow, picture, tint } from './pictures.js';

const HEALTH = { up: 'up', down: 'down', draining: 'draining' };
const FLOW_WIDTH = 110;

function health(now) {
  if (now.ejectedSeconds !== null) return ['down', `ejected, ${seconds(now.ejectedSeconds)} left`];
  return [HEALTH[now.health] ?? 'down', now.health];
}

function cell(name, classes = '') {
  const node = el('td', { 'data-label': name });
  if (classes) node.className = classes;
  return node;
}

/** What it got, with a mark at what it should have got. */
function share() {
  const fill = el('span.fill');
  const mark = el('span.mark');
  const value = el('span.value');
  return {
    node: el('span.share', {}, el('span.track', { 'aria-hidden': 'true' }, fill, mark), value),
    show(instance, place) {
      fill.className = `fill ${tint(place)}`;
      fill.style.width = `${(instance.share ?? 0) * 100}%`;
      mark.style.left = `${(instance.idealShare ?? 0) * 100}%`;
      mark.hidden = instance.idealShare === null;
      text(value, instance.idealShare === null
        ? percent(instance.share)
        : `${percent(instance.share)} of ${percent(instance.idealShare)}`);
    },
  };
}

function instanceRow(first) {
  const dot = el('span.swatch');
  const [state, badge] = [cell('state'), el('span.badge')];
  state.append(badge);
  const [inFlight, time, weight, failures, shareCell] =
    [cell('in flight', 'num'), cell('response', 'num'), cell('weight', 'num'), cell('failures', 'num'), cell('share')];
  const bar = share();
  shareCell.append(bar.node);
  const node = el('tr', {},
    el('th', { scope: 'row' }, dot, el('span.id', {}, first.now.id)),
    state, inFlight, time, weight, failures, shareCell);
  return {
    node,
    update(instance) {
      const { now, place } = instance;
      const [tone, words] = health(now);
      dot.className = `swatch ${tint(place)}`;
      badge.className = `badge ${tone}`;
      text(badge, words);
      attribute(badge, 'title', now.reason);
      text(inFlight, number(now.inFlight));
      text(time, millis(now.responseTimeMillis));
      text(weight, now.effectiveWeight === now.weight ? now.weight : `${number(now.effectiveWeight)} → ${now.weight}`);
      text(failures, number(now.failures));
      bar.show(instance, place);
      node.classList.toggle('off', now.health !== 'up');
    },
  };
}

function notes(upstream) {
  const found = [];
  if (upstream.panicking) found.push('Too few instances are usable: all are used.');
  if (upstream.zoneLocal) found.push('Traffic is kept to this gateway’s own zone.');
  if (upstream.trouble) found.push(`The ${upstream.source} source does not answer: ${upstream.trouble}. The last instances stay in use.`);
  if (upstream.instancesNotShown) found.push(`${plural(upstream.instancesNotShown, 'further instance')} not shown.`);
  return found;
}

const COLUMNS = ['Instance', 'State', 'In flight', 'Response', 'Weight', 'Failures', 'Share, of ideal'];

function routeChip(first) {
  const rate = el('span.num');
  const node = el('li', {}, el('span.id', {}, first.id), rate);
  return {
    node,
    update: route => text(rate, route.traffic ? `${number(route.traffic.perSecond)}/s` : '–'),
  };
}

function upstreamCard({ upstream: first }) {
  const from = el('ul.plain.from', { 'aria-label': 'routes' });
  const none = el('li.hint', {}, 'no route leads here');
  const rows = el('tbody');
  const drawing = el('div.flow');
  const pictured = el('div.pictured');
  const said = el('ul.plain.notes');
  const empty = el('p.empty', {}, 'No instance is known.');
  const table = el('table', {},
    el('caption.unseen', {}, `Instances of ${first.id}`),
    el('thead', {}, el('tr', {}, ...COLUMNS.map((name, i) =>
      el(i >= 2 && i <= 5 ? 'th.num' : 'th', { scope: 'col' }, name)))),
    rows);
  const lane = el('div.lane', {}, from, drawing, el('div.to', {}, table, empty), pictured);
  const algorithm = el('span.badge.plainly');
  const node = el('article.card.upstream', {},
    el('div.head', {}, el('h3', {}, first.id), algorithm), said, lane);
  const chips = new Keyed(from, routeChip);
  const lines = new Keyed(rows, instanceRow);
  const messages = new Keyed(said, told => ({ node: el('li', {}, told), update() {} }));

  function draw(routes, instances) {
    if (drawing.offsetParent === null || instances.length === 0) return drawing.replaceChildren();
    const top = drawing.getBoundingClientRect().top;
    const centre = row => {
      const box = row.getBoundingClientRect();
      return Math.round(box.top - top + box.height / 2);
    };
    const sum = routes.reduce((all, route) => all + (route.traffic?.perSecond ?? 0), 0);
    const left = routes.map((route, i) => ({
      at: centre(from.children[i]), part: sum > 0 ? route.traffic.perSecond / sum : 0, tone: 'calm',
    }));
    const right = instances.map((one, i) => ({
      at: centre(rows.children[i]), part: one.share, tone: one.now.health === 'up' ? tint(one.place) : 'off',
    }));
    drawing.replaceChildren(flow(FLOW_WIDTH, Math.max(drawing.clientHeight, 40), left, right));
  }

  return {
    node,
    update({ upstream, routes }) {
      text(algorithm, upstream.algorithm.replaceAll('-', ' '));
      messages.show(notes(upstream), told => told);
      chips.show(routes, route => route.id);
      if (routes.length === 0) from.append(none);
      else none.remove();
      const instances = upstream.instances.map((one, place) => ({ ...one, place }));
      lines.show(instances, one => one.now.id);
      table.hidden = instances.length === 0;
      empty.hidden = instances.length > 0;
      pictured.replaceChildren(...(instances.length ? [picture(upstream)] : []));
      draw(routes, instances);
    },
  };
}

/** One card per upstream: which routes lead there, who its instances are, how it chooses. */
export class Topology {
  constructor() {
    this.container = document.getElementById('upstreams');
    this.cards = new Keyed(this.container, upstreamCard);
    this.end = el('p.hint');
  }

  show(shown) {
    const items = shown.upstreams.map(upstream => ({
      upstream,
      routes: shown.routes.filter(route => route.upstream === upstream.id),
    }));
    this.cards.show(items, item => item.upstream.id);
    const plain = shown.routes.filter(route => route.uri !== null && route.upstream === null).length;
    const told = [];
    if (items.length === 0) told.push('No upstream is balanced here.');
    if (plain) told.push(`${plural(plain, 'route')} to a plain address ${plain === 1 ? 'is' : 'are'} not balanced and not drawn.`);
    if (shown.upstreamsNotShown) told.push(`${plural(shown.upstreamsNotShown, 'further upstream')} not shown.`);
    text(this.end, told.join(' '));
    this.container.after(this.end);
  }
}
