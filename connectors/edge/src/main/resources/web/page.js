import { Player } from './player.js';
import { sessions, streams, workers } from './tables.js';

const PERIOD_MS = 1000;
const player = new Player(document);
const health = document.getElementById('health');

const views = [
  { path: '/api/streams', show: (rows) => showStreams(rows) },
  { path: '/api/sessions', show: sessions },
  { path: '/api/workers', show: workers },
];

let chosen = decodeURIComponent(location.hash.slice(1)) || null;
let chosenByHand = chosen !== null;

function choose(row) {
  chosen = row.manifest;
  history.replaceState(null, '', '#' + encodeURIComponent(row.manifest));
  player.play(row);
}

function showStreams(rows) {
  const newestFirst = [...rows].sort((a, b) => b.lastAnswerAtMs - a.lastAnswerAtMs);
  const playable = newestFirst.filter((row) => row.playable);
  let current = rows.find((row) => row.manifest === chosen);
  if (!current && !chosenByHand && playable.length > 0) {
    current = playable[0];
  }
  if (current && current.playable && player.manifest !== current.manifest) {
    choose(current);
  }
  if (current) {
    player.describe(current);
  }
  streams(rows, chosen, (row) => {
    chosenByHand = true;
    choose(row);
  });
}

function say(state, text) {
  if (health.dataset.state !== state || health.textContent !== text) {
    health.dataset.state = state;
    health.textContent = text;
  }
}

async function poll() {
  try {
    const ready = await fetch('/readyz', { cache: 'no-store' });
    const reason = (await ready.text()).trim();
    say(ready.ok ? 'ok' : 'wait', ready.ok ? 'ready' : 'starting');
    health.title = reason;
    await Promise.all(views.map(async ({ path, show }) => {
      const answer = await fetch(path, { cache: 'no-store' });
      if (answer.ok) {
        show(await answer.json());
      }
    }));
  } catch (failure) {
    say('bad', 'no connection');
    health.title = String(failure);
  }
  setTimeout(poll, PERIOD_MS);
}

poll();
