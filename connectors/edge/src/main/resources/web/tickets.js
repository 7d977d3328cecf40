import { byId, chip, element, fill, link, say, terms } from './dom.js';
import { amount, count, lasting, moment, short } from './format.js';

const STATES = {
  QUEUED: ['wait', 'waiting'],
  SIGNED: ['wait', 'signed'],
  SENT: ['wait', 'sent'],
  MINED: ['ok', 'in a block'],
  CONFIRMED: ['ok', 'redeemed'],
  EXPIRED: ['bad', 'expired'],
  DEAD: ['bad', 'given up'],
};
const GROUPS = [
  ['Redeemed', ['CONFIRMED', 'MINED'], 'paid'],
  ['On the way', ['SIGNED', 'SENT'], 'faceValue'],
  ['Waiting', ['QUEUED'], 'faceValue'],
  ['Not redeemed', ['EXPIRED', 'DEAD'], 'faceValue'],
];
const BLOCK_LATE_MS = 60000;

/** What became of the tickets that pay, and where the chain stands. */
export function tickets(told, chain, now) {
  const rows = told.tickets;
  say(byId('tickets-state'), '');
  const all = Object.values(told.sums).reduce((sum, each) => sum + each.tickets, 0);
  byId('tickets-count').textContent = all > 0 ? count(all) : '';
  byId('tickets-empty').hidden = rows.length > 0;
  const age = now - chain.blockAtMs;
  terms(byId('tickets-chain'), [
    ['Round', count(chain.round)],
    ['Block', count(chain.block)],
    ['Its age', age > BLOCK_LATE_MS ? chip('bad', lasting(age)) : lasting(age)],
    ['Gas price', ...amount(chain.gasPrice, 'wei')],
    ...(told.sinceMs === null ? [] : [['Sums since', moment(told.sinceMs)]]),
  ]);
  terms(byId('tickets-sums'), rows.length === 0 ? [] : GROUPS.map(([label, states, of]) => sum(label, states, of, told.sums)));
  fill(byId('tickets'), 'Winning tickets, newest first', [
    { label: 'Won', kind: 'moment', of: (t) => [moment(t.wonAtMs)] },
    { label: 'Ticket', of: (t) => [element('span', short(t.ticket), { title: t.ticket })] },
    { label: 'Gateway', of: (t) => [link('account', 'session:' + t.sender + ':' + t.session, short(t.sender))] },
    { label: 'Pays, wei', number: true, of: (t) => amount(t.faceValue) },
    { label: 'State', kind: 'what', of: (t) => state(t, chain) },
    { label: 'Paid, wei', number: true, of: (t) => (t.paid === null ? ['–'] : amount(t.paid)) },
    { label: 'Transaction', of: (t) => [t.transaction ? element('span', short(t.transaction), { title: t.transaction }) : '–'] },
    { label: 'Block', number: true, of: (t) => [t.block === null ? '–' : count(t.block)] },
  ], rows, (t) => t.ticket);
}

function sum(label, states, of, sums) {
  const shown = states.map((name) => sums[name]).filter((each) => each);
  const number = shown.reduce((total, each) => total + each.tickets, 0);
  const wei = shown.reduce((total, each) => total + BigInt(each[of]), 0n);
  return [label, ...amount(String(wei), 'wei'), element('small', number === 1 ? '1 ticket' : count(number) + ' tickets')];
}

function state(ticket, chain) {
  const shown = chip(...STATES[ticket.state]);
  const secret = ticket.state === 'QUEUED' && BigInt(ticket.secretUntilL1Block) > BigInt(chain.l1Block);
  const why = ticket.reason || (secret ? 'until block ' + count(ticket.secretUntilL1Block) : '');
  return why ? [shown, element('span', why, { class: 'why' })] : [shown];
}
