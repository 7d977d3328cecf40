import { byId, chip, element, fill, link, meter, put, say, terms } from './dom.js';
import { amount, count, lasting, megapixels, moment, streamName } from './format.js';

const STALE_MS = 15000;

const rate = (n) => megapixels(n) + ' MP/s';
const none = '–';

function counted(id, rows) {
  say(byId(id + '-state'), '');
  byId(id + '-count').textContent = rows.length > 0 ? rows.length : '';
  byId(id + '-empty').hidden = rows.length > 0;
}

export function sessions(rows, now, balancesShown) {
  counted('sessions', rows);
  fill(byId('sessions'), 'Sessions: streams and the workers that work on them', [
    { label: 'Stream', of: (s) => [link('stream', s.manifest, streamName(s.manifest))] },
    { label: 'Worker', kind: 'name', of: (s) => [s.worker ? element('span', s.worker, { title: s.worker }) : none] },
    { label: 'Balance, wei', number: true, of: (s) => balance(s, balancesShown) },
    { label: 'Segments', number: true, of: (s) => [count(s.segments)] },
    { label: 'Failed', number: true, of: (s) => [failed(s.failures)] },
    { label: 'In flight', number: true, of: (s) => [s.parked > 0 ? s.inFlight + ' + ' + s.parked + ' waiting' : String(s.inFlight)] },
    { label: 'Latency p50', number: true, of: (s) => [s.segments > 0 ? count(s.latencyP50Ms) + ' ms' : none] },
    { label: 'Latency p99', number: true, of: (s) => [s.segments > 0 ? count(s.latencyP99Ms) + ' ms' : none] },
    { label: 'Real time', number: true, of: (s) => [ratio(s)] },
    { label: 'Active', number: true, of: (s) => [lasting(now - s.lastActivityMs) + ' ago'] },
  ], rows, (s) => s.session);
}

function balance(session, shown) {
  if (session.balance === undefined) {
    return [shown ? none : 'not shown'];
  }
  const to = link('account', session.account, '');
  to.append(...amount(session.balance));
  return [to];
}

const failed = (n) => (n > 0 ? element('span', count(n), { class: 'bad' }) : '0');

/** Playing time that the worker makes in a second of its time. */
const ratio = (s) => (s.workMs > 0 ? (s.playedMs / s.workMs).toFixed(1) + '×' : none);

export function workers(rows) {
  counted('workers', rows);
  fill(byId('workers'), 'Workers: what they can do and what they do now', [
    { label: 'Worker', kind: 'name', of: (w) => [element('span', w.worker, { title: w.worker })] },
    { label: 'State', of: (w) => [state(w)] },
    { label: 'Host', of: (w) => [w.host] },
    { label: 'Devices', of: (w) => [w.devices.join(', ') || none] },
    { label: 'Capacity', number: true, of: (w) => [rate(w.pixelsPerSecond)] },
    { label: 'Load', number: true, of: (w) => [rate(w.loadPixelsPerSecond), meter(w.loadPixelsPerSecond, w.pixelsPerSecond)] },
    { label: 'Sessions', number: true, of: (w) => [w.sessions + ' of ' + w.maxSessions] },
    { label: 'Busy slots', number: true, of: (w) => [w.running + ' of ' + w.slots] },
    { label: 'Queued', number: true, of: (w) => [String(w.queued)] },
    { label: 'Version', number: true, of: (w) => [w.version] },
  ], rows, (w) => w.worker);
}

function state(worker) {
  if (worker.silentMs > STALE_MS) {
    return chip('bad', 'silent for ' + lasting(worker.silentMs));
  }
  return worker.draining ? chip('wait', 'draining') : chip('ok', 'ready');
}

/** The job as its cells tell it, each second. */
export function job(told) {
  const never = told.lastHeardAtMs === 0;
  put(byId('job-chip'), [told.up ? chip('ok', 'up') : chip(never ? 'wait' : 'bad', never ? 'never heard of' : 'silent')]);
  say(byId('job-state'), never ? 'The job has not said anything yet. It says each second that it works.' : '');
  put(byId('cells'), told.cells.map((cell) => {
    const list = element('dl', undefined, { class: 'stats' });
    terms(list, [
      ...(told.cells.length > 1 ? [['Cell', cell.cell]] : []),
      told.up ? ['Running since', moment(cell.runningSinceMs)] : ['Silent since', moment(told.lastHeardAtMs)],
      ['Workers', String(cell.workers)],
      ['Sessions', String(cell.sessions)],
      ['Segments in flight', String(cell.inFlight)],
      ['Segments waiting', String(cell.parked)],
    ]);
    return list;
  }));
}

export function streams(rows, chosen, now) {
  counted('streams', rows);
  const list = byId('stream-list');
  list.hidden = rows.length === 0;
  const known = new Map([...list.children].map((item) => [item.dataset.key, item]));
  const playableFirst = [...rows].sort((a, b) => b.playable - a.playable);
  const items = playableFirst.map((row) => {
    const item = known.get(row.manifest) || streamItem(row);
    const to = item.firstElementChild;
    if (row.manifest === chosen) {
      to.setAttribute('aria-current', 'true');
    } else {
      to.removeAttribute('aria-current');
    }
    put(to, [element('b', streamName(row.manifest)), chip(...liveness(row, now)), element('small', summary(row))]);
    return item;
  });
  if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) {
    list.replaceChildren(...items);
  }
}

function streamItem(row) {
  const item = element('li', undefined, { 'data-key': row.manifest });
  item.append(link('stream', row.manifest, ''));
  return item;
}

function liveness(row, now) {
  if (row.lastStatus && row.lastStatus !== 'ok') {
    return ['bad', row.lastStatus];
  }
  if (!row.playable) {
    return ['wait', 'starting'];
  }
  return now - row.lastAnswerAtMs < STALE_MS ? ['ok', 'live'] : ['quiet', 'quiet'];
}

function summary(row) {
  const heights = row.renditions.map((r) => (r.height ? r.height + 'p' : r.name)).reverse();
  const lost = row.segments.failed > 0 ? ', ' + count(row.segments.failed) + ' failed' : '';
  const ok = count(row.segments.ok) + (row.segments.ok === 1 ? ' segment' : ' segments');
  return [heights.join(' '), ok + lost].filter((part) => part).join(' · ');
}

/** An account's row of the ledger, to the wei. */
export function account(row) {
  terms(byId('account-sums'), [
    ['Balance', ...amount(row.balance, 'wei')],
    ['Reserved', ...amount(row.reserved, 'wei')],
    ['Fees', ...amount(row.fees, 'wei')],
    ['Granted', ...amount(row.granted, 'wei')],
    ['Ticket credit', ...amount(row.ticketCredit, 'wei')],
    ['Expired', ...amount(row.expired, 'wei')],
  ]);
  terms(byId('account-facts'), [
    ['Price', ...(row.sessionPrice === null ? [none] : amount(row.sessionPrice, 'wei per pixel'))],
    ['Credit limit', ...amount(row.creditLimit, 'wei')],
    ['Segments charged', count(row.chargedSegments)],
    ['Pixels charged', count(row.chargedPixels)],
    ['Reservations open', count(row.outstanding)],
    ['Last change', row.updatedAtMs > 0 ? moment(row.updatedAtMs) : none],
  ]);
}
