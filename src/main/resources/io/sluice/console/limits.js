import { Keyed, el, number, plural, seconds, text } from './dom.js';

const SOURCES = {
  redis: 'Redis',
  coalesced: 'Redis, shared call',
  deny_cache: 'remembered denial',
  local: 'this process',
};
const STORES = { redis: 'decided by Redis', local: 'decided in this process' };

function sourceRow([source]) {
  const [allowed, denied, shadow] = [el('td.num'), el('td.num'), el('td.num')];
  const node = el('tr', {}, el('th', { scope: 'row' }, SOURCES[source] ?? source), allowed, denied, shadow);
  return {
    node,
    update([, now, total]) {
      text(allowed, now ? number(now.allowed) : '–');
      text(denied, now ? number(now.denied) : '–');
      denied.classList.toggle('some', Boolean(now) && now.denied > 0);
      text(shadow, now ? number(now.shadowDenied) : '–');
      node.title = `${number(total.allowed)} allowed, ${number(total.denied)} denied, ${number(total.shadowDenied)} denied in shadow since the start`;
    },
  };
}

function bucketRow(first) {
  const fill = el('span.fill');
  const left = el('span.value');
  const node = el('li', {}, el('code', {}, first.key),
    el('span.track', { 'aria-hidden': 'true' }, fill), left);
  return {
    node,
    update(bucket) {
      const part = bucket.capacity > 0 ? bucket.remaining / bucket.capacity : 0;
      fill.className = `fill ${part < 0.1 ? 'bad' : part < 0.3 ? 'warn' : 'good'}`;
      fill.style.width = `${part * 100}%`;
      const full = bucket.resetSeconds < 0 ? 'never refills' : `full in ${seconds(bucket.resetSeconds)}`;
      text(left, `${number(bucket.remaining)} of ${number(bucket.capacity)}, ${full}`);
    },
  };
}

function policyCard(first) {
  const size = el('p.hint');
  const shadow = el('span.badge.plainly', {}, 'shadow');
  const rows = el('tbody');
  const table = el('table.slim', {},
    el('caption.unseen', {}, `Decisions of ${first.name} per second`),
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Decided by'),
      ...['allowed/s', 'denied/s', 'shadow/s'].map(name => el('th.num', { scope: 'col' }, name)))),
    rows);
  const none = el('p.empty', {}, 'No decision yet.');
  const list = el('ul.plain.buckets');
  const calm = el('p.hint', {}, 'No key has used anything of its limit since this page was opened, or all are full again.');
  const node = el('article.card', {},
    el('div.head', {}, el('h3', {}, first.name), shadow), size, table, none,
    el('h4', {}, 'Nearest to the limit'), list, calm);
  const sources = new Keyed(rows, sourceRow);
  const buckets = new Keyed(list, bucketRow);
  return {
    node,
    update(policy) {
      shadow.hidden = !policy.shadow;
      text(size, `${plural(policy.capacity, 'token')}; from empty to full in ${seconds(policy.fillSeconds)}`);
      const decided = Object.entries(policy.decisions).map(([source, total]) => [source, policy.perSecond[source], total]);
      sources.show(decided, ([source]) => source);
      table.hidden = decided.length === 0;
      none.hidden = decided.length > 0;
      buckets.show(policy.nearest, bucket => bucket.key);
      calm.hidden = policy.nearest.length > 0;
    },
  };
}

/** What each policy decides, and whom it will stop next. */
export class Limits {
  constructor() {
    this.container = document.getElementById('policies');
    this.cards = new Keyed(this.container, policyCard);
    this.none = el('p.card.empty', {}, 'No rate limit is configured.');
  }

  show(picture, store) {
    this.cards.show(picture.policies, policy => policy.name);
    if (picture.policies.length === 0) this.container.append(this.none);
    else this.none.remove();
    const more = picture.policiesNotShown ? `; ${plural(picture.policiesNotShown, 'further policy', 'further policies')} not shown` : '';
    text(document.getElementById('store'), picture.policies.length ? (STORES[store] ?? store) + more : '');
  }
}
