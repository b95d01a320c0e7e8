import { el, number, seconds, text } from './dom.js';

const DRAIN = {
  serving: ['up', 'serving', 'Requests are taken as usual.'],
  draining: ['warn', 'draining', 'Readiness is down; requests are still taken, connections are told to close.'],
  closing_streams: ['warn', 'closing streams', 'As draining; event streams and WebSockets are being ended.'],
  closed: ['down', 'closed', 'Nothing more is taken; what is in flight may finish.'],
};

function row(list, name) {
  const value = el('dd');
  const term = el('dt', {}, name);
  list.append(term, value);
  return {
    show(shown) {
      term.hidden = value.hidden = shown === null;
      text(value, shown ?? '');
    },
  };
}

const when = time => new Date(time).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const ago = (time, now) => `${when(time)}, ${seconds(Math.max(0, (now - new Date(time)) / 1000))} ago`;

/** The active configuration, what was refused, and the drain. */
export class Status {
  constructor() {
    const facts = el('dl.facts');
    this.version = row(facts, 'Version');
    this.hash = row(facts, 'Hash');
    this.since = row(facts, 'Active since');
    this.restart = row(facts, 'Needs a restart');
    this.lastGood = el('p.note.warn', { hidden: true },
      'The files were refused at start: this is the last configuration that worked.');
    this.fine = el('p.hint', {}, 'No changed configuration has been refused.');
    this.refusal = this.refused();
    this.configuration = el('article.card', {}, el('h3', {}, 'Configuration'),
      this.lastGood, facts, this.fine, this.refusal.node);
    this.unwatched = el('article.card', {}, el('h3', {}, 'Configuration'),
      el('p.hint', {}, 'Spring Cloud Gateway finds the routes here, so that nothing is reloaded.'));
    this.place = el('div.cell');
    const drain = this.drainCard();
    document.getElementById('status').append(this.place, drain);
  }

  refused() {
    const facts = el('dl.facts');
    const rows = {
      when: row(facts, 'When'), where: row(facts, 'File'), key: row(facts, 'Key'),
      value: row(facts, 'Value'), reason: row(facts, 'Reason'),
    };
    const node = el('div.note.bad', { hidden: true }, el('h4', {}, 'Last refusal'), facts);
    return {
      node,
      show(refusal, now) {
        node.hidden = !refusal;
        if (!refusal) return;
        rows.when.show(ago(refusal.time, now));
        rows.where.show(refusal.file && refusal.line ? `${refusal.file}:${refusal.line}` : refusal.file);
        rows.key.show(refusal.key);
        rows.value.show(refusal.value);
        rows.reason.show(refusal.reason);
      },
    };
  }

  drainCard() {
    this.drainBadge = el('span.badge');
    this.drainWords = el('p');
    const facts = el('dl.facts');
    this.requests = row(facts, 'Requests in flight');
    this.streams = row(facts, 'Streams among them');
    this.left = el('progress', { hidden: true, 'aria-label': 'Requests that have finished' });
    return el('article.card', {},
      el('div.head', {}, el('h3', {}, 'Drain'), this.drainBadge), this.drainWords, facts, this.left);
  }

  show(told) {
    this.showConfiguration(told.configuration, told.time);
    this.showDrain(told.drain);
  }

  showConfiguration(configuration, now) {
    const card = configuration ? this.configuration : this.unwatched;
    if (this.place.firstChild !== card) this.place.replaceChildren(card);
    if (!configuration) return;
    this.version.show(number(configuration.version));
    this.hash.show(configuration.hash);
    this.since.show(ago(configuration.since, now));
    this.restart.show(configuration.restartNeeded.length ? configuration.restartNeeded.join(', ') : null);
    this.lastGood.hidden = !configuration.lastGood;
    this.fine.hidden = Boolean(configuration.lastRefusal);
    this.refusal.show(configuration.lastRefusal, now);
  }

  showDrain(drain) {
    const [tone, words, told] = DRAIN[drain.state] ?? ['down', drain.state, ''];
    this.drainBadge.className = `badge ${tone}`;
    text(this.drainBadge, words);
    text(this.drainWords, drain.ending ? `The process is ending. ${told}` : told);
    this.requests.show(number(drain.requestsInFlight));
    this.streams.show(number(drain.streams));
    const draining = drain.state !== 'serving';
    this.most = draining ? Math.max(this.most ?? 0, drain.requestsInFlight) : 0;
    this.left.hidden = !draining || this.most === 0;
    this.left.max = Math.max(1, this.most);
    this.left.value = this.most - drain.requestsInFlight;
  }
}

/** What the title and the head of the page say. */
export function headline(told) {
  const [, words] = DRAIN[told.drain.state] ?? [null, told.drain.state];
  const version = told.configuration ? `, configuration ${told.configuration.version}` : '';
  const refused = told.configuration?.lastRefusal ? ', last change refused' : '';
  return `${words}${version}${refused}`.replace(/^./, first => first.toUpperCase());
}
