import type { Schemas } from "../../api/client";

/** A template as it is typed. All kinds of boot sources are kept while one is chosen. */
export interface TemplateDraft {
  name: string;
  display_name: string;
  description: string;
  os_family: string;
  os_version: string;
  kind: string;
  image: string;
  url: string;
  clone_namespace: string;
  clone_name: string;
  cloud_init: string;
}

/** A template before anything was typed. */
export const EMPTY: TemplateDraft = {
  name: "",
  display_name: "",
  description: "",
  os_family: "",
  os_version: "",
  kind: "container_disk",
  image: "",
  url: "",
  clone_namespace: "",
  clone_name: "",
  cloud_init: "",
};

/** A version as it is edited. */
export function drafted(template: Schemas["Template"]): TemplateDraft {
  const { name, display_name, description, os_family, os_version, boot_source: source, cloud_init } = template;
  return {
    ...EMPTY,
    ...{ name, display_name, description, os_family, os_version, kind: source.kind, cloud_init: cloud_init ?? "" },
    ...(source.kind === "container_disk" ? { image: source.image } : {}),
    ...(source.kind === "cdi_import" ? { url: source.url } : {}),
    ...(source.kind === "cdi_clone" ? { clone_namespace: source.namespace, clone_name: source.name } : {}),
  };
}

/** What is sent, apart from the name. */
export function sent(draft: TemplateDraft): Required<Schemas["TemplateUpdate"]> {
  const { display_name, description, os_family, os_version, cloud_init } = draft;
  return {
    ...{ display_name, description, os_family, os_version },
    boot_source: source(draft),
    cloud_init: cloud_init.trim() === "" ? null : cloud_init,
  };
}

function source({ kind, image, url, clone_namespace, clone_name }: TemplateDraft): Schemas["BootSource"] {
  switch (kind) {
    case "cdi_import":
      return { kind, url };
    case "cdi_clone":
      return { kind, namespace: clone_namespace, name: clone_name };
    default:
      return { kind: "container_disk", image };
  }
}

/** Fields that have to be filled in and are not. */
export function missing(draft: TemplateDraft): (keyof TemplateDraft)[] {
  const needed: Readonly<Record<string, readonly (keyof TemplateDraft)[]>> = {
    container_disk: ["image"],
    cdi_import: ["url"],
    cdi_clone: ["clone_namespace", "clone_name"],
  };
  return (["name", "display_name", ...(needed[draft.kind] ?? [])] as const).filter((key) => draft[key].trim() === "");
}

/** Whether an address is one that CDI may load from, as far as its beginning tells. */
export function isHttps(url: string): boolean {
  return /^https:\/\/[^/]/.test(url);
}

/** Whether everything that must be there is. */
export function complete(draft: TemplateDraft): boolean {
  return missing(draft).length === 0 && (draft.kind !== "cdi_import" || isHttps(draft.url));
}

/** A boot source in one line. */
export function sourceLine(source: Schemas["BootSource"]): string {
  switch (source.kind) {
    case "container_disk":
      return source.image;
    case "cdi_import":
      return source.url;
    case "cdi_clone":
      return `${source.namespace}/${source.name}`;
  }
}
