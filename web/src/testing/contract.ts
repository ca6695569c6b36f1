import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Answer, Call } from "./server";

/** How samples are filled. */
export interface Filling {
  /** How many things a list has. */
  items: number;
  /** A free text; `name` is that of the property. */
  text: (name: string) => string;
  /** Whether what may be missing is there. */
  optional: boolean;
}

interface Schema {
  $ref?: string;
  type?: string | readonly string[];
  format?: string;
  enum?: readonly unknown[];
  example?: unknown;
  pattern?: string;
  oneOf?: readonly Schema[];
  allOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: Schema | boolean;
}

interface Contract {
  paths: Readonly<Record<string, { get?: { responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>> } }>>;
  components: { schemas: Readonly<Record<string, Schema>> };
}

const written = readFileSync("../api/openapi.yaml", "utf8");
const contract = parse(written) as Contract;

/** Every permission that the contract names. */
export const PERMISSIONS: readonly string[] = [...new Set(written.match(/\b[a-z_]+:[a-z_]+:[a-z_]+\b/g))];

const reads = Object.entries(contract.paths).flatMap(([path, { get }]) => {
  const schema = get?.responses["200"]?.content?.["application/json"]?.schema;
  // What is written out comes before what stands for anything: `summary` is no id.
  return schema ? [{ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, "[^/]+")}$`), schema }] : [];
}).sort((one, other) => Number(one.path.includes("{")) - Number(other.path.includes("{")));

/** Words of the contract, not free text: a sample has the example, so that a page shows all that hangs on them. */
const WORDS = /^(?:action|code|environment|kind|outcome|role|run_state|scope|source|state|status|type)$/;
const STATES: Readonly<Record<string, string>> = { Ticket: "PENDING", Vm: "RUNNING", Step: "RUNNING", OpenStep: "RETRYING", Dependency: "OK" };

/** Things in a list within a thing, at most. */
const FEW = 3;
/** Whether the contract leaves open what is in it. */
function isFree({ type, properties }: Schema): boolean {
  return (type === "object" || (Array.isArray(type) && type.includes("object"))) && properties === undefined;
}

const ACTIONS = ["approve", "reject", "cancel"];

/** Id of the nth thing in an answer, from 1. */
export function idOf(n: number): string {
  return `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

function otherId(n: number): string {
  return `00000000-0000-7000-9000-${n.toString(16).padStart(12, "0")}`;
}

/** What the server answers to a read, made from the contract; every id in it is another. */
export function sampleOf({ method, path }: Call, filling: Filling): Answer {
  const read = reads.find(({ pattern }) => pattern.test(path));
  if (method !== "GET" || !read) throw new Error(`the contract has no read ${method} ${path}`);
  let things = 0;
  let ids = 0;
  const make = (schema: Schema, name: string, owner: string): unknown => {
    if (schema.$ref !== undefined) {
      const found = schema.$ref.replace(/.*\//, "");
      return make(contract.components.schemas[found] ?? {}, name, found);
    }
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => make(part, name, owner))) as unknown;
    if (schema.oneOf) return make(schema.oneOf[0] ?? {}, name, owner);
    if (schema.enum) return schema.enum[0];
    const type = Array.isArray(schema.type) ? (schema.type as string[]).find((each) => each !== "null") : schema.type;
    switch (type ?? "object") {
      case "array":
        return Array.from({ length: name === "items" ? filling.items : Math.min(filling.items, FEW) }, () => make(schema.items ?? {}, name, owner));
      case "boolean":
        return name === "allowed";
      case "integer":
      case "number":
        return name === "total" ? filling.items : 1;
      case "string":
        return word(schema, name, owner);
      default:
        return members(schema, owner);
    }
  };
  const word = (schema: Schema, name: string, owner: string): string => {
    if (schema.format === "uuid") return name === "id" ? idOf((things += 1)) : otherId((ids += 1));
    if (schema.format === "date-time") return new Date(Date.now() - 3_600_000).toISOString();
    if (name === "state") return STATES[owner] ?? "PENDING";
    if (name === "action" && owner === "AllowedAction") return ACTIONS[(ids += 1) % ACTIONS.length] ?? "";
    if (WORDS.test(name) && typeof schema.example === "string") return schema.example;
    return filling.text(name);
  };
  const members = ({ properties = {}, required = [] }: Schema, owner: string) =>
    Object.fromEntries(
      Object.entries(properties)
        .filter(([name, schema]) => required.includes(name) || (filling.optional && name !== "next_cursor" && !isFree(schema)))
        .map(([name, schema]) => [name, make(schema, name, owner)]),
    );
  return { status: 200, body: make(read.schema, "", "") };
}
