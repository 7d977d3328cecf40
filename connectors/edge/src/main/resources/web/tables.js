const STALE_MS = 15000;

const byId = (id) => document.getElementById(id);

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) {
    made.textContent = text;
  }
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function chip(state, text) {
  return element('span', text, { class: 'chip', 'data-state': state });
}

function meter(used, of) {
  const bar = element('span', undefined, { class: 'meter', 'aria-hidden': 'true' });
  const fill = element('i');
  fill.style.width = Math.min(100, of > 0 ? (100 * used) / of : 0) + '%';
  bar.append(fill);
  return bar;
}

const megapixels = (n) => (n / 1e6).toFixed(n < 1e7 ? 1 : 0) + ' MP/s';

function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return seconds < 60 ? seconds + ' s' : Math.floor(seconds / 60) + ' min ' + (seconds % 60) + ' s';
}

/** Fills a table in place: rows keep their nodes, so that focus and selection stay. */
function fill(id, columns, rows, key) {
  const table = byId(id);
  byId(id + '-empty').hidden = rows.length > 0;
  byId(id + '-count').textContent = rows.length > 0 ? rows.length : '';
  table.hidden = rows.length === 0;
  if (!table.tHead) {
    const head = table.createTHead().insertRow();
    for (const column of columns) {
      head.append(element('th', column.label, { scope: 'col', class: column.number ? 'number' : '' }));
    }
    table.createTBody();
  }
  const body = table.tBodies[0];
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const shown = rows.map((row) => {
    const line = known.get(key(row)) || element('tr', undefined, { 'data-key': key(row) });
    const cells = columns.map((column, at) => {
      const cell = line.children[at] || element(at === 0 ? 'th' : 'td', undefined, at === 0
        ? { scope: 'row' }
        : { 'data-label': column.label, class: column.number ? 'number' : '' });
      const value = column.of(row);
      const signature = value.map((part) => (typeof part === 'string' ? part : part.outerHTML)).join('');
      if (cell.dataset.signature !== signature) {
        cell.dataset.signature = signature;
        const content = element('span');
        content.append(...value);
        cell.replaceChildren(content);
      }
      return cell;
    });
    line.replaceChildren(...cells);
    return line;
  });
  if (shown.length !== body.rows.length || shown.some((line, at) => body.rows[at] !== line)) {
    body.replaceChildren(...shown);
  }
}

export function sessions(rows) {
  const now = Date.now();
  fill('sessions', [
    { label: 'Stream', of: (s) => [s.manifest] },
    { label: 'Worker', of: (s) => [s.worker || 'none'] },
    { label: 'Load', number: true, of: (s) => [megapixels(s.pixelsPerSecond)] },
    { label: 'Segments', number: true, of: (s) => [String(s.segments)] },
    { label: 'Failed', number: true, of: (s) => [String(s.failures)] },
    { label: 'In flight', number: true, of: (s) => [s.parked > 0 ? s.inFlight + ' + ' + s.parked + ' waiting' : String(s.inFlight)] },
    { label: 'Answer p50 / p99', number: true, of: (s) => [s.segments > 0 ? s.latencyP50Ms + ' / ' + s.latencyP99Ms + ' ms' : '–'] },
    { label: 'Speed', number: true, of: (s) => [s.workMs > 0 ? (s.playedMs / s.workMs).toFixed(1) + '×' : '–'] },
    { label: 'Last active', number: true, of: (s) => [ago(now - s.lastActivityMs) + ' ago'] },
  ], rows, (s) => s.session);
}

export function workers(rows) {
  fill('workers', [
    { label: 'Worker', of: (w) => [w.worker] },
    { label: 'State', of: (w) => [state(w)] },
    { label: 'Host', of: (w) => [w.host] },
    { label: 'Devices', of: (w) => [w.devices.join(', ') || '–'] },
    { label: 'Capacity', number: true, of: (w) => [megapixels(w.pixelsPerSecond)] },
    { label: 'Busy', number: true, of: (w) => [w.running + ' of ' + w.slots, meter(w.running, w.slots)] },
    { label: 'Queued', number: true, of: (w) => [String(w.queued)] },
    { label: 'Version', of: (w) => [w.version] },
  ], rows, (w) => w.worker);
}

function state(worker) {
  if (worker.silentMs > STALE_MS) {
    return chip('bad', 'silent for ' + ago(worker.silentMs));
  }
  return worker.draining ? chip('wait', 'draining') : chip('ok', 'ready');
}

export function streams(rows, chosen, choose) {
  const now = Date.now();
  byId('streams-empty').hidden = rows.length > 0;
  byId('streams-count').textContent = rows.length > 0 ? rows.length : '';
  const list = byId('stream-list');
  list.hidden = rows.length === 0;
  const known = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const playableFirst = [...rows].sort((a, b) => b.playable - a.playable);
  const items = playableFirst.map((row) => {
    const item = known.get(row.manifest) || streamItem(row);
    const button = item.firstElementChild;
    button.onclick = () => choose(row);
    button.disabled = !row.playable;
    button.setAttribute('aria-current', String(row.manifest === chosen));
    const signature = JSON.stringify([liveness(row, now), summary(row)]);
    if (item.dataset.signature !== signature) {
      item.dataset.signature = signature;
      const [kind, text] = liveness(row, now);
      button.replaceChildren(element('b', row.manifest), chip(kind, text), element('small', summary(row)));
    }
    return item;
  });
  if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) {
    list.replaceChildren(...items);
  }
}

function streamItem(row) {
  const item = element('li', undefined, { 'data-key': row.manifest });
  item.append(element('button', undefined, { type: 'button' }));
  return item;
}

function liveness(row, now) {
  if (row.lastStatus && row.lastStatus !== 'ok') {
    return ['bad', row.lastStatus];
  }
  if (!row.playable) {
    return ['wait', 'starting'];
  }
  return now - row.lastAnswerAtMs < STALE_MS ? ['ok', 'live'] : ['wait', 'quiet'];
}

function summary(row) {
  const heights = row.renditions.map((r) => (r.height ? r.height + 'p' : r.name)).reverse();
  const failed = row.segments.failed > 0 ? ', ' + row.segments.failed + ' failed' : '';
  const ok = row.segments.ok + (row.segments.ok === 1 ? ' segment' : ' segments');
  return [heights.join(' '), ok + failed].filter((part) => part).join(' · ');
}
