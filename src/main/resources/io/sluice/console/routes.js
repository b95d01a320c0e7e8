import { Chart } from './charts.js';
import { Keyed, attribute, el, millis, number, plural, text } from './dom.js';

const UNROUTED = 'none';

const rate = value => (value >= 1000 ? `${(value / 1000).toFixed(1)}k` : number(value));
/** A route's tests without what goes without saying. */
const tests = words => words.replaceAll(/, match trailing slash: (true|false)/g, '').replaceAll('Paths: [', 'Path [');
const errors = traffic => traffic.serverErrorsPerSecond;

/** A number with its name below. */
function figure(name, tone) {
  const value = el('dd', {}, '–');
  const node = el(tone ? `div.${tone}` : 'div', {}, el('dt', {}, name), value);
  return { node, show: shown => text(value, shown) };
}

function figures() {
  const all = {
    requests: figure('requests/s'),
    errors: figure('errors/s', 'errors'),
    p50: figure('p50'),
    p99: figure('p99'),
  };
  const node = el('dl.figures', {}, ...Object.values(all).map(one => one.node));
  return {
    node,
    show(traffic) {
      if (!traffic) return; // the first look: what was shown before stays
      all.requests.show(number(traffic.perSecond));
      all.errors.show(number(errors(traffic)));
      all.p50.show(millis(traffic.p50Millis));
      all.p99.show(millis(traffic.p99Millis));
      all.errors.node.classList.toggle('some', errors(traffic) > 0);
    },
  };
}

/** Requests with their errors, and below them the percentiles. */
function charts(name) {
  const requests = new Chart(
    [{ colour: '--accent', fill: true }, { colour: '--bad', fill: true, rare: true }], rate);
  const times = new Chart([{ colour: '--accent' }, { colour: '--second' }], millis);
  const node = el('div.pair', {},
    el('figure', {}, requests.node, el('figcaption', {},
      el('span.key.accent', {}, 'requests/s'), el('span.key.bad', {}, 'errors/s'))),
    el('figure', {}, times.node, el('figcaption', {},
      el('span.key.accent', {}, 'p50'), el('span.key.second', {}, 'p99'))));
  return {
    node,
    add(second, traffic) {
      if (!traffic) return;
      requests.add(second, [traffic.perSecond, errors(traffic)],
        `${name}: ${number(traffic.perSecond)} requests and ${number(errors(traffic))} errors per second`);
      times.add(second, [traffic.p50Millis, traffic.p99Millis],
        `${name}: half of the requests take up to ${millis(traffic.p50Millis)}, 99 of 100 up to ${millis(traffic.p99Millis)}`);
    },
    end() {
      requests.end();
      times.end();
    },
  };
}

function routeCard(route) {
  const unrouted = route.id === UNROUTED && route.uri === null;
  const title = unrouted ? 'No route' : route.id;
  const drawn = charts(title);
  const told = figures();
  const where = el('p.where');
  const idle = el('p.hint', { hidden: true }, 'No request in the last ten seconds.');
  const node = el('article.card.route', {}, el('h3', {}, title), where, told.node, drawn.node, idle);
  return {
    node,
    update(now) {
      text(where, unrouted ? 'requests that no route takes, and probes' : `${tests(now.predicates)} → ${now.uri}`);
      attribute(where, 'title', where.textContent);
      told.show(now.traffic);
      drawn.add(now.second, now.traffic);
      idle.hidden = !now.traffic || now.traffic.p50Millis !== null;
    },
    end: drawn.end,
  };
}

function quietRow(route) {
  const where = el('span.where');
  const node = el('li', {}, el('b', {}, route.id), where);
  return { node, update: now => text(where, `${tests(now.predicates)} → ${now.uri}`) };
}

/** The charts of routes that have had requests since the page was opened, and a list of the others. */
export class Routes {
  constructor() {
    this.busy = new Set();
    this.cards = new Keyed(document.getElementById('routes'), routeCard);
    this.quiet = document.getElementById('quiet');
    this.rows = new Keyed(this.quiet.querySelector('ul'), quietRow);
    this.none = el('p.card.empty', {}, 'No route has had a request yet. Charts appear with the first one.');
  }

  show(picture, second) {
    for (const route of picture.routes) {
      if (route.traffic && (route.traffic.perSecond > 0 || route.traffic.p50Millis !== null)) this.busy.add(route.id);
    }
    const [busy, quiet] = [[], []];
    for (const route of picture.routes) (this.busy.has(route.id) ? busy : quiet).push({ ...route, second });
    const listed = quiet.filter(route => route.uri !== null);
    this.cards.show(busy, route => route.id);
    this.rows.show(listed, route => route.id);
    this.quiet.hidden = listed.length === 0;
    const more = picture.routesNotShown;
    text(this.quiet.querySelector('summary'),
      `${plural(listed.length + more, 'route')} without requests since this page was opened` +
      (more ? `, ${number(listed.length)} of them listed` : ''));
    if (busy.length === 0) document.getElementById('routes').after(this.none);
    else this.none.remove();
  }
}

/** All requests together. */
export class Summary {
  constructor() {
    this.tiles = figures();
    this.tiles.node.className = 'figures total';
    this.drawn = charts('All requests');
    document.getElementById('summary').append(el('div.card.sum', {}, this.tiles.node, this.drawn.node));
  }

  show(picture, second) {
    this.tiles.show(picture.total);
    this.drawn.add(second, picture.total);
  }
}
