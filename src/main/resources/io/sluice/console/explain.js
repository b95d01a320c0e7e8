import { el, millis, number, percent, plural } from './dom.js';
import { authorised } from './feed.js';

const field = (form, name) => form.elements[name].value.trim();

const HEADER = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/;

/** Why this is no question, or null. The gateway says the same of a 400, but not why. */
function mistake(form) {
  const wrong = field(form, 'headers').split('\n').find(line => line.trim() && !HEADER.test(line.trim()));
  return wrong ? `Header “${wrong.trim()}” is not of the form Name: value.` : null;
}

function address(form, base) {
  const query = new URLSearchParams({ method: field(form, 'method'), path: field(form, 'path') });
  for (const name of ['host', 'client']) {
    if (field(form, name)) query.set(name, field(form, name));
  }
  for (const line of field(form, 'headers').split('\n')) {
    if (line.trim()) query.append('header', line.trim());
  }
  return `${base.replace(/^\//, '')}/explain?${query}`;
}

function part(title, ...children) {
  return el('section.part', {}, el('h4', {}, title), ...children);
}

function outcome(told) {
  if (told.answer) {
    return el('p.verdict.bad', {}, el('b', {}, `${told.answer.status} `), `${told.answer.why} `, el('code', {}, told.answer.error));
  }
  const share = told.share < 1 ? ` for ${percent(told.share)} of such requests` : '';
  return el('p.verdict.good', {}, 'Route ', el('b', {}, told.route), ` takes it${share}; the upstream answers.`);
}

function nearer(told) {
  if (told.nearer.length === 0) return [];
  const more = told.nearerNotShown ? [el('li.hint', {}, `${plural(told.nearerNotShown, 'further route')} not shown`)] : [];
  return [part('Nearer routes that do not take it', el('ul.plain.rows', {}, ...told.nearer.map(one =>
    el('li', {}, el('b', {}, one.route), ' ', el('code', {}, one.predicate),
      one.failed ? ' does not hold' : ' threw an error', one.why ? ` (${one.why})` : '')), ...more))];
}

function alternatives(told) {
  if (told.alternatives.length === 0) return [];
  return [part('Also possible, by weight', el('ul.plain.rows', {}, ...told.alternatives.map(one =>
    el('li', {}, el('b', {}, one.route), ` ${percent(one.share)}`))))];
}

function authentication(told) {
  if (told.authentication.length === 0) return [];
  return [part('Authentication', el('ul.plain.rows', {}, ...told.authentication.map(one =>
    el('li', {}, el('b', {}, one.filter), one.optional ? ' (optional): ' : ': ', one.finding))))];
}

function limits(told) {
  if (!told.limits) return [];
  return [part('Rate limits', el('ul.plain.rows', {}, ...told.limits.policies.map(one => {
    const left = one.tokens === null ? 'not looked at' : `${number(one.tokens)} of ${number(one.capacity)} tokens left`;
    const rest = one.exempt ? 'on the allow-list' : `${left}, costs ${number(one.cost)}`;
    return el('li', {}, el('b', {}, one.policy), ` ${rest}${one.shadow ? ', shadow' : ''}`);
  })))];
}

function instances(upstream) {
  if (upstream.instances.length === 0) return [];
  const head = ['Instance', 'State', 'In flight', 'Response', 'Score'];
  const numeric = i => i >= 2;
  return [el('table.slim', {},
    el('thead', {}, el('tr', {}, ...head.map((name, i) => el(numeric(i) ? 'th.num' : 'th', { scope: 'col' }, name)))),
    el('tbody', {}, ...upstream.instances.map(one => el('tr', {},
      el('th', { scope: 'row' }, one.id, one.id === upstream.chosen ? el('span.badge.up', {}, 'chosen') : ''),
      el('td', {}, one.health), el('td.num', {}, number(one.inFlight)),
      el('td.num', {}, millis(one.responseTimeMillis)), el('td.num', {}, one.score === null ? '–' : number(one.score))))))];
}

function upstream(told) {
  if (!told.upstream) return [];
  const one = told.upstream;
  const where = one.upstream
    ? `${one.upstream}, ${one.algorithm.replaceAll('-', ' ')}${one.keyed ? ', by the request’s key' : ''}`
    : one.target;
  const note = one.note ? [el('p.hint', {}, one.note)] : [];
  return [part('Upstream', el('p', {}, where), ...note, ...instances(one))];
}

function filters(told) {
  if (told.filters.length === 0) return [];
  const list = el('ol.filters', {}, ...told.filters.map(one =>
    el('li', {}, el('code', {}, one.filter), one.global ? el('span.hint', {}, ' on every route') : '')));
  return [el('details.part', {}, el('summary', {}, `${plural(told.filters.length, 'filter')} in order`), list)];
}

function shown(told) {
  const asked = `${told.request.method} ${told.request.path}` + (told.request.host ? ` for ${told.request.host}` : '');
  return [el('h3', { tabIndex: -1 }, asked), outcome(told), ...alternatives(told), ...nearer(told),
    ...authentication(told), ...limits(told), ...upstream(told), ...filters(told)];
}

async function failure(answer) {
  if (answer.status === 404) return 'The explain endpoint is not exposed here: management.endpoints.web.exposure.include names what is.';
  if (answer.status === 401) return 'The management token is asked for: load this page again.';
  const told = await answer.json().catch(() => ({}));
  return told.reason ?? told.message ?? told.detail ?? `The gateway answered ${answer.status}.`;
}

/**
 * The form that asks what would become of a request.
 *
 * @param base gives the path below which the endpoints stand
 */
export function explainForm(base) {
  const form = document.getElementById('question');
  const answer = document.getElementById('answer');
  const asking = document.getElementById('asking');
  const button = form.querySelector('button');
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const wrong = mistake(form);
    if (wrong) return answer.replaceChildren(el('p.verdict.bad', {}, wrong));
    button.disabled = true;
    asking.hidden = false;
    try {
      const got = await fetch(address(form, base()), { headers: { Accept: 'application/json', ...authorised() } });
      answer.replaceChildren(...(got.ok ? shown(await got.json()) : [el('p.verdict.bad', {}, await failure(got))]));
    } catch {
      answer.replaceChildren(el('p.verdict.bad', {}, 'The gateway does not answer.'));
    } finally {
      button.disabled = false;
      asking.hidden = true;
    }
    answer.querySelector('h3')?.focus({ preventScroll: true });
  });
}
