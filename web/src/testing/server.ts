/*
 * The server as a test plays it. It has to be imported before the console: the client of the API takes `fetch` and
 * `Request` when it is made.
 */

/** A call of the console. */
export interface Call {
  method: string;
  path: string;
  query: URLSearchParams;
  body: string;
}

/** What the server answers: a status, and a body that is sent as JSON or a page that is sent as it is. */
export interface Answer {
  status: number;
  body?: unknown;
  page?: string;
}

let play: (call: Call) => Answer | Promise<Answer> = ({ path }) => {
  throw new Error(`nobody plays the server for ${path}`);
};

/** Decides what the server answers from now on. */
export function playServer(answers: typeof play): void {
  play = answers;
}

/** A refusal as the contract has it. */
export function refusal(status: number, code: string, params: Record<string, unknown> = {}): Answer {
  return { status, body: { type: `urn:shepherd:error:${code}`, status, code, params, errors: [], request_id: "reference-1" } };
}

/** A request without what Node asks of one: an absolute address, a signal of its own making. */
class PlayedRequest {
  readonly url: string;
  readonly method: string;
  readonly body: string;
  constructor(url: string, { method = "GET", body }: { method?: string; body?: string } = {}) {
    this.url = new URL(url, window.location.origin).href;
    this.method = method;
    this.body = body ?? "";
  }
}

/** Events that never come. */
class PlayedEvents extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  close(): void {
    this.readyState = PlayedEvents.CLOSED;
  }
}

async function played(request: PlayedRequest | string): Promise<Response> {
  const { url, method, body } = typeof request === "string" ? new PlayedRequest(request) : request;
  const { pathname: path, searchParams: query } = new URL(url);
  const answer = await play({ method, path, query, body });
  const type = answer.status < 400 ? "application/json" : "application/problem+json";
  if (answer.page !== undefined) return new Response(answer.page, { status: answer.status });
  return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
    status: answer.status,
    headers: { "content-type": type },
  });
}

Object.assign(globalThis, { Request: PlayedRequest, fetch: played, EventSource: PlayedEvents });
