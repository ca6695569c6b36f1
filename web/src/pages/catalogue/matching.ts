import type { Schemas } from "../../api/client";

type Template = Schemas["Template"];

/** Whether every word that is looked for stands in one of the texts. */
export function matches(needle: string, texts: readonly string[]): boolean {
  const hay = texts.join("\n").toLowerCase();
  return needle.toLowerCase().split(/\s+/).every((word) => hay.includes(word));
}

/** Whether a template is what somebody looks for. */
export function templateMatches(needle: string, template: Template): boolean {
  const { name, display_name, description, os_family, os_version } = template;
  return matches(needle, [name, display_name, description, os_family, os_version]);
}

/** The newest active version of a template's name; undefined when there is none newer. */
export function successorOf(template: Template, all: readonly Template[]): Template | undefined {
  return all
    .filter(({ name, status, version }) => name === template.name && status === "active" && version > template.version)
    .reduce<Template | undefined>((newest, each) => (newest && newest.version > each.version ? newest : each), undefined);
}

/** Templates that people may see here, usable ones first, then by name, newest version first. */
export function inOrder(templates: readonly Template[]): readonly Template[] {
  const rank = ({ status }: Template) => (status === "active" ? 0 : 1);
  return templates
    .filter(({ status }) => status === "active" || status === "deprecated")
    .toSorted((a, b) => rank(a) - rank(b) || a.display_name.localeCompare(b.display_name) || b.version - a.version);
}
