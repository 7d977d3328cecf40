export const byId = (id) => document.getElementById(id);

/** An element with text: whatever comes from outside is text, never markup. */
export function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) {
    made.textContent = text;
  }
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

export function chip(state, text) {
  return element('span', text, { class: 'chip', 'data-state': state });
}

export function link(kind, id, text = id) {
  return element('a', text, { href: '#/' + kind + '/' + encodeURIComponent(id), title: id });
}

/** A bar beside a number that says the same. */
export function meter(used, of) {
  const bar = element('span', undefined, { class: 'meter', 'aria-hidden': 'true' });
  const fill = element('i');
  fill.style.width = Math.min(100, of > 0 ? (100 * used) / of : 0) + '%';
  bar.append(fill);
  return bar;
}

/** Changes text only when it differs, so that a screen reader is told of changes alone. */
export function say(node, text, state) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
  if (state !== undefined && node.dataset.state !== state) {
    node.dataset.state = state;
  }
  node.hidden = text === '';
}

const signature = (parts) => parts.map((part) => (typeof part === 'string' ? part : part.outerHTML)).join('\u0000');

/** Puts parts into a node unless they are there, so that focus and selection stay. */
export function put(node, parts) {
  const mark = signature(parts);
  if (node.dataset.mark !== mark) {
    node.dataset.mark = mark;
    node.replaceChildren(...parts);
  }
}

/** Pairs of a list of terms. */
export function terms(list, pairs) {
  put(list, pairs.map(([term, ...values]) => {
    const pair = element('div');
    const value = element('dd');
    value.append(...values);
    pair.append(element('dt', term), value);
    return pair;
  }));
}

function tableIn(place, caption, columns) {
  if (place.firstElementChild) {
    return place.firstElementChild;
  }
  const table = element('table', undefined, { role: 'table' });
  table.append(element('caption', caption, { class: 'unseen' }));
  const head = table.createTHead();
  head.setAttribute('role', 'rowgroup');
  const line = head.insertRow();
  line.setAttribute('role', 'row');
  for (const column of columns) {
    const cell = element('th', column.label, { scope: 'col', role: 'columnheader' });
    cell.classList.toggle('number', Boolean(column.number));
    line.append(cell);
  }
  table.createTBody().setAttribute('role', 'rowgroup');
  place.append(table);
  return table;
}

/**
 * Fills a table in place. Roles are spelled out because the table becomes cards on a phone, which
 * takes them away.
 */
export function fill(place, caption, columns, rows, key) {
  const table = tableIn(place, caption, columns);
  place.hidden = rows.length === 0;
  const body = table.tBodies[0];
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const shown = rows.map((row) => {
    const line = known.get(key(row)) || element('tr', undefined, { 'data-key': key(row), role: 'row' });
    columns.forEach((column, at) => {
      const cell = line.children[at] || line.appendChild(at === 0
        ? element('th', undefined, { scope: 'row', role: 'rowheader' })
        : element('td', undefined, { role: 'cell', 'data-label': column.label }));
      cell.className = [column.number ? 'number' : '', column.kind || ''].join(' ').trim();
      const content = cell.firstElementChild || cell.appendChild(element(column.block ? 'div' : 'span'));
      const parts = column.of(row);
      cell.toggleAttribute('data-empty', parts.length === 1 && parts[0] === '–');
      put(content, parts);
    });
    return line;
  });
  if (shown.length !== body.rows.length || shown.some((line, at) => body.rows[at] !== line)) {
    body.replaceChildren(...shown);
  }
}
