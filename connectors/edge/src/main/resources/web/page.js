import { byId, link, put, say } from './dom.js';
import { ask, Refused, useToken } from './edge.js';
import { clock, isPaid, streamName } from './format.js';
import { History } from './history.js';
import { Player } from './player.js';
import * as tables from './tables.js';
import { tickets } from './tickets.js';

const PERIOD_MS = 1000;
const PARTS = {
  overview: ['stage', 'streams-part', 'job-part', 'sessions-part', 'tickets-part', 'workers-part'],
  stream: ['stage', 'streams-part', 'sessions-part', 'history-part'],
  account: ['account-part', 'sessions-part', 'history-part'],
};

const player = new Player(document);
const past = new History();
let view;
let skewMs = 0;
let heardAtMs = 0;
let wake = () => {};

const now = () => Date.now() + skewMs;

/** #/, #/stream/ID and #/account/ID, the last two with ?before=MS. */
function route() {
  const [path, query] = location.hash.slice(1).split('?');
  const [, kind, id] = /^\/(stream|account)\/(.+)$/.exec(path) || [];
  if (!kind) {
    return { kind: 'overview' };
  }
  const before = new URLSearchParams(query).get('before');
  return { kind, id: decoded(id), before: /^\d{1,15}$/.test(before || '') ? Number(before) : null };
}

function decoded(id) {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function go(first) {
  view = route();
  const shown = PARTS[view.kind];
  for (const part of new Set(Object.values(PARTS).flat())) {
    byId(part).hidden = !shown.includes(part) || part === 'tickets-part';
  }
  byId('token-part').hidden = true;
  document.body.dataset.view = view.kind;
  const title = view.kind === 'overview' ? 'Overview' : streamName(view.id);
  byId('title').textContent = title;
  document.title = view.kind === 'overview' ? 'livepeer-flink' : title + ' – livepeer-flink';
  put(byId('lead'), lead(view));
  if (view.kind === 'account') {
    player.leave();
    put(byId('account-sums'), []);
    put(byId('account-facts'), []);
    say(byId('account-state'), 'Loading');
  } else if (view.kind === 'stream' && player.manifest !== view.id) {
    player.leave('Waiting for ' + streamName(view.id));
  }
  if (view.kind === 'overview') {
    past.leave();
  } else {
    past.show(view.kind, view.id, view.before);
  }
  if (!first) {
    window.scrollTo(0, 0);
    byId('main').focus({ preventScroll: true });
  }
  wake();
}

function lead({ kind, id }) {
  if (kind === 'stream') {
    return isPaid(id) ? ['Stream, paid with tickets'] : ['Stream, paid by ', link('account', 'manifest:' + id)];
  }
  if (kind === 'account') {
    return id.startsWith('manifest:') ? ['Account of the stream ', link('stream', id.slice(9))] : ['Account'];
  }
  return [];
}

function showStreams(rows) {
  const newestFirst = [...rows].sort((a, b) => b.lastAnswerAtMs - a.lastAnswerAtMs);
  const wanted = view.kind === 'stream' ? view.id : player.manifest;
  let current = rows.find((row) => row.manifest === wanted);
  if (!current && view.kind === 'overview') {
    current = newestFirst.find((row) => row.playable);
  }
  if (current && current.playable && player.manifest !== current.manifest) {
    player.play(current);
  } else if (!current) {
    player.leave(view.kind === 'stream'
      ? 'This edge has no segments of ' + view.id + '. It plays as soon as a rendition is done.'
      : 'Nothing is playing yet');
  }
  if (current) {
    player.describe(current);
  }
  tables.streams(rows, current ? current.manifest : null, now());
  return current;
}

async function part(state, path, show) {
  const asked = view;
  try {
    const answer = await ask(path);
    if (asked === view) {
      show(answer);
    }
    return answer;
  } catch (failure) {
    if (!(failure instanceof Refused)) {
      throw failure;
    }
    if (asked === view) {
      say(byId(state), failure.sentence);
      byId('token-part').hidden = byId('token-part').hidden && !failure.needsToken;
    }
    return null;
  }
}

function ofView(session) {
  return view.kind === 'overview'
    || (view.kind === 'stream' ? session.manifest === view.id : session.account === view.id);
}

async function refresh() {
  const told = await ask('/api/job');
  heardAtMs = Date.now();
  skewMs = told.nowMs - heardAtMs;
  health(told);
  const asked = view;
  const needs = PARTS[view.kind].filter((name) => told.chain || name !== 'tickets-part');
  byId('tickets-part').hidden = !needs.includes('tickets-part');
  const has = (name) => needs.includes(name);
  const [streams, sessions, , , account] = await Promise.all([
    has('streams-part') && part('streams-state', '/api/streams', showStreams),
    part('sessions-state', '/api/sessions', (rows) => tables.sessions(rows.filter(ofView), now(), rows.some((s) => 'balance' in s))),
    has('workers-part') && part('workers-state', '/api/workers', tables.workers),
    has('tickets-part') && part('tickets-state', '/api/tickets', (rows) => tickets(rows, told.chain, now())),
    has('account-part') && part('account-state', '/api/ledger/' + encodeURIComponent(view.id), (row) => {
      say(byId('account-state'), '');
      tables.account(row);
    }),
  ]);
  if (asked !== view || view.kind === 'overview') {
    return;
  }
  const row = streams && streams.find((s) => s.manifest === view.id);
  const own = (sessions || []).filter(ofView);
  if (view.kind === 'stream' && own.length > 0) {
    put(byId('lead'), ['Stream, paid by ', link('account', own[0].account)]);
  }
  const version = JSON.stringify([account && account.events, row && row.lastSeq, row && row.lastStatus, own.map((s) => s.updatedAtMs)]);
  await past.follow(version, past.failed);
  if (asked === view && past.failed && past.failed.needsToken) {
    byId('token-part').hidden = false;
  }
}

function health(told) {
  tables.job(told);
  const waits = told.edgeWaitsFor;
  const chip = byId('health');
  const banner = byId('banner');
  if (waits === '') {
    say(chip, 'ready', 'ok');
    say(banner, '');
  } else if (!waits.startsWith('the orchestrator job')) {
    say(chip, 'waiting', 'wait');
    say(banner, 'The edge waits for ' + waits + '.', 'wait');
  } else if (told.lastHeardAtMs === 0) {
    say(chip, 'no job', 'wait');
    say(banner, 'The edge has not heard of the orchestrator job. Start one with bin/livepeer -orchestrator.', 'wait');
  } else {
    say(chip, 'job silent', 'bad');
    say(banner, 'The orchestrator job has been silent since ' + clock(told.lastHeardAtMs)
      + ': nothing is worked on or paid until it is back. Flink’s web UI says why; a job that was stopped is started with bin/livepeer -orchestrator.', 'bad');
  }
}

async function poll(first) {
  go(first);
  for (;;) {
    try {
      await refresh();
    } catch (failure) {
      const shown = heardAtMs > 0 ? ' What is shown is from ' + clock(heardAtMs) + '.' : '';
      say(byId('health'), 'no connection', 'bad');
      say(byId('banner'), 'The edge at ' + location.host + ' does not answer. Check that it runs; this page goes on by itself.' + shown, 'bad');
      console.debug(failure);
    }
    await new Promise((done) => {
      wake = done;
      if (!document.hidden) {
        setTimeout(done, PERIOD_MS);
      }
    });
  }
}

window.addEventListener('hashchange', () => go(false));
document.addEventListener('visibilitychange', () => document.hidden || wake());
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  byId('main').focus();
});
byId('token-form').addEventListener('submit', (event) => {
  event.preventDefault();
  useToken(byId('token').value.trim());
  byId('token').value = '';
  past.readAt = 0;
  byId('token-part').hidden = true;
  wake();
});
poll(true);
