const PATIENCE_MS = 8000;
const TOKEN = 'livepeer-edge-token';

/** The edge said no; its sentence says why and what to do. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }

  get needsToken() {
    return this.status === 401;
  }

  /** Why something is not shown, as a sentence for its reader. */
  get sentence() {
    if (this.needsToken) {
      return 'This is about money: enter the edge\'s token above to see it.';
    }
    const text = this.message.charAt(0).toUpperCase() + this.message.slice(1) + '.';
    return this.status === 404 ? text : 'This cannot be shown. ' + text;
  }
}

export function useToken(token) {
  sessionStorage.setItem(TOKEN, token);
}

/** JSON of the edge. Throws Refused, or a TypeError when the edge cannot be reached. */
export async function ask(path) {
  const token = sessionStorage.getItem(TOKEN);
  const answer = await fetch(path, {
    cache: 'no-store',
    headers: token ? { authorization: 'Bearer ' + token } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!answer.ok) {
    throw new Refused(answer.status, (await answer.text()).trim());
  }
  return answer.json();
}
