import { element } from './dom.js';

/** Between groups of three digits: a line may break here. */
const THIN = '\u2009';

/** Digits of any length in groups of three; the text is never taken for a number. */
export const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);

const EXACT = /^(-?\d+)(?:\/(\d+))?$/;

/** Digits of a denominator that say nothing to a reader: credit by tickets has seventy. */
const TOO_LONG = 13;

/** NUM or NUM/DEN as whole and rest, exact; one with a very long denominator to six decimals. */
export function exact(value) {
  const [, numerator, denominator] = EXACT.exec(value) || [];
  if (numerator === undefined) {
    return value;
  }
  if (denominator === undefined) {
    return grouped(numerator);
  }
  const n = BigInt(numerator);
  const d = BigInt(denominator);
  const size = n < 0n ? -n : n;
  const rest = grouped(String(size % d)) + '/' + grouped(denominator);
  const sign = n < 0n ? '-' : '';
  if (denominator.length >= TOO_LONG) {
    const micro = String((size * 1000000n) / d).padStart(7, '0');
    return '≈ ' + sign + grouped(micro.slice(0, -6)) + '.' + micro.slice(-6);
  }
  return size < d ? sign + rest : sign + grouped(String(size / d)) + ' + ' + rest;
}

/** An exact number with its unit; the element's value is what the ledger says, digit for digit. */
export function amount(value, unit) {
  const data = element('data', exact(value), { value });
  return unit ? [data, ' ' + unit] : [data];
}

export const count = (n) => grouped(String(n));

export const megapixels = (n) => (n / 1e6).toFixed(n < 1e7 ? 1 : 0);

export function lasting(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (seconds < 60) {
    return seconds + ' s';
  }
  if (minutes < 60) {
    return minutes + ' min ' + (seconds % 60) + ' s';
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? hours + ' h ' + (minutes % 60) + ' min' : Math.floor(hours / 24) + ' days';
}

const pad = (n, size = 2) => String(n).padStart(size, '0');

export function day(ms) {
  const at = new Date(ms);
  return at.getFullYear() + '-' + pad(at.getMonth() + 1) + '-' + pad(at.getDate());
}

export function clock(ms, withMillis = false) {
  const at = new Date(ms);
  return pad(at.getHours()) + ':' + pad(at.getMinutes()) + ':' + pad(at.getSeconds())
    + (withMillis ? '.' + pad(at.getMilliseconds(), 3) : '');
}

/** A moment in the reader's time zone, the full one as a tip. */
export function moment(ms, withMillis = false) {
  const iso = new Date(ms).toISOString();
  const today = day(ms) === day(Date.now());
  return element('time', (today ? '' : day(ms) + ' ') + clock(ms, withMillis), { datetime: iso, title: iso });
}

/** CreditGranted as "Credit granted". */
export function words(name) {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** The first digits of a hash or an address. */
export const short = (hash) => hash.slice(0, 8) + '…';

const PAID = /^wire\.(0x[0-9a-f]{40})\.(.+)$/;

/** A stream's name; a paying gateway's is its own name for it and who it is. */
export function streamName(manifest) {
  const [, sender, own] = PAID.exec(manifest) || [];
  return sender ? own + ' of ' + short(sender) : manifest;
}

/** Whether a gateway pays for the stream with tickets. */
export const isPaid = (manifest) => PAID.test(manifest);
