import { byId, chip, element, fill, link, say } from './dom.js';
import { amount, exact, moment, streamName, words } from './format.js';
import { ask } from './edge.js';

const PAUSE_MS = 2000;
const MOST_ROWS = 2000;
const SUMS = ['granted', 'reserved', 'fees', 'expired'];
const UNITS = {
  credit: 'wei', faceValue: 'wei', least: 'wei', overdraft: 'wei', needed: 'wei', fee: 'wei', released: 'wei', amount: 'wei', closed: 'wei', creditLimit: 'wei',
  balance: 'wei', granted: 'wei', reserved: 'wei', fees: 'wei', expired: 'wei',
  price: 'wei per pixel', pixels: 'pixels', estimatedPixels: 'pixels',
  load: 'pixels/s', workerLoad: 'pixels/s', workerCapacity: 'pixels/s', freedLoad: 'pixels/s', capacity: 'pixels/s',
};
const KINDS = {
  Charged: 'ok', CreditGranted: 'ok', PaymentAccepted: 'ok', PaymentRefused: 'bad', Released: 'wait', Parked: 'wait', SessionMoved: 'wait',
  CreditExpired: 'wait', Refused: 'bad', CommandRefused: 'bad', WorkerLost: 'bad',
};

const keyOf = (e) => e.history + ' ' + e.number + ' ' + e.attempt;

/** The past of one stream or account: the newest page follows what happens, older ones are added below. */
export class History {
  constructor() {
    this.subject = null;
    byId('older').addEventListener('click', () => this.older());
    byId('history-when').addEventListener('submit', (event) => {
      event.preventDefault();
      const at = new Date(byId('history-before').value).getTime();
      if (this.subject && Number.isFinite(at)) {
        location.hash = this.address + '?before=' + at;
      }
    });
  }

  /** @param before ms, to show what was before then; null to follow the newest */
  show(kind, id, before) {
    this.subject = { kind, id };
    this.before = before;
    this.address = '#/' + kind + '/' + encodeURIComponent(id);
    this.events = [];
    this.next = null;
    this.version = undefined;
    this.readAt = 0;
    this.render();
    say(byId('history-state'), 'Loading');
    const newest = byId('history-newest');
    newest.href = this.address;
    newest.hidden = before === null;
    byId('history-before').value = before === null ? '' : local(before);
  }

  leave() {
    this.subject = null;
  }

  /** Reads again when something may have changed: the version is any value that tells. */
  async follow(version, retry) {
    const known = this.version === version || (this.before !== null && this.version !== undefined);
    if (!this.subject || this.reading || (known && !retry) || Date.now() - this.readAt < PAUSE_MS) {
      return;
    }
    await this.read(this.before, (page) => {
      this.version = version;
      this.merge(page);
    });
  }

  async older() {
    if (this.next !== null && !this.reading) {
      await this.read(this.next, (page) => {
        const known = new Set(this.events.map(keyOf));
        this.events.push(...page.events.filter((e) => !known.has(keyOf(e))));
        this.next = page.olderBeforeMs;
      });
    }
  }

  async read(before, take) {
    const subject = this.subject;
    this.reading = true;
    const query = before === null ? '' : '?before=' + before;
    try {
      const page = await ask('/api/history/' + subject.kind + '/' + encodeURIComponent(subject.id) + query);
      if (subject === this.subject) {
        take(page);
        this.failed = null;
      }
    } catch (failure) {
      if (subject === this.subject) {
        this.failed = failure;
      }
    } finally {
      this.reading = false;
      this.readAt = Date.now();
    }
    if (subject === this.subject) {
      this.render();
    }
  }

  /** A job that fell back decides again: its numbers replace those from there on. */
  merge(page) {
    const { events } = page;
    const oldest = events.length > 0 ? events[events.length - 1].appendedAtMs : Infinity;
    const joins = page.olderBeforeMs === null || (this.events.length > 0 && this.events[0].appendedAtMs >= oldest);
    if (events.length === 0 || !joins) {
      this.events = events;
      this.next = page.olderBeforeMs;
      return;
    }
    const lowest = new Map();
    events.forEach((e) => lowest.set(e.history, Math.min(e.number, lowest.get(e.history) ?? Infinity)));
    const rest = this.events.filter((e) => e.appendedAtMs < oldest && !(e.number >= lowest.get(e.history)));
    this.events = [...events, ...rest];
    if (rest.length === 0) {
      this.next = page.olderBeforeMs;
    }
    if (this.events.length > MOST_ROWS) {
      this.events.length = MOST_ROWS;
      this.next = this.events[MOST_ROWS - 1].appendedAtMs + 1;
    }
  }

  render() {
    const stream = this.subject && this.subject.kind === 'stream';
    fill(byId('history'), 'Decisions and payments, newest first', [
      { label: 'When', kind: 'moment', of: (e) => [moment(e.atMs, true)] },
      { label: 'Decision', kind: 'what', of: (e) => [chip(KINDS[e.type] || 'quiet', words(e.type)), ...reason(e)] },
      { label: 'Segment', of: (e) => segment(e, stream) },
      { label: 'Worker', kind: 'name', of: (e) => [e.worker ? element('span', e.worker, { title: e.worker }) : '–'] },
      { label: 'Numbers', kind: 'numbers', block: true, of: numbers },
      { label: 'Balance after, wei', number: true, of: (e) => ('balance' in e.numbers ? amount(e.numbers.balance) : ['–']) },
    ], this.events, keyOf);
    byId('history-more').hidden = this.next === null || this.events.length === 0;
    this.tell();
  }

  tell() {
    const state = byId('history-state');
    if (this.failed) {
      say(state, this.failed.sentence || 'The edge does not answer.');
    } else if (this.events.length > 0) {
      say(state, '');
    } else if (this.next !== null) {
      say(state, 'Nothing was found so far back as ' + local(this.next).replace('T', ' ') + '. Choose an earlier time above to look further.');
    } else {
      say(state, this.before === null
        ? 'Nothing has been decided or paid yet. Each push adds a line here.'
        : 'Nothing was decided or paid before this time, or it is older than the topic keeps.');
    }
  }
}

function reason(event) {
  const from = element('small', event.history + ' #' + event.number);
  return event.reason ? [element('span', event.reason, { class: 'why' }), from] : [from];
}

function segment(event, stream) {
  const number = event.seq >= 0 ? '#' + event.seq : '–';
  return stream || !event.manifest ? [number] : [link('stream', event.manifest, streamName(event.manifest)), ' ' + number];
}

function value(name, text) {
  if (/Ms$/.test(name) && /^\d{1,15}$/.test(text)) {
    return [moment(Number(text), true)];
  }
  return /^-?\d+(\/\d+)?$/.test(text) ? amount(text, UNITS[name]) : [exact(text)];
}

function list(names, event) {
  const terms = element('dl', undefined, { class: 'pairs' });
  for (const name of names) {
    const pair = element('div');
    const shown = element('dd');
    shown.append(...value(name, event.numbers[name]));
    pair.append(element('dt', words(name.replace(/Ms$/, ''))), shown);
    terms.append(pair);
  }
  return terms;
}

function numbers(event) {
  const own = Object.keys(event.numbers).filter((name) => name !== 'balance' && !SUMS.includes(name));
  const sums = SUMS.filter((name) => name in event.numbers);
  const parts = own.length > 0 ? [list(own, event)] : [];
  if (sums.length > 0) {
    const more = element('details');
    more.append(element('summary', 'Sums after'), list(sums, event));
    parts.push(more);
  }
  return parts.length > 0 ? parts : ['–'];
}

/** For a datetime-local field: the reader's time zone, to the second. */
function local(ms) {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}
