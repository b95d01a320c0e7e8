import { redraw } from './charts.js';
import { text } from './dom.js';
import { explainForm } from './explain.js';
import { follow } from './feed.js';
import { Limits } from './limits.js';
import { Routes, Summary } from './routes.js';
import { Status, headline } from './status.js';
import { themes } from './theme.js';
import { Topology } from './topology.js';

const by = id => document.getElementById(id);

let actuator = '/actuator';
let parts = null;
let last = null;

function build() {
  by('waiting').hidden = true;
  by('content').hidden = false;
  return { summary: new Summary(), routes: new Routes(), topology: new Topology(), limits: new Limits(), status: new Status() };
}

function show(told) {
  parts ??= build();
  last = told;
  actuator = told.actuator;
  const second = Math.round(told.time / 1000);
  parts.summary.show(told.picture, second);
  parts.routes.show(told.picture, second);
  parts.topology.show(told.picture);
  parts.limits.show(told.picture, told.store);
  parts.status.show(told);
  live('live', headline(told));
  banner(null);
}

function live(tone, words) {
  by('live-dot').className = tone === 'live' ? 'dot heard' : 'dot lost';
  text(by('live'), words);
  document.body.classList.toggle('stale', tone !== 'live');
}

function banner(words) {
  by('banner').hidden = words === null;
  text(by('banner'), words ?? '');
}

function lost(seconds, full) {
  live('lost', 'Not connected');
  banner(full
    ? `As many people as may look at once do so already. Trying again in ${seconds} s.`
    : `The gateway does not answer${last ? '; what is shown is from before' : ''}. Trying again in ${seconds} s.`);
}

themes(by('theme'), redraw);
text(by('host'), location.host);
explainForm(() => actuator);
addEventListener('resize', () => last && parts.topology.show(last.picture));
follow({
  message: show,
  trouble: () => banner('The gateway could not look at itself this second; its log says why.'),
  asking: () => live('lost', 'Waiting for the token'),
  lost,
});
