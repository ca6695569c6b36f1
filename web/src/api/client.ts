import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema";

/** Schemas of the contract by name. */
export type Schemas = components["schemas"];

/** Client of the API; same origin, so the session cookie travels by itself. */
export const api = createClient<paths>({ baseUrl: "/", credentials: "same-origin" });

/** The server said no, in the words of the contract. */
export class Refused extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(problem.code);
    this.name = "Refused";
  }
}

/** No answer came, or none that can be read: whether something happened is not known yet. */
export class NotKnown extends Error {
  override readonly name = "NotKnown";
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

function isProblem(body: unknown): body is Schemas["Problem"] {
  return typeof body === "object" && body !== null && "code" in body && "request_id" in body;
}

/** Body of a call that went well; throws `Refused` or `NotKnown` otherwise. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  let got: Answer<T>;
  try {
    got = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new NotKnown("no answer", { cause });
  }
  if (got.response.ok) return got.data as T;
  if (isProblem(got.error)) throw new Refused(got.error);
  // A proxy in between answered: what the server did is not in its page.
  throw new NotKnown(`status ${got.response.status}`);
}
