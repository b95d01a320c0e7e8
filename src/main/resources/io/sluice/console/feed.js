// Server-sent events over fetch, as EventSource cannot send a token. While the page has been hidden
// for some time nothing is asked for.

const UNSEEN_MILLIS = 20000;
const STALLED_MILLIS = 6000;
const FIRST_PAUSE_MILLIS = 1000;
const LONGEST_PAUSE_MILLIS = 15000;

let token = null;

/** Headers with the token, once there is one. It never stands in an address. */
export function authorised() {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

/** Asks for the token; answers when it has been given. */
async function askForToken(wrong) {
  const dialog = document.getElementById('token');
  const input = document.getElementById('token-text');
  document.getElementById('token-wrong').hidden = !wrong;
  dialog.addEventListener('cancel', event => event.preventDefault());
  input.value = '';
  dialog.showModal();
  await new Promise(done => dialog.addEventListener('close', done, { once: true }));
  token = input.value.trim();
  input.value = '';
}

/** The events of a stream, one after the other. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += value;
    for (let end; (end = rest.indexOf('\n\n')) >= 0; rest = rest.slice(end + 2)) {
      const lines = rest.slice(0, end).split('\n');
      yield {
        name: lines.find(line => line.startsWith('event: '))?.slice(7) ?? 'message',
        data: lines.filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n'),
      };
    }
  }
}

class Stalled {
  constructor() {
    this.abort = new AbortController();
    this.heard();
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.abort.abort(), STALLED_MILLIS);
  }

  end() {
    clearTimeout(this.timer);
    this.abort.abort();
  }
}

const visible = () =>
  document.hidden
    ? new Promise(done => document.addEventListener('visibilitychange', done, { once: true })).then(visible)
    : Promise.resolve();

const guarded = () => document.querySelector('meta[name="sluice-access"]').content === 'token';

async function stream(handlers) {
  if (guarded() && token === null) {
    handlers.asking();
    await askForToken(false);
  }
  const stalled = new Stalled();
  let unseen;
  const hide = () => {
    clearTimeout(unseen);
    if (document.hidden) unseen = setTimeout(() => stalled.end(), UNSEEN_MILLIS);
  };
  document.addEventListener('visibilitychange', hide);
  try {
    const answer = await fetch('console/events', {
      headers: { Accept: 'text/event-stream', ...authorised() },
      cache: 'no-store',
      signal: stalled.abort.signal,
    });
    if (answer.status === 401) {
      stalled.end();
      handlers.asking();
      await askForToken(token !== null);
      return 'again';
    }
    if (answer.status === 503) return 'full';
    if (!answer.ok) return 'lost';
    for await (const event of events(answer.body)) {
      stalled.heard();
      if (event.name === 'message') handlers.message(JSON.parse(event.data));
      else handlers.trouble();
    }
    return 'lost';
  } catch (failure) {
    if (failure instanceof SyntaxError) throw failure;
    return document.hidden ? 'again' : 'lost';
  } finally {
    stalled.end();
    clearTimeout(unseen);
    document.removeEventListener('visibilitychange', hide);
  }
}

/**
 * Follows the gateway for as long as the page lives.
 *
 * @param handlers message(object), trouble(), asking(), lost(seconds, full)
 */
export async function follow(handlers) {
  let pause = FIRST_PAUSE_MILLIS;
  const heard = { ...handlers, message: told => { pause = FIRST_PAUSE_MILLIS; handlers.message(told); } };
  for (;;) {
    await visible();
    const outcome = await stream(heard);
    if (outcome !== 'again') {
      handlers.lost(Math.round(pause / 1000), outcome === 'full');
      await new Promise(done => setTimeout(done, pause));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
  }
}
